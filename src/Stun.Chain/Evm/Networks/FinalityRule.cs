namespace Stun.Chain.Evm.Networks;

/// <summary>When a block of a chain counts as unchangeable.</summary>
public abstract record FinalityRule
{
    private FinalityRule() { }

    /// <summary>Under this many blocks above it: for chains that say nothing themselves.</summary>
    public sealed record Depth(ulong Blocks) : FinalityRule;

    /// <summary>When its consensus calls it final.</summary>
    public sealed record Finalized : FinalityRule;

    /// <summary>When only a large loss of its consensus could undo it; sooner than final.</summary>
    public sealed record Safe : FinalityRule;
}
