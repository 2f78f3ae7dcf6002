using System.Numerics;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Curves;

public sealed class PairingTests
{
    [Fact]
    public void Field_of_the_pairing_obeys_the_laws_of_a_field()
    {
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            Fq12 a = Element(random), b = Element(random), c = Element(random);
            Assert.Equal(a * (b + c), (a * b) + (a * c));
            Assert.Equal(a * b * c, a * (b * c));
            Assert.Equal(a.Square(), a * a);
            Assert.Equal(a.C0.Square(), a.C0 * a.C0);
            Assert.Equal(a.C0.C0.Square(), a.C0.C0 * a.C0.C0);
            Assert.Equal(Fq12.One, a * a.Inverse());
            Assert.Equal(Fq12.Zero, a - a);
            Assert.Equal(a + a, a.Doubled());
            Assert.Equal(-a, Fq12.Zero - a);
            Fq2 x = a.C0.C0, y = a.C1.C1, z = b.C0.C2;
            var line = new Fq12(new Fq6(x, Fq2.Zero, Fq2.Zero), new Fq6(y, z, Fq2.Zero));
            Assert.Equal(c * line, c.TimesLine(x, y, z));
            Assert.Equal(c.TimesLine(Fq2.One, y, z), c.TimesLine(y, z));
        }
    }

    [Fact]
    public void Frobenius_is_the_power_of_the_prime()
    {
        var a = Element(new Random(8));
        var power = a;
        for (var k = 1; k <= 3; k++)
        {
            power = Power(power, Fq.Modulus);
            Assert.Equal(power, a.ToFrobenius(k));
        }
    }

    [Fact]
    public void The_pairing_is_bilinear_and_not_one()
    {
        var random = new Random(9);
        Fr a = Scalar(random), b = Scalar(random);
        var p = CurvePoint<Fq>.Multiply(G1.Generator, a).ToAffine();
        var q = CurvePoint<Fq2>.Multiply(G2.Generator, b).ToAffine();
        var plain = Pairing.Product([G1.Generator], [new G2Lines(G2.Generator)]);
        Assert.Equal(plain, Pairing.Product([G1.Generator], [new G2Lines(G2.Generator, isKept: true)]));
        Assert.NotEqual(Fq12.One, plain);
        Assert.Equal(Power(plain, (a * b).ToBigInteger()), Pairing.Product([p], [new G2Lines(q)]));
        Assert.Equal(Fq12.One, Power(plain, Fr.Modulus));
        Assert.Equal(plain.CyclotomicSquare(), plain * plain);
    }

    [Fact]
    public void A_product_of_pairings_is_one_exactly_if_the_scalars_cancel()
    {
        var random = new Random(10);
        Fr a = Scalar(random), b = Scalar(random);
        var p = CurvePoint<Fq>.Multiply(G1.Generator, a).ToAffine();
        var q = CurvePoint<Fq2>.Multiply(G2.Generator, b).ToAffine();
        var both = -CurvePoint<Fq>.Multiply(G1.Generator, a * b).ToAffine();
        G2Lines[] lines = [new G2Lines(q), new G2Lines(G2.Generator)];
        Assert.True(Pairing.ProductIsOne([p, both], lines));
        Assert.False(Pairing.ProductIsOne([p, -both], lines));
        Assert.True(Pairing.ProductIsOne([AffinePoint<Fq>.Infinity, both], [lines[0], new G2Lines(default)]));
    }

    [Fact]
    public void A_final_exponentiation_is_the_known_power()
    {
        // The chain raises to 2x(6x² + 3x + 1) times (q⁴ - q² + 1) / r after the easy part.
        var a = Element(new Random(11));
        BigInteger q = Fq.Modulus, x = G2.CurveParameter;
        var easy = Power(a, (BigInteger.Pow(q, 6) - 1) * (BigInteger.Pow(q, 2) + 1));
        var hard = (BigInteger.Pow(q, 4) - BigInteger.Pow(q, 2) + 1) / Fr.Modulus * 2 * x * ((6 * x * x) + (3 * x) + 1);
        Assert.Equal(Power(easy, hard), Pairing.FinalExponentiation(a));
    }

    private static Fq12 Power(Fq12 value, BigInteger exponent)
    {
        var result = Fq12.One;
        for (var bit = (int)exponent.GetBitLength() - 1; bit >= 0; bit--)
        {
            result = result.Square();
            if (!((exponent >> bit) & 1).IsZero) result *= value;
        }
        return result;
    }

    private static Fq12 Element(Random random)
    {
        Fq Next() => Fq.FromBigInteger(Scalar(random).ToBigInteger());
        Fq2 Pair() => new(Next(), Next());
        Fq6 Six() => new(Pair(), Pair(), Pair());
        return new Fq12(Six(), Six());
    }

    private static Fr Scalar(Random random)
    {
        var bytes = new byte[40];
        random.NextBytes(bytes);
        return Fr.FromBigInteger(new BigInteger(bytes, isUnsigned: true));
    }
}
