using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Integration.Resilience;

public sealed class DiskTests
{
    [Fact]
    public async Task A_node_whose_disk_is_full_stops_and_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(Kernel.IsRoot, "Only root can make a disk of its own.");
        using var ground = new Ground();
        var settings = ground.Settings() with { SegmentBytes = 1 << 20 };
        Directory.CreateDirectory(settings.Directory);
        await MountAsync("-t", "tmpfs", "-o", "size=6m", "tmpfs", settings.Directory);
        try
        {
            await using var crowd = ground.Crowd(settings, pauseMs: 0);
            await using (var victim = await NodeVictim.StartReadyAsync(settings))
            {
                Assert.Equal(1, await victim.ExitAsync(120));
                Assert.Contains("failed journal.disk-full: ", victim.Said);
                Assert.DoesNotContain("error ", victim.Said);
            }
            var accepted = crowd.AcceptedCount;
            // Started again on a full disk it says so again, or goes on for as long as it can.
            await using (var again = NodeVictim.Start(settings))
            {
                Assert.Equal(1, await again.ExitAsync(120));
                Assert.Matches("failed (journal|database).disk-full: ", again.Said);
            }
            await MountAsync("-o", "remount,size=256m", settings.Directory);
            await using var last = await NodeVictim.StartReadyAsync(settings);
            await crowd.AcceptedAsync(20);
            await crowd.FinishAsync();
            Assert.Equal(0, await last.StopAsync());
            (await Books.OpenAsync(settings)).Check(crowd.All);
            Chronicle.Tell(Fault.FullDisk, $"""
                The node ended with journal.disk-full and exit code 1 after {accepted} tasks, and again when it was
                started on the full disk; with room it went on: {crowd.All.Count} tasks accepted, each ended once and
                was paid once
                """);
        }
        finally
        {
            await Tool.RunAsync("umount", ["-l", settings.Directory], TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    private static async Task MountAsync(params string[] words)
    {
        var done = await Tool.RunAsync("mount", words, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.True(done.Ok, done.Errors);
    }
}
