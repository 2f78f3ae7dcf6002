namespace Stun.Engine.Placement;

/// <summary>
/// What a lane of the tree holds, one 32-bit number each. Written so that more is always better for the offer: then
/// the most of each column over a subtree is a promise that no offer in it can beat, and a subtree is skipped when
/// even the promise is too little.
/// </summary>
internal static class Column
{
    // The first five change with every lease; the rest only when an offer or its standing does.
    public const int Gpus = 0;
    public const int Cpu = 1;
    public const int Memory = 2;
    public const int Disk = 3;

    /// <summary>The part of the score that does not depend on the request.</summary>
    public const int Base = 4;

    public const int DynamicCount = 5;

    /// <summary>
    /// The lower the first four bytes of the address, the more: the best among those with the most base.
    /// </summary>
    public const int Tie = 5;

    public const int Cheapness = 6;
    public const int Reputation = 7;
    public const int StakeFree = 8;
    public const int GpuMemory = 9;
    public const int Capability = 10;

    /// <summary><see cref="PlacementScore.PowerLimit"/> less the power.</summary>
    public const int Lean = 11;

    public const int Stake = 12;
    public const int Tee = 13;
    public const int Prover = 14;

    /// <summary>Columns up to here are summed up by their maximum (the tie apart).</summary>
    public const int MaximumCount = 15;

    /// <summary>
    /// A bit per region, or per several: summed up by OR. Zero only where there is no offer to choose.
    /// </summary>
    public const int RegionBits = 15;

    public const int ModelBits = 16;

    /// <summary>
    /// A row of the proximity table, 2 up; 1 where a subtree holds several; 0 where there is no offer.
    /// </summary>
    public const int Place = 17;

    public const int Count = 18;

    public const uint PlaceMixed = 1;
    public const uint PlaceFirst = 2;

    /// <summary>
    /// An amount in 32 bits, rounded down, order kept: 26 significant bits and the exponent above them.
    /// If one amount covers another so do their roundings; the converse is checked on the exact amounts.
    /// </summary>
    public static uint Rounded(Amount amount)
    {
        const int significant = 26;
        var exponent = Math.Max(0, 128 - (int)UInt128.LeadingZeroCount(amount.Units) - significant);
        return ((uint)exponent << (significant - 1)) + (uint)(amount.Units >> exponent);
    }
}
