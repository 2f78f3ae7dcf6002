namespace Stun.Integration.Resilience;

/// <summary>A process whose clock is a file: a library between it and the system reads it there.</summary>
public sealed class ClockTests
{
    private static string? Library => Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1"))
            .FirstOrDefault(File.Exists)
        : null;

    [Fact]
    public async Task Tasks_end_and_are_paid_once_when_the_clock_is_set_an_hour_forward_and_back()
    {
        Assert.SkipUnless(Library is not null, "faketime is not installed: see eng/prerequisites.");
        using var ground = new Ground();
        var settings = ground.Settings();
        var clock = Path.Combine(ground.Path, "clock");
        await File.WriteAllTextAsync(clock, "+0\n");
        await using var victim = NodeVictim.Start(settings, environment: new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library!,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await victim.WaitForAsync("ready");
        await using var crowd = ground.Crowd(settings);
        await crowd.AcceptedAsync(60);
        try
        {
            foreach (var step in (string[])["+3600", "+0", "-3600", "+0"])
            {
                // Renamed, so that it is never seen half written.
                await File.WriteAllTextAsync(clock + ".new", step + "\n");
                File.Move(clock + ".new", clock, overwrite: true);
                await crowd.AcceptedAsync(40);
                await Task.Delay(500);
            }
            await crowd.FinishAsync(60);
        }
        catch (Exception failure) when (victim.HasExited)
        {
            // Nobody answers any more: what counts is what it said last.
            Assert.Fail($"{victim.Said}\n{failure.Message}");
        }
        Assert.Equal(0, await victim.StopAsync());
        (await Books.OpenAsync(settings)).Check(crowd.All);
        Chronicle.Tell(Fault.ClockSteps, $"""
            Steps of an hour: forward, back, back, forward; {crowd.All.Count} tasks accepted, each ended once and was
            paid once
            """);
    }
}
