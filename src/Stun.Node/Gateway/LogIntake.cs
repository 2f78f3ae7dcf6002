using System.Threading.Channels;
using Stun.Execution.Containers;
using Stun.Node.Storage;
using Stun.Node.Transport;

namespace Stun.Node.Gateway;

/// <summary>
/// Takes what programs wrote on other machines into the log book: only from the provider whose attempt it is.
/// </summary>
public sealed class LogIntake : IAsyncDisposable
{
    /// <summary>Chunks that wait; one is at most some kilobytes. Beyond it logs have gaps, and tasks go on.</summary>
    private const int WaitingMax = 1_024;

    /// <summary>A lease may be known to its provider some moments before the read model has it.</summary>
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(2);

    private readonly LogBook book;
    private readonly ReadModelQueries queries;
    private readonly string shard;
    private readonly Task running;
    private readonly CancellationTokenSource stop = new();

    private readonly Channel<(Address From, LogChunk Chunk)> waiting =
        Channel.CreateBounded<(Address From, LogChunk Chunk)>(WaitingMax);

    public LogIntake(LogBook book, ReadModelQueries queries, string shard)
    {
        (this.book, this.queries, this.shard) = (book, queries, shard);
        running = Task.Run(RunAsync);
    }

    public void Take(Address from, LogChunk chunk) => waiting.Writer.TryWrite((from, chunk));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        Dictionary<AttemptId, Address> known = [];
        await foreach (var (from, chunk) in waiting.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
        {
            if (chunk.Channel is not (1 or 2)) continue;
            if (!known.TryGetValue(chunk.Attempt, out var owner))
            {
                if (await OwnerOfAsync(chunk.Attempt).ConfigureAwait(false) is not { } found) continue;
                // Forgotten all at once; the database remembers.
                if (known.Count >= WaitingMax) known.Clear();
                known[chunk.Attempt] = owner = found;
            }
            if (owner != from) continue;
            var stream = chunk.Channel == 1 ? LogStream.Output : LogStream.Errors;
            try
            {
                book.AppendAt(chunk.Attempt, stream, chunk.Offset, chunk.Bytes.Span);
            }
            catch (IOException)
            {
                // A full disk costs these lines, and not those that come when there is room.
            }
        }
    }

    private async Task<Address?> OwnerOfAsync(AttemptId attempt)
    {
        var until = DateTime.UtcNow + KnownWithin;
        while (true)
        {
            if (queries.ProviderOf(shard, attempt) is { } owner) return owner;
            if (DateTime.UtcNow > until) return null;
            await Task.Delay(TimeSpan.FromMilliseconds(20), stop.Token).ConfigureAwait(false);
        }
    }
}
