using System.Text;
using Stun.Engine.Verification;

namespace Stun.Tests.Verification;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(0, "{\"edges\":[0,1,2],\"counts\":[1,3]}", "{\"counts\":[2,6],\"edges\":[0.0,1e0,2]}")]
    [InlineData(0, "{\"edges\":[0,1,2],\"counts\":[0.1,0.3]}", "{\"edges\":[0,1,2],\"counts\":[10,30]}")]
    [InlineData(0, "{\"edges\":[0,1],\"counts\":[0]}", "{\"edges\":[0,1], \"counts\":[0]}")]
    [InlineData(0, "{\"edges\":[5],\"counts\":[]}", "{\"edges\":[5], \"counts\":[]}")]
    // 1/2 against 0.501: a distance of exactly 1000 ppm.
    [InlineData(1000, "{\"edges\":[0,1,2],\"counts\":[500,500]}", "{\"edges\":[0,1,2],\"counts\":[501,499]}")]
    [InlineData(333_334, "{\"edges\":[0,1,2,3],\"counts\":[1,1,1]}", "{\"edges\":[0,1,2,3],\"counts\":[1,1,0]}")]
    public void Histograms_within_the_distance_are_the_same(uint ppm, string left, string right) =>
        Both(true, ppm, left, right);

    [Theory]
    [InlineData(999, "{\"edges\":[0,1,2],\"counts\":[500,500]}", "{\"edges\":[0,1,2],\"counts\":[501,499]}")]
    [InlineData(333_333, "{\"edges\":[0,1,2,3],\"counts\":[1,1,1]}", "{\"edges\":[0,1,2,3],\"counts\":[1,1,0]}")]
    [InlineData(999_999, "{\"edges\":[0,1,2],\"counts\":[1,0]}", "{\"edges\":[0,1,2],\"counts\":[0,1]}")]
    [InlineData(999_999, "{\"edges\":[0,1,2],\"counts\":[1,1]}", "{\"edges\":[0,1,2.1],\"counts\":[1,1]}")]
    [InlineData(999_999, "{\"edges\":[0,1,2],\"counts\":[1,1]}", "{\"edges\":[0,1],\"counts\":[1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[0]}", "{\"edges\":[0,1],\"counts\":[1]}")]
    // Malformed: not even the same with a blank more.
    [InlineData(999_999, "{\"edges\":[0,1,2],\"counts\":[1]}", "{\"edges\":[0,1,2], \"counts\":[1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[-1]}", "{\"edges\":[0,1], \"counts\":[-1]}")]
    [InlineData(999_999, "{\"edges\":[0,1]}", "{\"edges\": [0,1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[1],\"x\":[1]}", "{\"edges\":[0,1],\"counts\":[1], \"x\":[1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"edges\":[0,1],\"counts\":[1]}", "{\"edges\":[0,1],\"counts\":[1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[\"1\"]}", "{\"edges\":[0,1], \"counts\":[\"1\"]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[1e999]}", "{\"edges\":[0,1], \"counts\":[1e999]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[1e99999999999999999999]}", "{\"edges\":[0,1],\"counts\":[1]}")]
    [InlineData(999_999, "{\"edges\":[0,1],\"counts\":[1]} 1", "{\"edges\":[0,1], \"counts\":[1]} 1")]
    [InlineData(999_999, "[1]", "[1 ]")]
    [InlineData(999_999, "", " ")]
    public void Other_histograms_and_what_is_none_are_refused(uint ppm, string left, string right) =>
        Both(false, ppm, left, right);

    [Fact]
    public void Random_histograms_are_judged_as_plain_integers_judge_them()
    {
        const ulong seed = 4242;
        var prng = new Prng(seed);
        var sameCount = 0;
        for (var turn = 0; turn < 20_000; turn++)
        {
            var bins = 1 + prng.Below(5);
            var (left, right) = (new long[bins], new long[bins]);
            for (var bin = 0; bin < bins; bin++)
            {
                left[bin] = prng.Below(1000);
                right[bin] = Math.Max(0, left[bin] + prng.Between(-100, 100));
            }
            var ppm = (uint)prng.Below(100_000);
            var expected = Within(ppm, left, right);
            if (expected) sameCount++;
            if (Same(ppm, Text(left), Text(right)) != expected)
                Assert.Fail($"seed {seed}, turn {turn}: {Text(left)} {Text(right)} at {ppm} ppm are {expected}");
        }
        Assert.InRange(sameCount, 2_000, 18_000);
    }

    private static bool Within(uint ppm, long[] left, long[] right)
    {
        var (leftTotal, rightTotal) = (left.Sum(), right.Sum());
        if (leftTotal == 0 || rightTotal == 0) return leftTotal == rightTotal;
        Int128 apart = left.Zip(right).Sum(pair => Math.Abs((pair.First * rightTotal) - (pair.Second * leftTotal)));
        return apart * 1_000_000 <= (Int128)2 * ppm * leftTotal * rightTotal;
    }

    private static string Text(long[] counts) =>
        $"{{\"edges\":[{string.Join(",", Enumerable.Range(0, counts.Length + 1))}],"
        + $"\"counts\":[{string.Join(",", counts)}]}}";

    private static bool Same(uint ppm, string left, string right) => Comparison.Same(
        new Comparator.Histogram(ppm), Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    private static void Both(bool expected, uint ppm, string left, string right)
    {
        Assert.Equal(expected, Same(ppm, left, right));
        Assert.Equal(expected, Same(ppm, right, left));
        Assert.True(Same(ppm, left, left));
    }
}
