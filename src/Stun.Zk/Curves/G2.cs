using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// The second group of BN254: the points of prime order r of the twist y² = x³ + 3 / (9 + u) over <see cref="Fq2"/>.
/// The twist has many more points: each one from outside must be checked for both, curve and group.
/// </summary>
public static class G2
{
    /// <summary>How many bytes a point takes in files and in calls of contracts.</summary>
    public const int ByteCount = 128;

    /// <summary>The number from which BN254's primes are made; group check and pairing count with it.</summary>
    internal const ulong CurveParameter = 4965661367192848881;

    internal static readonly Fq2 B = Fq2.One.TimesNonResidue().Inverse().Scaled(Fq.FromUInt64(3));

    // What the untwisted Frobenius multiplies the coordinates by: (9 + u)^((q - 1) / 3) and ^((q - 1) / 2).
    private static readonly Fq2 FrobeniusX = Fq12.NonResiduePower((Fq.Modulus - 1) / 3);
    private static readonly Fq2 FrobeniusY = Fq12.NonResiduePower((Fq.Modulus - 1) / 2);

    public static AffinePoint<Fq2> Generator { get; } = new(
        new Fq2(
            Number("10857046999023057135944570762232829481370756359578518086990519993285655852781"),
            Number("11559732032986387107991004021392285783925812861821192530917403151452391805634")),
        new Fq2(
            Number("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
            Number("4082367875863433681332203403145435568316851327593401208105741076214120093531")));

    /// <summary>Whether the point is of the group; infinity is.</summary>
    public static bool Contains(in AffinePoint<Fq2> point) =>
        point.IsInfinity || (IsOnCurve(point) && IsInSubgroup(point));

    public static bool IsOnCurve(in AffinePoint<Fq2> point) =>
        point.IsInfinity || point.Y.Square() == (point.X.Square() * point.X) + B;

    /// <summary>
    /// Whether a point of the curve has the order r. Frobenius acts on the group as multiplication by q, and with the
    /// curve's parameter x the sum [x + 1]P + F([x]P) + F²([x]P) - F³([2x]P) is zero there and nowhere else (Dai, Lin,
    /// Zhao, Zhou, 2022): one multiplication by 63 bits in the place of one by 254.
    /// </summary>
    public static bool IsInSubgroup(in AffinePoint<Fq2> point)
    {
        var multiple = CurvePoint<Fq2>.Multiply(point, CurveParameter).ToAffine();
        var first = ToFrobenius(multiple);
        var second = ToFrobenius(first);
        var third = ToFrobenius(second);
        var sum = CurvePoint<Fq2>.From(multiple);
        sum.Add(point);
        sum.Add(first);
        sum.Add(second);
        sum.Subtract(third);
        sum.Subtract(third);
        return sum.IsInfinity;
    }

    internal static AffinePoint<Fq2> ToFrobenius(in AffinePoint<Fq2> point) =>
        new(point.X.Conjugate() * FrobeniusX, point.Y.Conjugate() * FrobeniusY);

    private static Fq Number(string text) =>
        Fq.TryParse(text, out var value) ? value : throw new FormatException("This is no coordinate.");
}
