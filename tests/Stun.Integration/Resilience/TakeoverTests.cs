using System.Diagnostics;
using System.Globalization;
using Stun.Integration.Storage;
using Stun.Node.Hosting;

namespace Stun.Integration.Resilience;

/// <summary>
/// One process with the gateway, the escrow, the validators and the providers, and two that want to be its scheduler.
/// </summary>
internal sealed class SpreadScene : IAsyncDisposable
{
    private readonly Ground ground;
    private readonly string keys;

    private SpreadScene(Ground ground, string connection)
    {
        this.ground = ground;
        keys = Path.Combine(ground.Path, "network");
        Gateway = ground.Settings("gateway") with
        {
            KeyHome = keys,
            Roles = NodeRoles.All & ~NodeRoles.Scheduler,
        };
        Scheduler = ground.Settings("scheduler") with
        {
            KeyHome = keys,
            Roles = NodeRoles.Scheduler,
            Connection = connection,
            Hub = $"ws://127.0.0.1:{Gateway.Port}",
        };
    }

    public VictimSettings Gateway { get; }

    public VictimSettings Scheduler { get; }

    public VictimSettings Other => Scheduler with { Directory = Path.Combine(ground.Path, "other") };

    public NodeVictim Door { get; set; } = null!;

    public static async Task<SpreadScene> StartAsync(Ground ground, PostgresCluster cluster)
    {
        var scene = new SpreadScene(ground, await cluster.CreateDatabaseAsync());
        scene.Door = await NodeVictim.StartReadyAsync(scene.Gateway);
        return scene;
    }

    public static async Task<NodeVictim> StandByAsync(VictimSettings settings)
    {
        var victim = NodeVictim.Start(settings);
        await victim.WaitForAsync("say node.standby");
        return victim;
    }

    public async Task<int> CompareAsync(Crowd crowd, NodeVictim leader)
    {
        await crowd.FinishAsync(120);
        Assert.Equal(0, await leader.StopAsync());
        Assert.Equal(0, await Door.StopAsync());
        var books = await Books.OpenAsync(Scheduler, Gateway);
        books.Check(crowd.All, hasResults: false);
        return crowd.All.Count;
    }

    public ValueTask DisposeAsync() => Door.DisposeAsync();
}

[Collection(PostgresTests.Name)]
public sealed class TakeoverTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Another_scheduler_takes_over_within_the_term_when_the_leader_is_killed()
    {
        using var ground = new Ground();
        await using var scene = await SpreadScene.StartAsync(ground, cluster);
        List<NodeVictim> heirs = [await NodeVictim.StartReadyAsync(scene.Scheduler)];
        await using var crowd = ground.Crowd(scene.Gateway);
        var next = scene.Other;
        List<double> gaps = [];
        for (var number = 0; number < 3; number++)
        {
            var (leader, heir) = (heirs[^1], await SpreadScene.StandByAsync(next));
            heirs.Add(heir);
            await crowd.AcceptedAsync(40);
            var killed = Stopwatch.GetTimestamp();
            await leader.KillAsync();
            await heir.WaitForAsync("ready");
            await crowd.AcceptedAsync(1);
            gaps.Add(Stopwatch.GetElapsedTime(killed).TotalSeconds);
            next = next == scene.Other ? scene.Scheduler : scene.Other;
        }
        var count = await scene.CompareAsync(crowd, heirs[^1]);
        foreach (var heir in heirs) await heir.DisposeAsync();
        // The term of 5 s, a tenth of it between two looks, and a moment to read the journal and to link:
        // some 6 s, and the rest for a machine that is busy with other things.
        Assert.All(gaps, gap => Assert.True(gap < 20, $"The gap was {gap:0.0} s."));
        var text = string.Join(", ", gaps.Select(gap => gap.ToString("0.0", CultureInfo.InvariantCulture)));
        Chronicle.Tell(Fault.KillLeader, $"""
            {gaps.Count} leaders killed under a lease of 5 s; {count} tasks accepted, each ended once and was paid
            once; from the kill to the next task accepted: {text} s
            """);
    }

    [Fact]
    public async Task A_leader_that_slept_past_its_lease_writes_nothing_and_ends_when_it_wakes()
    {
        using var ground = new Ground();
        await using var scene = await SpreadScene.StartAsync(ground, cluster);
        await using var old = await NodeVictim.StartReadyAsync(scene.Scheduler);
        await using var crowd = ground.Crowd(scene.Gateway);
        await using var heir = await SpreadScene.StandByAsync(scene.Other);
        await crowd.AcceptedAsync(40);
        await old.SignalAsync("STOP");
        await heir.WaitForAsync("ready");
        await crowd.AcceptedAsync(20);
        var woken = Stopwatch.GetTimestamp();
        await old.SignalAsync("CONT");
        // It ends by itself, with a word that says why and an exit code that says that it is no success.
        var code = await old.ExitAsync();
        var took = Stopwatch.GetElapsedTime(woken).TotalSeconds;
        Assert.Equal(1, code);
        Assert.Contains("failed journal.fenced: ", old.Said);
        // The hub let the heir in over it, and let it in no more.
        Assert.Contains("say link.superseded", scene.Door.Said);
        await crowd.AcceptedAsync(20);
        // What it had written after the heir began would be two records of one position, or a task that ended twice.
        var count = await scene.CompareAsync(crowd, heir);
        Chronicle.Tell(Fault.PauseLeader, $"""
            The old leader ended {took:0.0} s after it woke, with journal.fenced and exit code 1; {count} tasks
            accepted, each ended once and was paid once
            """);
    }

    [Fact]
    public async Task Tasks_end_when_the_process_of_the_gateway_is_killed_and_comes_back()
    {
        using var ground = new Ground();
        await using var scene = await SpreadScene.StartAsync(ground, cluster);
        await using var scheduler = await NodeVictim.StartReadyAsync(scene.Scheduler);
        // This process has no read model: whoever wants to find a task by its key again says the deadline too.
        await using var crowd = ground.Crowd(
            scene.Gateway,
            deadline: DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3_600));
        List<double> gaps = [];
        for (var number = 0; number < 3; number++)
        {
            await crowd.AcceptedAsync(40);
            await scene.Door.KillAsync();
            await scene.Door.DisposeAsync();
            scene.Door = await NodeVictim.StartReadyAsync(scene.Gateway);
            var began = Stopwatch.GetTimestamp();
            await crowd.AcceptedAsync(1);
            gaps.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        var count = await scene.CompareAsync(crowd, scheduler);
        Assert.DoesNotContain("failed", scheduler.Said);
        Chronicle.Tell(Fault.KillGateway, $"""
            {gaps.Count} kills; {count} tasks accepted, each ended once and was paid once; the scheduler's process
            linked again by itself and tasks were accepted {gaps.Max():0.0} s after the door was open, at most
            """);
    }
}
