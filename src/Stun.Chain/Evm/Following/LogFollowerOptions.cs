using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Chain.Evm.Following;

/// <summary>Which logs are followed, and when they count.</summary>
public sealed record LogFollowerOptions(LogFilter Filter, EvmNetwork Network)
{
    /// <summary>Null: as the network has it.</summary>
    public FinalityRule? Finality { get; init; }

    /// <summary>Blocks in one question at first; halved where a node refuses, and doubled again slowly.</summary>
    public ulong RangeMax { get; init; } = 2_000;

    /// <summary>Blocks above the final one that the provisional stream keeps in mind; beyond, it waits.</summary>
    public int WindowMax { get; init; } = 20_000;

    /// <summary>Null: as the network has it.</summary>
    public TimeSpan? PollInterval { get; init; }
}
