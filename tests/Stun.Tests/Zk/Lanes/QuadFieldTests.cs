using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Stun.Zk.Fields;
using Stun.Zk.Lanes;

namespace Stun.Tests.Zk.Lanes;

/// <summary>
/// What machines without AVX-512 compute with, beside numbers of any size; elsewhere nothing would call it.
/// </summary>
public sealed class QuadFieldTests
{
    private static readonly BigInteger Radix = BigInteger.One << 261;

    [Fact]
    public void Products_sums_and_differences_of_four_lanes_are_those_of_plain_numbers()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This machine has no AVX2.");
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var (a, b) = (Numbers(random), Numbers(random));
            var results = Compute(a, b);
            for (var lane = 0; lane < 8; lane++)
            {
                Congruent(a[lane] * b[lane], results.Product[lane] * Radix);
                Congruent(a[lane] + b[lane], results.Sum[lane]);
                Congruent(a[lane] - b[lane], results.Difference[lane]);
                // The bound that all other code relies on: just above the prime.
                Assert.True(results.Product[lane] * 50 < Fq.Modulus * 51);
                Assert.True(results.Difference[lane] * 50 < Fq.Modulus * 51);
            }
        }
    }

    [Fact]
    public void Numbers_come_out_of_lanes_as_they_went_in()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This machine has no AVX2.");
        var random = new Random(12);
        for (var round = 0; round < 50; round++)
        {
            var numbers = Numbers(random);
            Assert.Equal(numbers, Through(numbers));
        }
        BigInteger[] full = [.. Enumerable.Repeat((BigInteger.One << 256) - 1, 8)];
        Assert.Equal(full, Through(full));
    }

    private static unsafe (BigInteger[] Product, BigInteger[] Sum, BigInteger[] Difference) Compute(
        BigInteger[] a, BigInteger[] b)
    {
        Octet left, right, product, sum, difference;
        Load(&left, a);
        Load(&right, b);
        QuadField<BasePrime>.Multiply(&product, &left, &right);
        QuadField<BasePrime>.Reduce(&product);
        QuadField<BasePrime>.Add(&sum, &left, &right);
        QuadField<BasePrime>.Reduce(&sum);
        QuadField<BasePrime>.Subtract(&difference, &left, &right);
        QuadField<BasePrime>.Reduce(&difference);
        return (Store(&product), Store(&sum), Store(&difference));
    }

    private static unsafe BigInteger[] Through(BigInteger[] numbers)
    {
        Octet octet;
        Load(&octet, numbers);
        return Store(&octet);
    }

    private static unsafe void Load(Octet* octet, BigInteger[] numbers)
    {
        var limbs = Array.ConvertAll(numbers, Limbs.From);
        fixed (Limbs* first = limbs)
        {
            for (var half = 0; half < 2; half++)
            {
                var n = (ulong*)(first + (4 * half));
                QuadWords.Load((System.Runtime.Intrinsics.Vector256<ulong>*)octet + half, n, n + 4, n + 8, n + 12);
            }
        }
    }

    private static unsafe BigInteger[] Store(Octet* octet)
    {
        var limbs = new Limbs[8];
        fixed (Limbs* first = limbs)
        {
            for (var half = 0; half < 2; half++)
            {
                var n = (ulong*)(first + (4 * half));
                QuadWords.Store((System.Runtime.Intrinsics.Vector256<ulong>*)octet + half, n, n + 4, n + 8, n + 12);
            }
        }
        return Array.ConvertAll(limbs, each => each.ToBigInteger());
    }

    private static void Congruent(BigInteger expected, BigInteger found) =>
        Assert.Equal(Fq.FromBigInteger(expected), Fq.FromBigInteger(found));

    private static BigInteger[] Numbers(Random random)
    {
        var bytes = new byte[32];
        var numbers = new BigInteger[8];
        for (var i = 0; i < numbers.Length; i++)
        {
            random.NextBytes(bytes);
            numbers[i] = random.Next(6) switch
            {
                0 => i,
                1 => Fq.Modulus - 1 - i,
                2 => Fq.Modulus,
                _ => new BigInteger(bytes, isUnsigned: true) % Fq.Modulus,
            };
        }
        return numbers;
    }
}
