using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>The checks that every point from outside goes through.</summary>
internal static class Points
{
    public static AffinePoint<Fq> RequireG1(in AffinePoint<Fq> point, string place) =>
        G1.Contains(point)
            ? point
            : throw new ZkException(ZkCodes.Point, $"{place} is not a point of the curve.");

    public static AffinePoint<Fq2> RequireG2(in AffinePoint<Fq2> point, string place)
    {
        if (!G2.IsOnCurve(point)) throw new ZkException(ZkCodes.Point, $"{place} is not a point of the twisted curve.");
        if (point.IsInfinity || G2.IsInSubgroup(point)) return point;
        throw new ZkException(ZkCodes.Point,
            $"{place} lies on the twisted curve but outside of its group of prime order.");
    }

    /// <summary>The coordinates are below the prime, as arithmetic takes for granted.</summary>
    public static void RequireCanonical<T>(in AffinePoint<T> point, string place) where T : unmanaged, IField<T>
    {
        var coordinates = MemoryMarshal.Cast<AffinePoint<T>, Limbs>(new ReadOnlySpan<AffinePoint<T>>(in point));
        foreach (ref readonly var coordinate in coordinates)
        {
            if (coordinate.IsBelow(Montgomery<BasePrime>.Prime)) continue;
            throw new ZkException(ZkCodes.Number,
                $"A coordinate of {place} is not below the prime of the curve.");
        }
    }

    /// <summary>
    /// Numbers of 128 bits that nobody can foresee: with them one equation of combinations stands for all of them.
    /// </summary>
    public static NativeArray<Limbs> RandomFactors(int count)
    {
        var factors = new NativeArray<Limbs>(count, cleared: false);
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(factors.Span));
        foreach (ref var factor in factors.Span) factor = new Limbs(factor.L0, factor.L1, 0, 0);
        return factors;
    }

    public static AffinePoint<T> RequireFinite<T>(in AffinePoint<T> point, string place) where T : struct, IField<T> =>
        point.IsInfinity
            ? throw new ZkException(ZkCodes.Point, $"{place} is the point at infinity, which no honest file has there.")
            : point;
}
