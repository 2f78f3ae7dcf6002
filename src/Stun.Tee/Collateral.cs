using Stun.Tee.Intel;

namespace Stun.Tee;

/// <summary>What is known beside evidence. All of it is signed by the makers, and checked.</summary>
public sealed record Collateral
{
    public static Collateral None { get; } = new();

    public IntelCollateral? Intel { get; init; }

    /// <summary>Lists of revoked certificates of other makers than Intel, in DER.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lists { get; init; } = [];

    /// <summary>Certificates of keys that evidence did not bring along.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];
}
