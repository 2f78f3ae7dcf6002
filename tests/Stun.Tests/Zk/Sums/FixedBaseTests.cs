using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Sums;

namespace Stun.Tests.Zk.Sums;

public sealed class FixedBaseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(2100)]
    public void Multiples_of_one_point_are_those_of_plain_multiplication_with_lanes_and_without(int count)
    {
        Agree(G1.Generator, count, lanes: true);
        Agree(G1.Generator, count, lanes: false);
        Agree(CurvePoint<Fq2>.Multiply(G2.Generator, 5).ToAffine(), count, lanes: true);
        Agree(CurvePoint<Fq2>.Multiply(G2.Generator, 5).ToAffine(), count / 8, lanes: false);
    }

    private static void Agree<T>(AffinePoint<T> basis, int count, bool lanes) where T : unmanaged, IField<T>
    {
        var random = new Random(count);
        var scalars = new Fr[count];
        for (var i = 0; i < count; i++)
        {
            scalars[i] = (i % 9) switch
            {
                0 => Fr.FromInt64(random.Next(-3, 4)),
                1 => Fr.FromUInt64(1UL << random.Next(64)),
                2 => -Fr.FromUInt64((ulong)random.Next(1, 1 << 14)),
                3 => Fr.Zero,
                _ => Fr.FromUInt64((ulong)random.NextInt64()) * Fr.FromUInt64((ulong)random.NextInt64()).Inverse(),
            };
        }
        var results = new AffinePoint<T>[count];
        FixedBase.Multiply(basis, scalars, results, lanes && MultiScalarSum.HasLanes);
        // All of the odd kinds, and every hundredth of the others, which are of one kind.
        for (var i = 0; i < count; i++)
        {
            if (i > 300 && i % 100 != 0) continue;
            Assert.Equal(CurvePoint<T>.Multiply(basis, scalars[i]).ToAffine(), results[i]);
        }
    }

    [Fact]
    public void Results_of_another_number_than_scalars_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedBase.Multiply(G1.Generator, [Fr.One], []));
}
