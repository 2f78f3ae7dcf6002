using System.Diagnostics;
using Stun.Execution.Linux;
using Stun.Execution.Tools;
using Stun.Node.Hosting;

namespace Stun.Integration.Resilience;

/// <summary>A process with everything but one provider, and that provider in a process that dials in.</summary>
public sealed class ProviderTests
{
    [Fact]
    public async Task Others_finish_the_tasks_of_a_provider_that_was_killed()
    {
        using var ground = new Ground();
        var (node, far) = Settings(ground, "127.0.0.1");
        await using var door = await NodeVictim.StartReadyAsync(node);
        await using var provider = await NodeVictim.StartReadyAsync(far);
        await using var crowd = ground.Crowd(node, pauseMs: 50);
        await crowd.AcceptedAsync(60);
        await provider.WaitUntilBusyAsync();
        var killed = Stopwatch.GetTimestamp();
        await provider.KillAsync();
        await crowd.FinishAsync(150);
        var took = Stopwatch.GetElapsedTime(killed).TotalSeconds;
        Assert.Equal(0, await door.StopAsync());
        var books = await Books.OpenAsync(node);
        books.Check(crowd.All, hasResults: false);
        Assert.True(books.AttemptsLost > 0, "It had nothing under way: nothing was shown.");
        Chronicle.Tell(Fault.KillProvider, $"""
            {crowd.All.Count} tasks accepted, each ended once and was paid once; {books.AttemptsLost} attempts of the
            dead provider were lost or never taken, their leases of 30 s ran out, and the last of these tasks ended
            {took:0} s after the kill
            """);
    }

    [Fact]
    public async Task A_provider_goes_on_after_its_network_was_away()
    {
        Assert.SkipUnless(Kernel.IsRoot, "Only root can make a network of its own.");
        Assert.SkipUnless(Tool.Find("ip") is not null, "ip is not installed: see eng/prerequisites.");
        using var ground = new Ground();
        await using var line = await FarLine.LayAsync();
        var (node, far) = Settings(ground, FarLine.Here);
        await using var door = await NodeVictim.StartReadyAsync(node);
        await using var provider = NodeVictim.Start(far, line.Inside);
        await provider.WaitForAsync("ready");
        await using var crowd = ground.Crowd(node, pauseMs: 50);
        const int cuts = 2, seconds = 8;
        for (var cut = 0; cut < cuts; cut++)
        {
            await crowd.AcceptedAsync(60);
            await line.CutAsync();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            await line.MendAsync();
        }
        await crowd.AcceptedAsync(20);
        await crowd.FinishAsync(150);
        Assert.Equal(0, await provider.StopAsync());
        Assert.Equal(0, await door.StopAsync());
        var books = await Books.OpenAsync(node);
        books.Check(crowd.All, hasResults: false);
        Chronicle.Tell(Fault.CutProvider, $"""
            {cuts} cuts of {seconds} s; {crowd.All.Count} tasks accepted, each ended once and was paid once;
            {books.AttemptsLost} attempts lost: leases of 30 s outlast such a cut
            """);
    }

    private static (VictimSettings Node, VictimSettings Far) Settings(Ground ground, string address)
    {
        var keys = Path.Combine(ground.Path, "network");
        var node = ground.Settings("node") with
        {
            KeyHome = keys,
            Providers = ["alpha", "beta"],
            LongestRunMs = 900,
            Address = address,
        };
        var far = ground.Settings("far") with
        {
            KeyHome = keys,
            Roles = NodeRoles.Providers,
            Providers = ["gamma"],
            LongestRunMs = 900,
            Hub = $"ws://{address}:{node.Port}",
        };
        return (node, far);
    }
}

/// <summary>A network namespace at the other end of a virtual cable that can be pulled.</summary>
internal sealed class FarLine : IAsyncDisposable
{
    public const string Here = "10.223.17.1";
    private const string There = "10.223.17.2";
    private readonly string name = $"stunr{Environment.ProcessId % 100_000}";

    public string[] Inside => [Tool.Find("ip")!, "netns", "exec", name];

    public static async Task<FarLine> LayAsync()
    {
        var line = new FarLine();
        await line.IpAsync("netns", "add", line.name);
        await line.IpAsync("link", "add", line.name, "type", "veth", "peer", "name", "eth0", "netns", line.name);
        await line.IpAsync("addr", "add", Here + "/24", "dev", line.name);
        await line.IpAsync("link", "set", line.name, "up");
        await line.IpAsync("-n", line.name, "link", "set", "lo", "up");
        await line.IpAsync("-n", line.name, "addr", "add", There + "/24", "dev", "eth0");
        await line.IpAsync("-n", line.name, "link", "set", "eth0", "up");
        return line;
    }

    /// <summary>The far end, so that the address here stays and the door with it.</summary>
    public Task CutAsync() => IpAsync("-n", name, "link", "set", "eth0", "down");

    public Task MendAsync() => IpAsync("-n", name, "link", "set", "eth0", "up");

    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync("ip", ["link", "del", name], TimeSpan.FromSeconds(10), CancellationToken.None);
        await Tool.RunAsync("ip", ["netns", "del", name], TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    private async Task IpAsync(params string[] words)
    {
        var done = await Tool.RunAsync("ip", words, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.True(done.Ok, $"ip {string.Join(' ', words)}: {done.Errors}");
    }
}
