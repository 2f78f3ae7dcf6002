using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Sums;

namespace Stun.Tests.Zk.Sums;

public sealed class MultiScalarSumTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(70)]
    [InlineData(700)]
    [InlineData(3000)]
    public void A_sum_is_the_multiple_by_the_sum_of_products(int count)
    {
        Agree(G1.Generator, count, new Random(count));
        Agree(G2.Generator, count, new Random(count));
    }

    [Fact]
    public void Points_and_scalars_of_different_number_are_refused() =>
        Assert.Throws<ArgumentException>(() => MultiScalarSum.Of<Fq>([G1.Generator], []));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sum_under_way_stops_when_it_is_told_to(bool lanes)
    {
        var points = Enumerable.Repeat(G1.Generator, 2000).ToArray();
        var scalars = Scalars(points.Length, new Random(1)).Select(scalar => scalar.ToCanonical()).ToArray();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => MultiScalarSum.OfCanonical<Fq>(points, scalars, lanes && MultiScalarSum.HasLanes, stop.Token));
    }

    [Theory]
    [InlineData(2, 254)]
    [InlineData(13, 254)]
    [InlineData(15, 254)]
    [InlineData(16, 254)]
    [InlineData(7, 13)]
    [InlineData(4, 1)]
    public void Signed_digits_add_up_to_the_scalar(int width, int bits)
    {
        var digits = new Digits(width, bits);
        foreach (var scalar in Scalars(40, new Random(3)))
        {
            var number = scalar.ToBigInteger() & ((System.Numerics.BigInteger.One << bits) - 1);
            var shifted = digits.Shifted(Limbs.From(number));
            var sum = System.Numerics.BigInteger.Zero;
            for (var window = digits.Windows - 1; window >= 0; window--)
            {
                var digit = digits.Of(shifted, window);
                Assert.InRange(digit, -digits.Buckets, digits.Buckets);
                sum = (sum << width) + digit;
            }
            Assert.Equal(number, sum);
        }
    }

    private static void Agree<T>(AffinePoint<T> generator, int count, Random random) where T : unmanaged, IField<T>
    {
        // Few different points and many kinds of scalars: doublings, cancellations and empty buckets all occur.
        var basis = Enumerable.Range(0, 300).Select(i => CurvePoint<T>.Multiply(generator, i)).ToArray();
        var affine = new AffinePoint<T>[basis.Length];
        CurvePoint<T>.ToAffine(basis, affine);
        var scalars = Scalars(count, random);
        var points = new AffinePoint<T>[count];
        var expected = Fr.Zero;
        for (var i = 0; i < count; i++)
        {
            var multiple = random.Next(basis.Length);
            var negative = random.Next(2) == 0;
            points[i] = negative ? -affine[multiple] : affine[multiple];
            expected += scalars[i] * Fr.FromInt64(negative ? -multiple : multiple);
        }
        var sum = CurvePoint<T>.Multiply(generator, expected).ToAffine();
        Assert.Equal(sum, MultiScalarSum.Of<T>(points, scalars));
        var canonical = scalars.Select(scalar => scalar.ToCanonical()).ToArray();
        Assert.Equal(sum, MultiScalarSum.OfCanonical<T>(
            points, canonical, lanes: false, TestContext.Current.CancellationToken).ToAffine());
    }

    private static Fr[] Scalars(int count, Random random)
    {
        var scalars = new Fr[count];
        for (var i = 0; i < count; i++)
        {
            scalars[i] = (i % 7) switch
            {
                0 => Fr.FromInt64(random.Next(-3, 4)),
                1 => Fr.One,
                2 => -Fr.FromUInt64((ulong)random.Next(1, 1 << 20)),
                _ => Fr.FromUInt64((ulong)random.NextInt64()) * Fr.FromUInt64((ulong)random.NextInt64()).Inverse(),
            };
        }
        return scalars;
    }
}
