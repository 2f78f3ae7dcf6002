namespace Stun.Chain.Evm.Rpc;

/// <summary>Which endpoints are asked, in order of preference, and with which limits.</summary>
public sealed record EvmRpcOptions(ulong ChainId, IReadOnlyList<Uri> Endpoints)
{
    /// <summary>For one exchange; a call may take several.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls in one request. Most hosted endpoints take a hundred.</summary>
    public int BatchMax { get; init; } = 100;

    /// <summary>Requests under way at once. While all are, further calls gather into the next batches.</summary>
    public int InFlightMax { get; init; } = 4;

    /// <summary>Calls that wait; whoever comes beyond is refused instead of filling the memory.</summary>
    public int QueueMax { get; init; } = 100_000;

    /// <summary>The logs of a full range of blocks fit; an endpoint gone mad does not fill our memory.</summary>
    public int ResponseBytesMax { get; init; } = 32 << 20;

    /// <summary>How often a call is tried, over all endpoints, where it may be repeated.</summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>How long a sick endpoint is left, doubled with each failure in a row.</summary>
    public TimeSpan SickTime { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan SickTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often chain id and head of every endpoint are looked at while there are calls.</summary>
    public TimeSpan InspectEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An endpoint further behind the best known head than this is left for a while.</summary>
    public ulong LagBlocksMax { get; init; } = 20;
}
