namespace Stun.Tests.Admission;

/// <summary>The dice: their sequence is what a seed means, and nobody may be favoured by them.</summary>
public sealed class PrngTests
{
    [Fact]
    public void The_sequence_of_a_seed_never_changes()
    {
        var prng = new Prng(42);
        ulong[] first = [0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1, 0xecb8ad4703b360a1];
        Assert.All(first, expected => Assert.Equal(expected, prng.Next()));
    }

    [Fact]
    public void The_sequence_is_that_of_the_published_generators()
    {
        // Written out anew from the authors' C: xoshiro256** seeded with SplitMix64.
        var seed = 0x1234_5678_9abc_def0UL;
        var prng = new Prng(seed);
        var s = new ulong[4];
        for (var index = 0; index < 4; index++) s[index] = SplitMix(ref seed);
        for (var count = 0; count < 1_000; count++) Assert.Equal(Step(s), prng.Next());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void Below_favours_no_value(int bound)
    {
        var prng = new Prng(7);
        var counts = new int[bound];
        var draws = 20_000 * bound;
        for (var count = 0; count < draws; count++) counts[prng.Below(bound)]++;
        // Each count is binomial with mean 20,000 and deviation below 142: five deviations, for a fixed seed.
        Assert.All(counts, count => Assert.InRange(count, 20_000 - 710, 20_000 + 710));
    }

    /// <summary>
    /// With a bound of two thirds of 2^64 a plain remainder would give the lower half twice as often.
    /// </summary>
    [Fact]
    public void Below_is_even_for_bounds_that_do_not_divide_the_range()
    {
        var prng = new Prng(8);
        var bound = (ulong.MaxValue / 3) * 2;
        var (low, even) = (0, 0);
        for (var count = 0; count < 40_000; count++)
        {
            var drawn = prng.Below(bound);
            low += drawn < bound / 2 ? 1 : 0;
            even += drawn < bound / 2 && drawn % 2 == 0 ? 1 : 0;
        }
        Assert.InRange(low, 20_000 - 500, 20_000 + 500);
        // And of the lower half a multiplication without rejection gives odd numbers twice as often as even ones.
        Assert.InRange(even, 10_000 - 450, 10_000 + 450);
    }

    [Fact]
    public void Bounds_are_kept_at_their_ends()
    {
        var prng = new Prng(9);
        Assert.Equal(0UL, prng.Below(1UL));
        Assert.Equal(5, prng.Between(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => prng.Below(0));
        SortedSet<long> seen = [];
        for (var count = 0; count < 200; count++) seen.Add(prng.Between(-2, 2));
        Assert.Equal([-2, -1, 0, 1, 2], seen);
        for (var count = 0; count < 100; count++) Assert.False(prng.Chance(0));
        for (var count = 0; count < 100; count++) Assert.True(prng.Chance(1_000_000));
    }

    [Fact]
    public void A_fork_has_a_sequence_of_its_own_that_its_parents_later_draws_do_not_touch()
    {
        var (one, two) = (new Prng(5), new Prng(5));
        var (forkOne, forkTwo) = (one.Fork(), two.Fork());
        for (var count = 0; count < 100; count++) one.Next();
        var (equal, bits) = (0, 0);
        var parent = new Prng(5);
        for (var count = 0; count < 1_000; count++)
        {
            var drawn = forkOne.Next();
            Assert.Equal(forkTwo.Next(), drawn);
            var other = parent.Next();
            equal += drawn == other ? 1 : 0;
            bits += System.Numerics.BitOperations.PopCount(drawn ^ other);
        }
        Assert.Equal(0, equal);
        // Independent bits differ half of the time: 32,000 of 64,000, deviation 127.
        Assert.InRange(bits, 32_000 - 640, 32_000 + 640);
    }

    private static ulong SplitMix(ref ulong x)
    {
        unchecked
        {
            var z = x += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    private static ulong Step(ulong[] s)
    {
        unchecked
        {
            var result = ((s[1] * 5 << 7) | (s[1] * 5 >> 57)) * 9;
            var t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = (s[3] << 45) | (s[3] >> 19);
            return result;
        }
    }
}
