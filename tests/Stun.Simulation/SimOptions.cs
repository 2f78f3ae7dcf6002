namespace Stun.Simulation;

/// <summary>
/// What one world is like. Drawn from the seed ("swarm testing"): each run has some faults switched off altogether, so
/// that they cannot hide one another. One documented knob per fault.
/// </summary>
public sealed record SimOptions
{
    public required ulong Seed { get; init; }

    public int GatewayCount { get; init; } = 2;
    public int ProviderCount { get; init; } = 12;
    public int RequesterCount { get; init; } = 4;

    /// <summary>N; the quorum M is a majority, so fewer than M may lie and N - M may be down.</summary>
    public int ValidatorCount { get; init; } = 5;

    public int TaskCount { get; init; } = 60;

    /// <summary>Orders arrive, and faults happen, within this time.</summary>
    public Duration SafetyPhase { get; init; } = Duration.Seconds(600);

    // Network.
    public Duration LatencyMin { get; init; } = Duration.Millis(1);
    public Duration LatencyMax { get; init; } = Duration.Millis(50);
    public uint LossPpm { get; init; }
    public uint DuplicatePpm { get; init; }

    /// <summary>A message takes up to 100 times the longest latency: it overtakes and is overtaken.</summary>
    public uint ReorderPpm { get; init; }

    /// <summary>Mean time between partitions; zero for none. A partition cuts a random half off for a while.</summary>
    public Duration PartitionEvery { get; init; }

    // Nodes.
    /// <summary>Mean time between crashes of some node; zero for none.</summary>
    public Duration CrashEvery { get; init; }

    public Duration DowntimeMax { get; init; } = Duration.Seconds(20);

    /// <summary>A write that was not acknowledged when the node crashed is found torn, whole or not at all.</summary>
    public bool TornWrites { get; init; } = true;

    /// <summary>The disk refuses writes for a while; the node waits, and nothing leaves it meanwhile.</summary>
    public Duration DiskFullEvery { get; init; }

    public Duration WriteMax { get; init; } = Duration.Millis(5);

    /// <summary>
    /// Mean time between snapshots that take the place of some node's journal; then restarts take one now and then too.
    /// </summary>
    public Duration SnapshotEvery { get; init; }

    /// <summary>Mean time between steps of some node's clock, forwards or back.</summary>
    public Duration ClockStepEvery { get; init; }

    public Duration ClockStepMax { get; init; } = Duration.Seconds(5);

    // Chain.
    /// <summary>Without a chain the escrow is a role of the network, with journal and crashes like any other.</summary>
    public bool HasChain { get; init; } = true;

    public Duration BlockTime { get; init; } = Duration.Seconds(2);
    public int FinalityDepth { get; init; } = 3;

    /// <summary>
    /// Per block: the last blocks, less than finality deep, are replaced and their transactions thrown back.
    /// </summary>
    public uint ReorgPpm { get; init; }

    /// <summary>Per transaction: never included, and nobody says so.</summary>
    public uint DropTransactionPpm { get; init; }

    /// <summary>Per block: fees are too high for anything for some blocks.</summary>
    public uint FeeSpikePpm { get; init; }

    /// <summary>Per block: finality stops for some blocks.</summary>
    public uint LateFinalityPpm { get; init; }

    // People.
    /// <summary>How many providers cheat, in one of the ways of <see cref="Vice"/>.</summary>
    public int CheatCount { get; init; }

    /// <summary>A cheat does not cheat each time: it looks honest in between.</summary>
    public uint CheatPpm { get; init; } = 500_000;

    /// <summary>Which vices the cheats have; empty for any.</summary>
    public ValueList<Vice> Vices { get; init; }

    /// <summary>Verified tasks that a cheat does honestly first, to earn a record.</summary>
    public int HonestStart { get; init; }

    public int LyingValidatorCount { get; init; }
    public bool GreedyGateway { get; init; }
    public bool ValidatorsRerun { get; init; } = true;

    /// <summary>Runs that fail by themselves.</summary>
    public uint RunFailurePpm { get; init; } = 20_000;

    /// <summary>Every message crosses the wire codec, as it will between processes.</summary>
    public bool UseWire { get; init; }

    /// <summary>Fixed policies for the cheat table; empty for a random mixture.</summary>
    public ValueList<VerificationPolicy> Policies { get; init; }

    /// <summary>All the knobs of a world, from its seed alone.</summary>
    public static SimOptions FromSeed(ulong seed)
    {
        var dice = new Prng(seed);
        uint Sometimes(uint most) => dice.Chance(500_000) ? (uint)dice.Below(most) : 0;
        Duration Now(long leastSeconds, long mostSeconds) =>
            dice.Chance(500_000) ? Duration.Seconds(dice.Between(leastSeconds, mostSeconds)) : Duration.Zero;
        var validators = (int)dice.Between(3, 7);
        var providers = (int)dice.Between(6, 24);
        return new SimOptions
        {
            Seed = seed,
            GatewayCount = (int)dice.Between(1, 3),
            ProviderCount = providers,
            RequesterCount = (int)dice.Between(1, 6),
            ValidatorCount = validators,
            TaskCount = (int)dice.Between(20, 70),
            LatencyMax = Duration.Millis(dice.Between(5, 400)),
            LossPpm = Sometimes(100_000),
            DuplicatePpm = Sometimes(100_000),
            ReorderPpm = Sometimes(100_000),
            PartitionEvery = Now(30, 300),
            CrashEvery = Now(10, 200),
            DowntimeMax = Duration.Seconds(dice.Between(1, 60)),
            TornWrites = dice.Chance(700_000),
            DiskFullEvery = Now(60, 300),
            ClockStepEvery = Now(20, 200),
            HasChain = dice.Chance(700_000),
            BlockTime = Duration.Millis(dice.Between(250, 6_000)),
            FinalityDepth = (int)dice.Between(1, 6),
            ReorgPpm = Sometimes(150_000),
            DropTransactionPpm = Sometimes(100_000),
            FeeSpikePpm = Sometimes(50_000),
            LateFinalityPpm = Sometimes(50_000),
            CheatCount = dice.Chance(700_000) ? (int)dice.Between(1, Math.Max(1, providers / 3)) : 0,
            CheatPpm = (uint)dice.Between(100_000, 1_000_000),
            LyingValidatorCount = dice.Chance(500_000) ? (int)dice.Between(1, (validators - 1) / 2) : 0,
            GreedyGateway = dice.Chance(300_000),
            ValidatorsRerun = dice.Chance(800_000),
            UseWire = dice.Chance(200_000),
            SnapshotEvery = dice.Chance(700_000) ? Duration.Millis(dice.Between(500, 20_000)) : Duration.Zero,
        };
    }
}

/// <summary>How a provider cheats.</summary>
public enum Vice : byte
{
    /// <summary>Makes a result up without running anything.</summary>
    Lazy,

    /// <summary>Gives the same wrong result as every other colluder.</summary>
    Colluder,

    /// <summary>Commits to one receipt and reveals another, with the right result that it has since seen.</summary>
    Equivocator,

    /// <summary>Shows the receipt of an earlier task again.</summary>
    Replayer,
}
