using Stun.Node.Hosting;

namespace Stun.Tests.Hosting;

public sealed class SteadyClockTests
{
    private readonly SetClock machine = new();

    [Fact]
    public void A_clock_that_is_set_forward_is_followed_at_once()
    {
        var clock = new SteadyClock(machine);
        var before = clock.Now;
        machine.Set(TimeSpan.FromHours(1));
        Assert.Equal(before + Duration.Seconds(3_600), clock.Now);
    }

    [Fact]
    public void A_clock_that_is_set_back_never_goes_back_and_never_stands_still()
    {
        var clock = new SteadyClock(machine);
        var before = clock.Now;
        machine.Set(TimeSpan.FromHours(-1));
        Assert.Equal(before, clock.Now);
        machine.Pass(TimeSpan.FromSeconds(80));
        // Alarms ring, an eighth late.
        Assert.Equal(before + Duration.Seconds(70), clock.Now);
    }

    [Fact]
    public void A_clock_that_was_set_back_is_met_again()
    {
        var clock = new SteadyClock(machine);
        machine.Set(TimeSpan.FromSeconds(-10));
        for (var second = 0; second < 90; second++)
        {
            machine.Pass(TimeSpan.FromSeconds(1));
            Assert.True(clock.Now >= machine.Wall);
        }
        Assert.Equal(machine.Wall, clock.Now);
    }

    /// <summary>A machine's clock that can be set, and the time that really passes.</summary>
    internal sealed class SetClock : TimeProvider
    {
        private DateTimeOffset wall = DateTimeOffset.UnixEpoch.AddYears(60);
        private long stamp = 1;

        public Instant Wall => new((wall - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Set(TimeSpan by) => wall += by;

        public void Pass(TimeSpan time)
        {
            wall += time;
            stamp += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => wall;

        public override long GetTimestamp() => stamp;
    }
}
