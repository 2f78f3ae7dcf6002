using System.Diagnostics;
using Npgsql;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

/// <summary>
/// This program again, as a process that writes a store and says what is durable, until it is killed or stopped.
/// </summary>
public sealed class StorageVictim : IDisposable
{
    private const string Variable = "STUN_STORAGE_VICTIM";
    private readonly Process process;
    private readonly Task reading;
    private readonly TaskCompletionSource begun = new();
    private ulong told;
    private ulong wanted = 1;
    private string last = "";

    private StorageVictim(Process process)
    {
        this.process = process;
        reading = Task.Run(ReadAsync);
    }

    public int Id => process.Id;

    public ulong Told => Volatile.Read(ref told);

    public static StorageVictim Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(StorageVictim).Assembly.Location);
        start.Environment[Variable] = string.Join('\n', arguments);
        return new StorageVictim(Process.Start(start)!);
    }

    public async Task ToldAsync(ulong position)
    {
        Volatile.Write(ref wanted, position);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Counted from its first word.</summary>
    public async Task<ulong> KillAfterAsync(int milliseconds)
    {
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(milliseconds);
        process.Kill();
        await reading;
        await process.WaitForExitAsync();
        return Told;
    }

    /// <summary>What it says at its own end.</summary>
    public async Task<string> LastLineAsync()
    {
        await reading.WaitAsync(TimeSpan.FromSeconds(60));
        return last;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
            // A line that was cut by the kill has no full stop.
            if (!line.EndsWith('.')) continue;
            Volatile.Write(ref told, ulong.Parse(line[..^1]));
            if (Told >= Volatile.Read(ref wanted)) begun.TrySetResult();
        }
        begun.TrySetException(new InvalidOperationException($"The process ended: {last}"));
    }

    public static async Task<bool> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } asked) return false;
        var arguments = asked.Split('\n');
        if (arguments[0] == "blobs") await PutAsync(arguments[1]);
        else if (arguments[0] == "file") await WriteAsync(FileJournal.Open(arguments[1], 64 << 10));
        else
        {
            await using var source = NpgsqlDataSource.Create(arguments[1]);
            var term = TimeSpan.FromMilliseconds(int.Parse(arguments[2]));
            var lease = new ShardLease(source, "shard", "victim", term);
            await lease.WaitForLeaseAsync(CancellationToken.None);
            await WriteAsync(PostgresJournal.Open(lease));
        }
        return true;
    }

    /// <summary>Blobs whose content follows from their number, some put at once, some uploaded in pieces.</summary>
    private static async Task PutAsync(string directory)
    {
        using var store = BlobStore.Open(directory, BlobLimits.Default);
        var output = Console.OpenStandardOutput();
        for (var number = 1UL; ; number++)
        {
            var content = BlobContent.Of(number);
            var digest = BlobContent.DigestOf(content);
            if (store.Contains(digest)) continue;
            if (number % 2 == 0) await store.PutAsync(new MemoryStream(content), digest, CancellationToken.None);
            else
            {
                var upload = store.BeginUpload(digest, content.Length);
                var half = content.Length / 2;
                await store.AppendAsync(upload.Id, 0, new MemoryStream(content[..half]), CancellationToken.None);
                await store.AppendAsync(upload.Id, half, new MemoryStream(content[half..]), CancellationToken.None);
                await store.CompleteAsync(upload.Id, CancellationToken.None);
            }
            store.Pin(digest, $"owner {number}");
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{number}.\n"));
            output.Flush();
        }
    }

    private static async Task WriteAsync(IJournal journal)
    {
        var next = 1UL;
        await foreach (var record in journal.ReadAsync(0, CancellationToken.None)) next = record.Position + 1;
        var failed = new TaskCompletionSource<string>();
        var output = Console.OpenStandardOutput();
        journal.Start(
            upTo =>
            {
                output.Write(System.Text.Encoding.ASCII.GetBytes($"{upTo}.\n"));
                output.Flush();
            },
            exception => failed.SetResult(((StorageException)exception).Code));
        while (!failed.Task.IsCompleted)
        {
            try
            {
                for (; journal.WaitingBytes < 20_000; next++)
                    journal.Append(JournalContent.RoleOf(next), JournalContent.FrameOf(next));
            }
            catch (StorageException)
            {
                break;
            }
            await Task.Yield();
        }
        output.Write(System.Text.Encoding.ASCII.GetBytes(await failed.Task + "\n"));
    }
}
