using Stun.Engine.Placement;

namespace Stun.Simulation;

/// <summary>
/// Offers and orders as they might be: a few GPU models, CPU-only machines, some regions, mixed demands.
/// </summary>
public sealed class SimMarket(World world)
{
    /// <summary>Enough for many leases at once: a fraud costs twenty times an order's price limit.</summary>
    public static readonly Amount Stake = new(1_000_000_000_000_000);

    private static readonly Region[] regions = [Region.Parse("eu-de"), Region.Parse("us-east"), Region.Parse("ap-jp")];

    private static readonly Hardware[] machines =
    [
        new(GpuModel.Parse("H100SXM"), 8, 81_920, 90, 128_000, 1_048_576, 4_194_304),
        new(GpuModel.Parse("A100"), 4, 40_960, 80, 64_000, 524_288, 2_097_152),
        new(GpuModel.Parse("RTX4090"), 2, 24_576, 89, 32_000, 131_072, 1_048_576),
        new(GpuModel.Any, 0, 0, 0, 64_000, 262_144, 1_048_576),
    ];

    public ProximityTable Proximity { get; } = new(
    [
        new Latency(regions[0], regions[1], 90),
        new Latency(regions[0], regions[2], 250),
        new Latency(regions[1], regions[2], 160),
    ]);

    public ValueList<Offer> OffersOf(Address provider)
    {
        var dice = world.Dice;
        var hardware = machines[world.Options.Policies.Count > 0 ? 2 : dice.Below(machines.Length)];
        List<Offer> offers = [];
        var tdx = new Attestation(AttestationKind.Tdx, new Digest(7, 7, 7, 7), Instant.Never);
        var prover = new Attestation(AttestationKind.Prover, Digest.Zero, Instant.Never);
        for (var count = dice.Between(1, 2); count > 0; count--)
            offers.Add(new Offer(
                new OfferId((ulong)count), provider, hardware, new Amount((UInt128)dice.Between(500, 2_000)),
                regions[dice.Below(regions.Length)],
                dice.Chance(500_000) ? [prover, tdx] : [prover],
                Stake, Digest.Zero, 1));
        return ValueList.From(offers);
    }

    public TaskOrder OrderFor(Address requester, ulong key, Prng dice)
    {
        var runTimeMax = Duration.Seconds(dice.Between(5, 60));
        var policy = PolicyFor(key, dice);
        var nodes = (byte)(world.Options.Policies.Count == 0 && dice.Chance(100_000) ? 2 : 1);
        var resources = new Resources(
            (ushort)dice.Below(3), GpuModel.Any, 16_384, 80, (uint)dice.Between(500, 8_000),
            (uint)dice.Between(256, 16_384), 1_024,
            dice.Chance(200_000) ? [regions[dice.Below(regions.Length)]] : [], nodes);
        if (resources.GpuCount == 0)
            resources = resources with { GpuMemoryMiB = 0, ComputeCapability = 0 };
        var spec = new TaskSpec(
            new Work.Image(new Digest(1, 2, 3, dice.Next()), ""), ["run", "--all"], [], ["*.root"], resources,
            policy is VerificationPolicy.TeeQuote ? Privacy.Tee : Privacy.None, policy,
            dice.Chance(300_000) ? new Comparator.NumericTolerance(1, -6, 1_000) : new Comparator.Bytes(),
            RequesterPolicy.Open);
        var attempts = (policy is VerificationPolicy.Redundant redundant ? redundant.Attempts : 1) * nodes;
        var perSecond = (ulong)dice.Between(dice.Chance(100_000) ? 1 : 2_000, 4_000);
        return new TaskOrder(
            requester, key, spec, runTimeMax,
            new Amount(perSecond * (ulong)attempts * runTimeMax.SecondsStarted),
            world.Now + Duration.Seconds(dice.Between(60, 1_800)),
            (Priority)dice.Below(3),
            dice.Chance(500_000) ? Keys.AddressOf("model", dice.Below(3)) : Address.Zero,
            regions[dice.Below(regions.Length)]);
    }

    private VerificationPolicy PolicyFor(ulong key, Prng dice)
    {
        var fixedPolicies = world.Options.Policies;
        if (fixedPolicies.Count > 0) return fixedPolicies[(int)(key % (ulong)fixedPolicies.Count)];
        return dice.Below(8) switch
        {
            0 => new VerificationPolicy.None(),
            1 => new VerificationPolicy.SampledAudit(50_000),
            2 => new VerificationPolicy.SampledAudit(300_000),
            3 or 4 => new VerificationPolicy.Redundant(2, 3),
            5 => new VerificationPolicy.Redundant(3, 5),
            6 => new VerificationPolicy.ZkProof(new Digest(9, 9, 9, 9)),
            _ => new VerificationPolicy.TeeQuote(new Digest(8, 8, 8, 8)),
        };
    }
}
