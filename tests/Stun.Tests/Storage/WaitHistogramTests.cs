using Stun.Node.Storage;
using Xunit;

namespace Stun.Tests.Storage;

/// <summary>Histograms of waits, and the bytes that a span's figures lie in.</summary>
public sealed class WaitHistogramTests
{
    [Fact]
    public void Every_wait_falls_into_the_one_bucket_whose_bounds_hold_it()
    {
        var last = -1;
        for (var micros = 0L; micros < 1L << 43; micros = (micros * 17 / 16) + 1)
        {
            var index = WaitHistogram.IndexOf(micros);
            Assert.InRange(index, last, last + 8);
            last = index;
            if (micros >= 1L << 42) continue;
            Assert.True(micros <= WaitHistogram.LastOf(index));
            Assert.True(index == 0 || micros > WaitHistogram.LastOf(index - 1));
            // A quarter of the wait, or one microsecond.
            var low = index == 0 ? 0 : WaitHistogram.LastOf(index - 1) + 1;
            Assert.True(WaitHistogram.LastOf(index) - low <= Math.Max(0, low / 4));
        }
        Assert.Equal(WaitHistogram.BucketCount - 1, WaitHistogram.IndexOf(long.MaxValue));
        Assert.Equal(0, WaitHistogram.IndexOf(long.MinValue));
    }

    [Fact]
    public void Percentiles_are_near_those_of_the_sorted_list()
    {
        var chance = new Random(7);
        foreach (var count in (int[])[1, 2, 3, 10, 1_000])
        {
            var histogram = new WaitHistogram();
            var waits = Enumerable.Range(0, count).Select(_ => (long)Math.Exp(chance.NextDouble() * 25))
                .Order().ToList();
            foreach (var wait in waits) histogram.Add(new Duration(wait));
            Assert.Equal(count, histogram.Count);
            foreach (var permille in (int[])[1, 500, 950, 990, 1_000])
            {
                var exact = waits[Math.Max(0, (int)Math.Ceiling(count * permille / 1_000.0) - 1)];
                Assert.InRange(histogram.Percentile(permille)!.Value.Micros, exact * 3 / 4, (exact * 5 / 4) + 1);
            }
        }
        Assert.Null(new WaitHistogram().Percentile(500));
    }

    [Fact]
    public void Figures_come_back_from_their_bytes_and_add_up()
    {
        var cell = new StatisticsCell();
        cell.Count(Tally.Submitted, 3);
        cell.Count(Tally.Disagreements);
        cell.Add(Coins.Held, new Amount(UInt128.MaxValue / 4));
        cell.Add(Coins.Slashed, new Amount(1));
        cell[Wait.Run].Add(Duration.Millis(20));
        cell[Wait.Total].Add(Duration.Seconds(90_000_000));
        var again = StatisticsCell.Decode(cell.Encode());
        Assert.Equal(cell.Encode(), again.Encode());
        Assert.Equal(new Amount(UInt128.MaxValue / 4), again[Coins.Held]);
        again.Add(cell);
        Assert.Equal(6, again[Tally.Submitted]);
        Assert.Equal(2, again[Wait.Run].Count);
        Assert.Equal(cell[Coins.Held] + cell[Coins.Held], again[Coins.Held]);
    }

    [Fact]
    public void Figures_of_a_program_that_knew_fewer_are_read()
    {
        // Version, one tally of 5, no coins, no waits.
        var cell = StatisticsCell.Decode([1, 1, 5, 0, 0]);
        Assert.Equal(5, cell[Tally.Submitted]);
        Assert.Equal(0, cell[Tally.Refused]);
        Assert.Throws<InvariantException>(() => StatisticsCell.Decode([2, 0, 0, 0]));
    }
}
