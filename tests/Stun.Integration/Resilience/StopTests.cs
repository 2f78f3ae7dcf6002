using System.Diagnostics;

namespace Stun.Integration.Resilience;

public sealed class StopTests
{
    [Fact]
    public async Task What_was_accepted_goes_on_after_a_node_was_stopped_and_started_again()
    {
        using var ground = new Ground();
        var settings = ground.Settings() with { LongestRunMs = 900 };
        await using var crowd = ground.Crowd(settings);
        const int stops = 5;
        var slowest = TimeSpan.Zero;
        for (var number = 0; number < stops; number++)
        {
            await using var victim = await NodeVictim.StartReadyAsync(settings);
            await crowd.AcceptedAsync(30, 20);
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(0, await victim.StopAsync());
            Assert.EndsWith("stopped", victim.Said);
            var took = Stopwatch.GetElapsedTime(began);
            slowest = took > slowest ? took : slowest;
        }
        await using var last = await NodeVictim.StartReadyAsync(settings);
        await crowd.FinishAsync();
        Assert.Equal(0, await last.StopAsync());
        var books = await Books.OpenAsync(settings);
        books.Check(crowd.All);
        // Told to stop, a node loses no attempt: what ran was waited for, and nothing new was begun or refused.
        Assert.Equal(0, books.AttemptsLost);
        Chronicle.Tell(Fault.Stop, $"""
            {stops} stops; {crowd.All.Count} tasks accepted, each ended once and was paid once; no attempt lost or
            refused; a stop took at most {slowest.TotalSeconds:0.0} s
            """);
    }
}
