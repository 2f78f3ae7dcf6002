using System.Threading.Channels;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Following;

/// <summary>
/// Waits until it is worth to look again: for the time of a block or, with a subscription, for a new head. A head that
/// is lost with its connection costs time and nothing else, for the clock goes on behind it.
/// </summary>
internal sealed class HeadWaiter : IAsyncDisposable
{
    /// <summary>With news from the node the clock is only there for the case that they stop.</summary>
    private const int PatienceWithNews = 5;

    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly Task listening;
    private volatile bool hasNews;

    public HeadWaiter(EvmRpc rpc, TimeSpan interval, TimeProvider time)
    {
        this.interval = interval;
        this.time = time;
        listening = rpc.CanSubscribe ? Task.Run(() => ListenAsync(rpc)) : Task.CompletedTask;
    }

    public async Task WaitAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var clock = Task.Delay(hasNews ? interval * PatienceWithNews : interval, time, limit.Token);
        await Task.WhenAny(clock, news.Reader.WaitToReadAsync(limit.Token).AsTask()).ConfigureAwait(false);
        news.Reader.TryRead(out _);
        await limit.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task ListenAsync(EvmRpc rpc)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in rpc.NewHeadsAsync(stop.Token).ConfigureAwait(false))
                {
                    hasNews = true;
                    news.Writer.TryWrite(true);
                }
                hasNews = false;
                await Task.Delay(interval, time, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                hasNews = false;
                if (!stop.IsCancellationRequested) await Task.Yield();
            }
            catch (Exception failure) when (failure is ChainException or ObjectDisposedException)
            {
                hasNews = false;
                await Task.Delay(interval, time, stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
