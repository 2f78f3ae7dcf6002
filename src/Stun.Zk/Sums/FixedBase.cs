using System.Runtime.InteropServices;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Lanes;

namespace Stun.Zk.Sums;

/// <summary>Multiples of one point by many scalars, side by side where the machine can.</summary>
internal static class FixedBase
{
    // Below that, the table of the other way costs more than its slower additions.
    private const int LanesFrom = 256;

    /// <summary>The multiples by all scalars, on all processors.</summary>
    public static void Multiply<T>(in AffinePoint<T> basis, ReadOnlySpan<Fr> scalars, Span<AffinePoint<T>> results)
        where T : unmanaged, IField<T> => Multiply(basis, scalars, results, MultiScalarSum.HasLanes);

    /// <summary>With or without lanes, so that tests can compare.</summary>
    internal static void Multiply<T>(in AffinePoint<T> basis, ReadOnlySpan<Fr> scalars,
        Span<AffinePoint<T>> results, bool lanes) where T : unmanaged, IField<T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(results.Length, scalars.Length);
        if (!lanes || scalars.Length < LanesFrom)
        {
            new ScalarMultiples<T>(basis, width: 8).Multiply(scalars, results);
            return;
        }
        if (basis is AffinePoint<Fq> one)
        {
            using var multiples = new LaneMultiples<BaseLanes, Fq>(one, scalars.Length);
            multiples.Multiply(scalars, MemoryMarshal.Cast<AffinePoint<T>, AffinePoint<Fq>>(results));
        }
        else if (basis is AffinePoint<Fq2> two)
        {
            using var multiples = new LaneMultiples<ExtensionLanes, Fq2>(two, scalars.Length);
            multiples.Multiply(scalars, MemoryMarshal.Cast<AffinePoint<T>, AffinePoint<Fq2>>(results));
        }
    }
}
