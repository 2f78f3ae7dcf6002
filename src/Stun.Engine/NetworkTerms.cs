namespace Stun.Engine;

/// <summary>
/// What everybody in one network agrees on. On a chain these are the parameters that only governance can change.
/// </summary>
public sealed record NetworkTerms
{
    /// <summary>
    /// In rising order. Fewer than <see cref="Quorum"/> of them may lie, and at least that many must be up.
    /// </summary>
    public required ValueList<Address> Validators { get; init; }

    /// <summary>
    /// Who may put evidence before the validators. A scheduler can delay a task or leave a provider's work out; it can
    /// take nothing from anybody but the price of a task. It is trusted to name the leases of a cancelled task.
    /// </summary>
    public required ValueList<Address> Schedulers { get; init; }

    /// <summary>M of N: how many equal votes make a verdict.</summary>
    public required int Quorum { get; init; }

    /// <summary>Binds every signature to one chain and one escrow.</summary>
    public required TypedDataDomain Domain { get; init; }

    /// <summary>How the chain keeps the money; null where the escrow role keeps it itself.</summary>
    public ChainTerms? Chain { get; init; }

    /// <summary>The escrow as a role. Where there is no chain, what is signed names the role itself.</summary>
    public Address Book => Chain?.Book ?? Domain.Contract;

    public required Address Treasury { get; init; }

    public uint TreasuryPpm { get; init; } = 150_000;
    public uint CreatorPpm { get; init; } = 50_000;

    /// <summary>How long after a verdict anyone may dispute it; longer than the slowest re-run takes.</summary>
    public Duration DisputeWindow { get; init; } = Duration.Seconds(60);

    /// <summary>Verdicts wait this long for others to share their batch.</summary>
    public Duration BatchPause { get; init; } = Duration.Seconds(2);

    /// <summary>How long validators have for another round; after that the first verdict stands.</summary>
    public Duration DisputeTimeout { get; init; } = Duration.Seconds(600);

    /// <summary>How long after its deadline an order without a verdict gives its money back.</summary>
    public Duration ExpiryGrace { get; init; } = Duration.Seconds(900);

    /// <summary>
    /// Stake stays slashable this long after its owner asks for it. No order may last longer, disputes included, or a
    /// cheat could be gone with its stake before it is found out.
    /// </summary>
    public Duration UnbondingDelay { get; init; } = Duration.Seconds(21 * 86_400);

    /// <summary>When an order without a verdict gives its money back: until then validators may run it.</summary>
    public Instant ExpiresAt(TaskOrder order) => order.Deadline + ExpiryGrace + (order.RunTimeMax * 2);

    /// <summary>The latest moment at which a fraud in this order can still be punished.</summary>
    public Instant LastWordAt(TaskOrder order) =>
        ExpiresAt(order) + DisputeWindow + DisputeTimeout + (order.RunTimeMax * 4);

    /// <summary>Forfeited when the dispute changes nothing: it makes idle disputes cost more than they delay.</summary>
    public Amount DisputeBond { get; init; } = new(1_000);

    /// <summary>
    /// A fraud costs this many times the order's price limit. With an audit floor of 1/20, a cheat that pays
    /// 1 when it passes loses 20 when it does not: cheating has no positive expectation.
    /// </summary>
    public ulong SlashMultiple { get; init; } = 20;

    /// <summary>Without this much at the escrow nobody's offer is taken in: an identity costs something.</summary>
    public Amount OfferStakeMin { get; init; } = new(1);

    /// <summary>
    /// Whether offers may show a TEE in software, which hides nothing from its owner. Only for trying out: no real
    /// network allows it.
    /// </summary>
    public bool AllowsSoftwareTee { get; init; }

    public uint SlashToRequesterPpm { get; init; } = 500_000;

    /// <summary>The lowest audit rate that an order may ask for and a record can earn.</summary>
    public uint AuditFloorPpm { get; init; } = 50_000;

    /// <summary>The share of colluding providers that the published pass probabilities assume.</summary>
    public uint ColluderPpmAssumed { get; init; } = 100_000;

    /// <summary>
    /// Whether validators can run tasks themselves. If not, a minority is never slashed, only unpaid.
    /// </summary>
    public bool ValidatorsRerun { get; init; } = true;
}

/// <summary>Of a network whose money lies in a contract on a chain.</summary>
/// <param name="Book">
/// The escrow role, which keeps the book of what happens to that money task by task.
/// </param>
public sealed record ChainTerms(Address Book)
{
    /// <summary>A batch is cut when so much waits, or when the first of it has waited so long.</summary>
    public int BatchEntriesMax { get; init; } = 1_000;

    /// <summary>Where the contracts' logs begin; nothing before is looked at.</summary>
    public ulong FirstBlock { get; init; }

    public Duration BatchEvery { get; init; } = Duration.Seconds(60);

    /// <summary>
    /// A batch that too few validators have signed by then is cut again with half of it: each of its tasks has enough
    /// signers, but they may not be the same.
    /// </summary>
    public Duration RecutAfter { get; init; } = Duration.Seconds(30);
}
