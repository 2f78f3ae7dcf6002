using System.Buffers;
using System.Collections.Concurrent;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// One question that is with a provider: its place there, its clock, and what came back. A clock that did not go off is
/// used again, because a timer for each question costs more than all else about it.
/// </summary>
internal sealed class OutsideCall(OutsideProvider provider) : IDisposable
{
    private const int PeekBytes = 4 << 10;
    private static readonly ConcurrentBag<CancellationTokenSource> Clocks = [];
    private readonly CancellationTokenSource clock = Clocks.TryTake(out var used) ? used : new();
    private CancellationTokenRegistration watch;
    private CancellationToken caller;
    private HttpResponseMessage? response;
    private byte[]? peeked;
    private int isOver;

    public void Begin(CancellationToken cancel)
    {
        caller = cancel;
        watch = cancel.UnsafeRegister(static over => ((CancellationTokenSource)over!).Cancel(), clock);
        clock.CancelAfter(provider.Within);
    }

    public CancellationToken Token => clock.Token;

    public bool IsLate => clock.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>From now on again as long as an answer may be silent.</summary>
    public void Wind() => clock.CancelAfter(provider.Within);

    /// <summary>Until somebody reads again: how long that takes is not the provider's fault.</summary>
    public void Rest() => clock.CancelAfter(Timeout.Infinite);

    /// <summary>Waits until the body has begun; what came is read first.</summary>
    public async Task<Stream?> BeginBodyAsync(HttpResponseMessage answered)
    {
        response = answered;
        var body = await answered.Content.ReadAsStreamAsync(Token).ConfigureAwait(false);
        peeked = ArrayPool<byte>.Shared.Rent(PeekBytes);
        var count = await body.ReadAsync(peeked.AsMemory(0, PeekBytes), Token).ConfigureAwait(false);
        Rest();
        return count == 0 ? null : new OutsideBody(this, body, peeked, count, provider.Settings.Name);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isOver, 1) != 0) return;
        watch.Dispose();
        response?.Dispose();
        if (peeked is { } lent) ArrayPool<byte>.Shared.Return(lent);
        if (clock.TryReset()) Clocks.Add(clock);
        else clock.Dispose();
        provider.Leave();
    }
}

/// <summary>An answer as it arrives: who is silent for too long has broken off.</summary>
internal sealed class OutsideBody(OutsideCall call, Stream inner, byte[] peeked, int count, string name)
    : PassingStream
{
    private int taken;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (taken < count)
        {
            var some = Math.Min(count - taken, buffer.Length);
            peeked.AsSpan(taken, some).CopyTo(buffer.Span);
            taken += some;
            return ValueTask.FromResult(some);
        }
        var reading = inner.ReadAsync(buffer, call.Token);
        return reading.IsCompletedSuccessfully ? reading : WaitAsync(reading);
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> reading)
    {
        call.Wind();
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.IsLate)
        {
            throw BackEndFault.Silent(name);
        }
        finally
        {
            call.Rest();
        }
    }
}
