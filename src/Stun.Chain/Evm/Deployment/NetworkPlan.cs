using Stun.Chain.Evm.Contracts;

namespace Stun.Chain.Evm.Deployment;

/// <summary>What has to be decided before the contracts of a network are made.</summary>
/// <param name="Deployer">Whose transactions connect the contracts; has no power after that.</param>
/// <param name="Treasury">Gets the supply of the token, and the network's share of each task.</param>
/// <param name="Validators">In rising order.</param>
public sealed record NetworkPlan(Address Deployer, Address Treasury, ValueList<Address> Validators, byte Quorum)
{
    /// <summary>Tells networks of the same make apart on one chain.</summary>
    public Digest Salt { get; init; }

    /// <summary>The currency, where it is not a token of the network's own.</summary>
    public Address? Currency { get; init; }

    /// <summary>Who can pause, in rising order; the validators if nobody is named.</summary>
    public ValueList<Address> Guardians { get; init; }

    public Escrow.Terms Terms { get; init; } = new(
        Window: 3_600, AnswerWindow: 3_600, ContestWindow: 86_400, ExitDelay: 30 * Day,
        ChallengeBond: Coin * 10, ClaimDelay: 7 * Day, ContestBond: Coin * 100, DisputeBond: Coin,
        DisputeWindow: 600, DisputeTimeout: 3_600, ExpiryGrace: 900, DepositCap: Coin * 1_000_000_000);

    public uint TreasuryPpm { get; init; } = 150_000;
    public uint CreatorPpm { get; init; } = 50_000;
    public uint SlashToRequesterPpm { get; init; } = 500_000;
    public uint SlashMultiple { get; init; } = 20;
    public uint UnbondingDelay { get; init; } = 21 * Day;

    /// <summary>How many times the value at risk a provider must have staked to be eligible.</summary>
    public uint StakeMultiple { get; init; } = 20;

    public uint GovernanceDelay { get; init; } = 2 * Day;

    public const uint Day = 86_400;

    /// <summary>One whole token of 18 decimals.</summary>
    public static readonly UInt128 Coin = 1_000_000_000_000_000_000;
}
