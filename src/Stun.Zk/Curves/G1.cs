using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// The first group of BN254: all points of y² = x³ + 3 over <see cref="Fq"/>. Its order is prime, so that a point on
/// the curve is a point of the group.
/// </summary>
public static class G1
{
    /// <summary>How many bytes a point takes in files and in calls of contracts.</summary>
    public const int ByteCount = 64;

    private static readonly Fq Three = Fq.FromUInt64(3);

    public static AffinePoint<Fq> Generator { get; } = new(Fq.One, Fq.FromUInt64(2));

    /// <summary>Whether the point is of the group; infinity is.</summary>
    public static bool Contains(in AffinePoint<Fq> point) =>
        point.IsInfinity || point.Y.Square() == (point.X.Square() * point.X) + Three;
}
