using Npgsql;
using Stun.Node.Configuration;
using Stun.Node.Storage;

namespace Stun.Node.Hosting;

/// <summary>Where a process keeps things: its journal, what can be asked, and blobs.</summary>
public sealed class Stores : IAsyncDisposable
{
    private readonly NpgsqlDataSource? source;
    private readonly ShardLease? lease;

    private Stores(string directory, IJournal journal, NodeDatabase database, NpgsqlDataSource? source,
        ShardLease? lease)
    {
        (Directory, Journal, Database, this.source, this.lease) = (directory, journal, database, source, lease);
        Files = BlobStore.Open(Path.Combine(directory, "blobs"), BlobLimits.Default);
    }

    /// <summary>Ends with the reason when the shard is known to be another process's.</summary>
    public Task<Exception> Lost { get; private init; } = new TaskCompletionSource<Exception>().Task;

    public string Directory { get; }

    public IJournal Journal { get; }

    public NodeDatabase Database { get; }

    public BlobStore Files { get; }

    /// <summary>Counts the processes that have owned the shard; 0 where there is only ever one.</summary>
    public ulong Epoch => (ulong)(lease?.Epoch ?? 0);

    /// <param name="directory">Of this process alone.</param>
    /// <param name="waiting">Is called when another process owns the shard and this one stands by.</param>
    public static async Task<Stores> OpenAsync(
        string directory, StoreSettings settings, Action waiting, CancellationToken cancel)
    {
        // Containers pass through the directory itself; what is kept in it is nobody else's.
        Make(directory, Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach (var name in (string[])["journal", "blobs", "books"]) Make(Path.Combine(directory, name), Private);
        if (settings.Kind == StoreKind.Local)
            return new Stores(
                directory, FileJournal.Open(Path.Combine(directory, "journal"), settings.SegmentBytes),
                NodeDatabase.Sqlite(Path.Combine(directory, "books", "node.db")), null, null);
        var source = NpgsqlDataSource.Create(TextOf(settings));
        try
        {
            var database = NodeDatabase.Postgres(source);
            var holder = $"{Environment.MachineName}/{Environment.ProcessId}";
            var term = TimeSpan.FromMicroseconds(settings.LeaseTerm.Micros);
            var lost = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
            var lease = new ShardLease(source, settings.Shard, holder, term, failure => lost.TrySetResult(failure));
            if (await lease.TryAcquireAsync(cancel).ConfigureAwait(false) is null)
            {
                waiting();
                await lease.WaitForLeaseAsync(cancel).ConfigureAwait(false);
            }
            return new Stores(directory, PostgresJournal.Open(lease), database, source, lease) { Lost = lost.Task };
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static void Make(string path, UnixFileMode mode)
    {
        System.IO.Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>
    /// A process that stands still in the middle of a transaction holds its locks, and who takes over would wait for
    /// them as long as that lasts: after a term the server ends such a transaction.
    /// </summary>
    private static string TextOf(StoreSettings settings)
    {
        var text = new NpgsqlConnectionStringBuilder(settings.Connection ?? "");
        var most = settings.LeaseTerm.Micros / 1_000;
        text.Options = $"{text.Options} -c idle_in_transaction_session_timeout={most}".TrimStart();
        return text.ToString();
    }

    private static async Task ReleaseAsync(ShardLease lease)
    {
        try
        {
            await lease.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The database is away: the term runs out by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Files.Dispose();
        if (lease is not null)
        {
            await ReleaseAsync(lease).ConfigureAwait(false);
            await lease.DisposeAsync().ConfigureAwait(false);
        }
        if (source is not null) await source.DisposeAsync().ConfigureAwait(false);
    }
}
