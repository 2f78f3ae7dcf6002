using System.Threading.Channels;
using Stun.Node.Gateway;
using Xunit;

namespace Stun.Tests.Gateway;

public sealed class StatisticsTickTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_much_happens_it_is_told_once_for_each_pause_and_the_last_is_never_left_out()
    {
        var clock = new StepClock();
        var told = new SemaphoreSlim(0);
        var tick = new StatisticsTick(clock, () => told.Release());
        for (var count = 0; count < 1_000; count++) tick.Note();
        Assert.True(await told.WaitAsync(5_000, Cancel));
        var second = await clock.WaitingAsync();
        Assert.Equal(0, told.CurrentCount);
        tick.Note();
        second();
        Assert.True(await told.WaitAsync(5_000, Cancel));
        var third = await clock.WaitingAsync();
        third();
        // Nothing has happened since: it is still, until something does.
        await Task.Delay(20, Cancel);
        Assert.Equal(0, told.CurrentCount);
        tick.Note();
        Assert.True(await told.WaitAsync(5_000, Cancel));
    }

    /// <summary>Its timers ring when the test says so.</summary>
    private sealed class StepClock : TimeProvider
    {
        private readonly Channel<Action> waiting = Channel.CreateUnbounded<Action>();

        public async Task<Action> WaitingAsync() => await waiting.Reader.ReadAsync(Cancel);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            waiting.Writer.TryWrite(() => callback(state));
            return new Silent();
        }

        private sealed class Silent : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
