using System.Globalization;
using System.Numerics;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Curves;

public sealed class GroupTests
{
    /// <summary>Multiples of (1, 2), as any implementation of EIP-196 answers them.</summary>
    [Theory]
    [InlineData(2, "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3",
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4")]
    [InlineData(3, "0769bf9ac56bea3ff40232bcb1b6bd159315d84715b8e679f2d355961915abf0",
        "2ab799bee0489429554fdb7c8d086475319e63b40b9c5b57cdf1ff3dd9fe2261")]
    public void Known_multiples_of_the_generator_come_out(int factor, string x, string y)
    {
        var expected = new AffinePoint<Fq>(Coordinate(x), Coordinate(y));
        Assert.Equal(expected, CurvePoint<Fq>.Multiply(G1.Generator, factor).ToAffine());
        Assert.True(G1.Contains(expected));
        Assert.False(G1.Contains(new AffinePoint<Fq>(expected.X, expected.Y + Fq.One)));
    }

    [Fact]
    public void Additions_of_every_form_agree_with_multiplication()
    {
        Agree(G1.Generator);
        Agree(G2.Generator);
    }

    [Fact]
    public void The_order_of_both_generators_is_the_prime_of_scalars()
    {
        Assert.True(CurvePoint<Fq>.Multiply(G1.Generator, Fr.Modulus).IsInfinity);
        Assert.True(CurvePoint<Fq2>.Multiply(G2.Generator, Fr.Modulus).IsInfinity);
        Assert.True(G2.Contains(G2.Generator));
        Assert.True(G2.Contains(CurvePoint<Fq2>.Multiply(G2.Generator, 123456789).ToAffine()));
        Assert.True(G2.Contains(AffinePoint<Fq2>.Infinity));
    }

    [Fact]
    public void Points_of_the_twist_outside_of_the_group_are_refused()
    {
        var found = 0;
        for (ulong i = 1; found < 8; i++)
        {
            var x = new Fq2(Fq.FromUInt64(i), Fq.FromUInt64(2 * i));
            if (SquareRoot((x.Square() * x) + G2.B) is not { } y) continue;
            var point = new AffinePoint<Fq2>(x, y);
            Assert.True(G2.IsOnCurve(point));
            Assert.False(CurvePoint<Fq2>.Multiply(point, Fr.Modulus).IsInfinity);
            Assert.False(G2.Contains(point));
            Assert.False(new G2Lines(point).IsOfGroup);
            found++;
            // Its multiple by the cofactor is of the group: the check refuses what lies outside, not what is odd.
            var inside = CurvePoint<Fq2>.Multiply(point, (2 * Fq.Modulus) - Fr.Modulus).ToAffine();
            Assert.True(G2.Contains(inside));
            Assert.True(new G2Lines(inside).IsOfGroup);
            Assert.False(new G2Lines(Sum(point, inside).ToAffine()).IsOfGroup);
            Assert.False(G2.Contains(new AffinePoint<Fq2>(x, y + Fq2.One)));
        }
    }

    /// <summary>The least order that a point of the twist can have: its multiples soon meet each other, which formulas
    /// for different points do not cover.</summary>
    [Fact]
    public void Points_of_small_order_and_sums_with_them_are_refused()
    {
        const int order = 10_069;
        var cofactor = (2 * Fq.Modulus) - Fr.Modulus;
        Assert.True((cofactor % order).IsZero);
        var small = CurvePoint<Fq2>.Multiply(OutsideOfTheGroup(), Fr.Modulus * (cofactor / order)).ToAffine();
        Assert.False(small.IsInfinity);
        Assert.True(CurvePoint<Fq2>.Multiply(small, order).IsInfinity);
        for (var i = 1; i <= 50; i++)
        {
            var multiple = CurvePoint<Fq2>.Multiply(small, i).ToAffine();
            Assert.True(G2.IsOnCurve(multiple));
            Assert.False(new G2Lines(multiple).IsOfGroup);
            Assert.False(new G2Lines(Sum(multiple, G2.Generator).ToAffine()).IsOfGroup);
            Assert.False(G2.IsInSubgroup(multiple));
        }
    }

    /// <summary>A point of the twist whose order is not r.</summary>
    internal static AffinePoint<Fq2> OutsideOfTheGroup()
    {
        for (ulong i = 1; ; i++)
        {
            var x = new Fq2(Fq.FromUInt64(i), Fq.FromUInt64(2 * i));
            if (SquareRoot((x.Square() * x) + G2.B) is { } y) return new AffinePoint<Fq2>(x, y);
        }
    }

    private static CurvePoint<Fq2> Sum(in AffinePoint<Fq2> one, in AffinePoint<Fq2> other)
    {
        var sum = CurvePoint<Fq2>.From(one);
        sum.Add(other);
        return sum;
    }

    private static void Agree<T>(AffinePoint<T> generator) where T : struct, IField<T>
    {
        var multiples = Enumerable.Range(0, 12).Select(i => CurvePoint<T>.Multiply(generator, i)).ToArray();
        var affine = new AffinePoint<T>[multiples.Length];
        CurvePoint<T>.ToAffine(multiples, affine);
        for (var i = 0; i < affine.Length; i++)
        {
            Assert.Equal(affine[i], multiples[i].ToAffine());
            for (var j = 0; j < affine.Length; j++)
            {
                var expected = CurvePoint<T>.Multiply(generator, i + j).ToAffine();
                var mixed = multiples[i];
                mixed.Add(affine[j]);
                var full = multiples[i];
                full.Add(multiples[j]);
                Assert.Equal(expected, mixed.ToAffine());
                Assert.Equal(expected, full.ToAffine());
                mixed.Subtract(affine[j]);
                Assert.Equal(affine[i], mixed.ToAffine());
            }
        }
    }

    /// <summary>A root in the quadratic extension, by the norm (q is 3 modulo 4), if there is one.</summary>
    private static Fq2? SquareRoot(Fq2 value)
    {
        var exponent = (Fq.Modulus + 1) / 4;
        var norm = (value.C0.Square() + value.C1.Square()).Pow(exponent);
        var half = Fq.FromUInt64(2).Inverse();
        foreach (var root in new[] { norm, -norm })
        {
            var a = ((value.C0 + root) * half).Pow(exponent);
            if (a.IsZero) continue;
            var candidate = new Fq2(a, value.C1 * half * a.Inverse());
            if (candidate.Square() == value) return candidate;
        }
        return null;
    }

    private static Fq Coordinate(string hex) =>
        Fq.FromBigInteger(BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
