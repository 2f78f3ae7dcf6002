using System.IO.Pipelines;

namespace Stun.Node.Gateway;

/// <summary>
/// Reads a body in bounded time. What has arrived already, as most have, costs no timer. To be kept in a variable of
/// its own: it remembers when it first had to wait.
/// </summary>
internal struct BodyClock(TimeSpan within)
{
    private long started;

    /// <exception cref="ApiException"><c>request.too-slow</c></exception>
    public ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancel)
    {
        var reading = reader.ReadAsync(cancel);
        if (reading.IsCompleted) return reading;
        if (started == 0) started = Environment.TickCount64;
        return InTimeAsync(reader, reading, within - TimeSpan.FromMilliseconds(Environment.TickCount64 - started));
    }

    private static async ValueTask<ReadResult> InTimeAsync(
        PipeReader reader, ValueTask<ReadResult> reading, TimeSpan left)
    {
        try
        {
            if (left <= TimeSpan.Zero) left = TimeSpan.FromMilliseconds(1);
            return await reading.AsTask().WaitAsync(left).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            reader.CancelPendingRead();
            throw new ApiException("request.too-slow", "The body did not arrive in time.");
        }
    }
}
