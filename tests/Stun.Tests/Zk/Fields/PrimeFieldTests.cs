using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Fields;

/// <summary>The two prime fields beside arithmetic of whole numbers.</summary>
public sealed class PrimeFieldTests
{
    private static readonly BigInteger R = BigInteger.Parse(
        "21888242871839275222246405745257275088548364400416034343698204186575808495617");

    private static readonly BigInteger Q = BigInteger.Parse(
        "21888242871839275222246405745257275088696311157297823662689037894645226208583");

    [Fact]
    public void The_primes_are_those_of_EIP_196()
    {
        Assert.Equal(R, Fr.Modulus);
        Assert.Equal(Q, Fq.Modulus);
    }

    [Fact]
    public void Sums_products_and_inverses_of_scalars_are_those_of_whole_numbers()
    {
        foreach (var (a, b) in Pairs(R))
        {
            Fr x = Fr.FromBigInteger(a), y = Fr.FromBigInteger(b);
            Assert.Equal((a + b) % R, (x + y).ToBigInteger());
            Assert.Equal((a - b + R) % R, (x - y).ToBigInteger());
            Assert.Equal(a * b % R, (x * y).ToBigInteger());
            Assert.Equal((R - a) % R, (-x).ToBigInteger());
            Assert.Equal(a * a % R, x.Square().ToBigInteger());
            Assert.Equal(2 * a % R, x.Doubled().ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, b, R), x.Pow(b).ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, R - 2, R), x.Inverse().ToBigInteger());
            Assert.Equal(a == b, x == y);
        }
    }

    [Fact]
    public void Sums_products_and_inverses_of_coordinates_are_those_of_whole_numbers()
    {
        foreach (var (a, b) in Pairs(Q))
        {
            Fq x = Fq.FromBigInteger(a), y = Fq.FromBigInteger(b);
            Assert.Equal((a + b) % Q, (x + y).ToBigInteger());
            Assert.Equal((a - b + Q) % Q, (x - y).ToBigInteger());
            Assert.Equal(a * b % Q, (x * y).ToBigInteger());
            Assert.Equal((Q - a) % Q, (-x).ToBigInteger());
            Assert.Equal(a * a % Q, x.Square().ToBigInteger());
            Assert.Equal(2 * a % Q, x.Doubled().ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, b, Q), x.Pow(b).ToBigInteger());
            Assert.Equal(BigInteger.ModPow(a, Q - 2, Q), x.Inverse().ToBigInteger());
            Assert.Equal(a != b, x != y);
        }
    }

    [Fact]
    public void Bytes_of_both_orders_come_back_and_are_those_of_the_number()
    {
        var little = new byte[32];
        var big = new byte[32];
        foreach (var (a, _) in Pairs(R))
        {
            var x = Fr.FromBigInteger(a);
            x.WriteLittleEndian(little);
            x.WriteBigEndian(big);
            Assert.Equal(a, new BigInteger(little, isUnsigned: true));
            Assert.Equal(a, new BigInteger(big, isUnsigned: true, isBigEndian: true));
            Assert.True(Fr.TryReadLittleEndian(little, out var fromLittle) && fromLittle == x);
            Assert.True(Fr.TryReadBigEndian(big, out var fromBig) && fromBig == x);
            Assert.True(Fr.TryParse(x.ToString(), out var parsed) && parsed == x);
        }
    }

    [Fact]
    public void Numbers_that_are_not_below_the_prime_are_refused()
    {
        foreach (var number in new[] { R, R + 1, Q, (BigInteger.One << 256) - 1 })
        {
            var little = new byte[32];
            Assert.True(number.TryWriteBytes(little, out _, isUnsigned: true));
            Assert.False(Fr.TryReadLittleEndian(little, out var value));
            Assert.True(value.IsZero);
            Array.Reverse(little);
            Assert.False(Fr.TryReadBigEndian(little, out _));
            Assert.False(Fr.TryParse(number.ToString(), out _));
        }
        var prime = new byte[32];
        Assert.True(Q.TryWriteBytes(prime, out _, isUnsigned: true));
        Assert.False(Fq.TryReadLittleEndian(prime, out _));
        Assert.False(Fr.TryReadLittleEndian(new byte[31], out _));
        Assert.False(Fr.TryReadBigEndian(new byte[33], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("01")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData(null)]
    public void Texts_that_are_no_canonical_decimal_numbers_are_refused(string? text) =>
        Assert.False(Fr.TryParse(text, out _));

    [Fact]
    public void Numbers_outside_of_the_field_are_taken_modulo_the_prime()
    {
        Assert.Equal(R - 1, Fr.FromBigInteger(-1).ToBigInteger());
        Assert.Equal(Fr.FromBigInteger(-5), Fr.FromInt64(-5));
        Assert.Equal(Fr.FromBigInteger(long.MinValue), Fr.FromInt64(long.MinValue));
        Assert.Equal(Fr.FromUInt64(7), Fr.FromBigInteger((R * 3) + 7));
        Assert.Equal(ulong.MaxValue, Fr.FromUInt64(ulong.MaxValue).ToBigInteger());
    }

    [Fact]
    public void A_root_of_unity_has_exactly_its_order()
    {
        for (var power = 1; power <= 28; power++)
        {
            var root = Fr.RootOfUnity(power);
            Assert.Equal(Fr.One, root.Pow(BigInteger.One << power));
            Assert.Equal(-Fr.One, root.Pow(BigInteger.One << (power - 1)));
        }
        Assert.Equal(Fr.One, Fr.RootOfUnity(0));
    }

    /// <summary>Numbers at the borders of words and of the prime with one another, and random ones.</summary>
    private static IEnumerable<(BigInteger, BigInteger)> Pairs(BigInteger prime)
    {
        var edges = new List<BigInteger> { 0, 1, 2, prime - 1, prime - 2, prime >> 1, (prime >> 1) + 1 };
        foreach (var bits in new[] { 64, 128, 192, 253 })
        {
            edges.Add((BigInteger.One << bits) - 1);
            edges.Add(BigInteger.One << bits);
        }
        var random = new Random(20);
        var bytes = new byte[40];
        for (var i = 0; i < 12; i++)
        {
            random.NextBytes(bytes);
            edges.Add(new BigInteger(bytes, isUnsigned: true) % prime);
        }
        return edges.SelectMany(a => edges.Select(b => (a, b)));
    }
}
