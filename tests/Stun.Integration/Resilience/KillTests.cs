using System.Diagnostics;
using System.Globalization;
using Stun.Integration.Storage;

namespace Stun.Integration.Resilience;

/// <summary>A directory, a port and a key for processes that follow one another.</summary>
internal sealed class Ground : IDisposable
{
    public static readonly string Variable = "STUN_TEST_KILLS";
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("stun-resilience-");

    public (string Id, string Key, string Hash) Access { get; } = Resilience.Crowd.NewKey();

    public string Path => folder.FullName;

    public VictimSettings Settings(string name = "node") =>
        new(System.IO.Path.Combine(folder.FullName, name), VictimSettings.FreePort(), Access.Id, Access.Hash);

    public Crowd Crowd(VictimSettings door, int count = 20, int pauseMs = 100, DateTimeOffset? deadline = null) =>
        new(new Uri($"http://{door.Address}:{door.Port}"), Access.Key, count, pauseMs, deadline);

    public void Dispose() => folder.Delete(recursive: true);

    public static int Kills => int.TryParse(
        Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var kills) ? kills : 20;
}

public abstract class KillTests
{
    private protected static async Task KillAndCompareAsync(Fault fault, VictimSettings settings, Ground ground)
    {
        var kills = Ground.Kills;
        var random = new Random(20_260_101);
        var (began, slowest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        // Many lives make a long journal, which the next life reads: fewer tasks in each of them.
        await using var crowd = ground.Crowd(settings, pauseMs: kills > 50 ? 400 : 100);
        for (var kill = 0; kill < kills; kill++)
        {
            await using var victim = NodeVictim.Start(settings);
            var started = Stopwatch.GetTimestamp();
            // Some never get as far as to open their door.
            if (kill % 5 == 4) await Task.Delay(random.Next(100, 900));
            else
            {
                await victim.WaitForAsync("ready");
                var took = Stopwatch.GetElapsedTime(started);
                slowest = took > slowest ? took : slowest;
                await Task.Delay(random.Next(10, 1_500));
            }
            await victim.KillAsync();
            Assert.DoesNotContain("failed", victim.Said);
        }
        await using var last = await NodeVictim.StartReadyAsync(settings);
        await crowd.FinishAsync();
        Assert.Equal(0, await last.StopAsync());
        var books = await Books.OpenAsync(settings);
        books.Check(crowd.All);
        Assert.True(crowd.All.Count > kills, "There was hardly any load.");
        Chronicle.Tell(fault, $"""
            {kills} kills in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s; {crowd.All.Count} tasks accepted,
            each ended once and was paid once; nothing lost; a start took at most {slowest.TotalSeconds:0.0} s
            """);
    }
}

public sealed class LocalKillTests : KillTests
{
    [Fact]
    public async Task Nothing_is_lost_when_a_node_with_a_local_store_is_killed_again_and_again()
    {
        using var ground = new Ground();
        await KillAndCompareAsync(Fault.KillLocal, ground.Settings(), ground);
    }
}

[Collection(PostgresTests.Name)]
public sealed class PostgresKillTests(PostgresCluster cluster) : KillTests
{
    [Fact]
    public async Task Nothing_is_lost_when_a_node_over_PostgreSQL_is_killed_again_and_again()
    {
        using var ground = new Ground();
        var settings = ground.Settings() with { Connection = await cluster.CreateDatabaseAsync(), LeaseSeconds = 1 };
        await KillAndCompareAsync(Fault.KillPostgres, settings, ground);
    }
}
