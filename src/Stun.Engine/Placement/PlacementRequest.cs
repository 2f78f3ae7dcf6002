namespace Stun.Engine.Placement;

/// <summary>What is sought, taken apart from the order so that the index sees only numbers.</summary>
/// <param name="Resources">What one node needs. Its node count is not read: <paramref name="Needed"/> says it.</param>
/// <param name="PricePerSecondMax">What one attempt may cost a second, from the order's price limit.</param>
/// <param name="StakeNeeded">Free stake the offer's provider must have for the value at risk.</param>
/// <param name="Home">Where the requester's data is; <see cref="Region.Anywhere"/> if it does not matter.</param>
/// <param name="Excluded">Providers that already run or ran this task.</param>
/// <param name="Needed">How many different providers must be found, or none is chosen (replicas times nodes).</param>
/// <param name="Most">How many candidates to return at most (top k); never less than <paramref name="Needed"/>.</param>
/// <param name="OneModel">All candidates must have the same GPU model, so that their results are comparable.</param>
public sealed record PlacementRequest(
    Resources Resources,
    Privacy Privacy,
    Amount PricePerSecondMax,
    Amount StakeNeeded,
    Region Home,
    RequesterPolicy Policy,
    ValueList<Address> Excluded,
    int Needed,
    int Most,
    bool OneModel)
{
    /// <summary>The result is paid for when a zero-knowledge proof comes with it.</summary>
    public bool NeedsProver { get; init; }
}

/// <summary>What is known of an offer beyond its own words; changes as its provider works.</summary>
/// <param name="HistoryPermille">
/// How well it is expected to do: uptime, speed and accuracy so far. The seam for a learned predictor of run time and
/// failure: whatever predicts, predicts this number.
/// </param>
/// <param name="StakeFree">Stake at the escrow less what is already at risk.</param>
public readonly record struct Standing(uint HistoryPermille, uint ReputationPpm, Amount Stake, Amount StakeFree);

/// <summary>
/// An immutable answer: candidates in falling order of score, each of another provider, or none. It leaves no choice
/// to whoever carries it out. Why it is empty is a second, slower question: <see cref="PlacementIndex.Explain"/>.
/// </summary>
public sealed record PlacementPlan(ValueList<Candidate> Candidates)
{
    public static PlacementPlan Empty { get; } = new([]);

    public bool IsEmpty => Candidates.Count == 0;
}

public readonly record struct Candidate(OfferId Offer, Address Provider, int Score);

/// <summary>Why an offer is not chosen. An offer that fails several counts under the first, in this order.</summary>
public enum RefusalReason : byte
{
    Suspended,
    Excluded,
    DeniedByRequester,
    Region,
    GpuModel,
    GpuMemory,
    ComputeCapability,
    Privacy,
    Prover,
    GpuCount,
    Cpu,
    Memory,
    Disk,
    Reputation,
    Stake,
    Price,
    Busy,

    /// <summary>Fits alone, but too few different providers (or too few with one GPU model) fit together.</summary>
    TooFewTogether,
}

public readonly record struct RefusalCount(RefusalReason Reason, int Offers);

/// <summary>The weights of the six factors, as data.</summary>
/// <param name="PriceReference">The price per second that scores half of the price factor.</param>
public sealed record PlacementWeights(
    int HardwareFit, int History, int Proximity, int Price, int Load, int Reputation, Amount PriceReference)
{
    /// <summary>Keeps every sum of weighted factors far inside 32 bits.</summary>
    public const int WeightMax = 10_000;

    public static PlacementWeights Default => new(20, 20, 10, 25, 10, 15, new Amount(1_000_000));
}
