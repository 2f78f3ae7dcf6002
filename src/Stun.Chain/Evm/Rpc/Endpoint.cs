namespace Stun.Chain.Evm.Rpc;

/// <summary>One endpoint and what is known of its health; its list's lock guards it.</summary>
internal sealed class Endpoint(IRpcTransport transport, int batchMax)
{
    public IRpcTransport Transport { get; } = transport;

    public string Name => Transport.Name;

    /// <summary>Halved when the endpoint refuses a request for its size.</summary>
    public int BatchMax { get; set; } = batchMax;

    public Task? Inspection { get; set; }
    public bool IsInspected { get; set; }
    public long InspectedAt { get; set; }
    public bool IsLeft { get; set; }
    public long LeftAt { get; set; }
    public TimeSpan LeftFor { get; set; }
    public int FailureCount { get; set; }

    /// <summary>Why it was left or refused last.</summary>
    public ChainException? Reason { get; set; }

    /// <summary>The highest block that it named.</summary>
    public ulong Head { get; set; }

    public void Left(long now, TimeSpan time, ChainException reason)
    {
        IsLeft = true;
        LeftAt = now;
        LeftFor = time;
        Reason = reason;
    }
}
