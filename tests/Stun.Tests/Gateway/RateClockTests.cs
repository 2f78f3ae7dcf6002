using Stun.Node.Gateway;
using Stun.Tests.Hosting;

namespace Stun.Tests.Gateway;

public sealed class RateClockTests
{
    [Fact]
    public void A_clock_that_is_set_back_keeps_nobody_out_for_longer_than_an_empty_bucket_does()
    {
        var clock = new SteadyClockTests.SetClock();
        var limits = new RateLimits<string>(new Rate(10, 5), clock);
        for (var taken = 0; taken < 5; taken++) Assert.Equal(TimeSpan.Zero, limits.Take("one", out _));
        Assert.True(limits.Take("one", out _) > TimeSpan.Zero);
        clock.Set(TimeSpan.FromHours(-1));
        Assert.Equal(TimeSpan.FromMilliseconds(100), limits.Take("one", out _));
        Assert.Equal(TimeSpan.FromMilliseconds(100), limits.Look("one"));
        clock.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.Zero, limits.Take("one", out _));
    }
}
