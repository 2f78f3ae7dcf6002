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
    private readonly Task running;
    private readonly CancellationTokenSource stop = new();

    private readonly Channel<(Address From, LogChunk Chunk)> waiting =
        Channel.CreateBounded<(Address From, LogChunk Chunk)>(WaitingMax);

    public LogIntake(LogBook book, ReadModelQueries queries)
    {
        (this.book, this.queries) = (book, queries);
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
            book.AppendAt(chunk.Attempt, stream, chunk.Offset, chunk.Bytes.Span);
        }
    }

    private async Task<Address?> OwnerOfAsync(AttemptId attempt)
    {
        var until = DateTime.UtcNow + KnownWithin;
        while (true)
        {
            if (queries.ProviderOf(attempt) is { } owner) return owner;
            if (DateTime.UtcNow > until) return null;
            await Task.Delay(TimeSpan.FromMilliseconds(20), stop.Token).ConfigureAwait(false);
        }
    }
}
