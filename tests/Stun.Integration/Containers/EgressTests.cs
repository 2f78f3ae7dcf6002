using System.Net;
using System.Net.Sockets;
using Stun.Execution;
using Stun.Execution.Containers;

namespace Stun.Integration.Containers;

/// <summary>What a run with a list of destinations reaches, and what it does not.</summary>
public sealed class EgressTests
{
    private const string Reached = "HTTP/1.1 404 Not Found";

    /// <summary>One line for each address: what a web server answers, or nothing.</summary>
    private const string Try =
        """
        try() { echo "$1:$2 $(printf 'GET /none HTTP/1.0\r\n\r\n' | /bin/busybox timeout 2 /bin/busybox nc -w 1 $1 $2 \
          2>/dev/null | /bin/busybox head -n 1 | /bin/busybox tr -d '\r')"; }

        """;

    public static TheoryData<string> Drivers => ["crun", "runc"];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_destination_that_is_allowed_is_reached_by_its_name_and_nothing_else(string driver)
    {
        await using var lab = await EgressLab.OpenAsync();
        await using var scene = await ContainerScene.OpenAsync(driver);
        using var own = new TcpListener(IPAddress.Any, 0);
        own.Start();
        var port = ((IPEndPoint)own.LocalEndpoint).Port;
        // From here all of it can be reached: what the container cannot reach is kept from it.
        foreach (var open in new[]
        {
            (EgressLab.Address, EgressLab.Port), (EgressLab.Address, EgressLab.OtherPort),
            (EgressLab.OtherAddress, EgressLab.Port), (EgressLab.Host, port),
        })
            await ConnectAsync(open.Item1, open.Item2);
        var outcome = await scene.ShellAsync(Try +
            $"""
            try {EgressLab.Name} {EgressLab.Port}
            try {EgressLab.Address} {EgressLab.Port}
            try {EgressLab.Address} {EgressLab.OtherPort}
            try {EgressLab.OtherAddress} {EgressLab.Port}
            try {EgressLab.Host} {port}
            try 169.254.169.254 80
            gate=$(/bin/busybox ip route | /bin/busybox sed -n 's/.* via \([^ ]*\) .*/\1/p')
            echo gate $gate; try $gate {port} | /bin/busybox sed s/.*:/gate:/
            /bin/busybox ip -6 addr show dev eth0
            ls /sys/devices/system/cpu/online
            """, Allowing(new EgressRule(EgressLab.Name, EgressLab.Port)));
        Assert.Equal(new RunEnd.Exited(0), outcome.End);
        var lines = outcome.Output.Split('\n');
        Assert.StartsWith("gate 198.1", lines[6]);
        Assert.Equal(
            [
                $"{EgressLab.Name}:{EgressLab.Port} {Reached}", $"{EgressLab.Address}:{EgressLab.Port} {Reached}",
                $"{EgressLab.Address}:{EgressLab.OtherPort} ", $"{EgressLab.OtherAddress}:{EgressLab.Port} ",
                $"{EgressLab.Host}:{port} ", "169.254.169.254:80 ", lines[6], $"gate:{port} ",
                "/sys/devices/system/cpu/online", "",
            ], lines);
        // Those of this test alone are in the queue.
        for (var count = 0; count < 1; count++) own.AcceptTcpClient().Dispose();
        Assert.False(own.Pending());
        await AssertNothingIsLeftAsync(lab);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task The_rules_of_the_host_hold_without_the_lack_of_routes_inside(string driver)
    {
        await using var lab = await EgressLab.OpenAsync();
        await using var scene = await ContainerScene.OpenAsync(driver);
        using var own = new TcpListener(IPAddress.Any, 0);
        own.Start();
        var port = ((IPEndPoint)own.LocalEndpoint).Port;
        var begun = new TaskCompletionSource();
        var output = new System.Text.StringBuilder();
        var request = Allowing(new EgressRule(EgressLab.Address, EgressLab.Port))(scene.Request("/bin/sh", "-c", Try +
            $"""
            echo begun
            until /bin/busybox ip route | /bin/busybox grep -q default; do sleep 0.05; done
            /bin/busybox nc -l -p 9000 >/tmp/heard 2>&1 &
            try {EgressLab.OtherAddress} {EgressLab.Port}
            try {EgressLab.Host} {port}
            try 169.254.169.254 80
            /bin/busybox timeout 1 /bin/busybox nslookup a.example {EgressLab.OtherAddress} >/tmp/a 2>&1
            /bin/busybox timeout 1 /bin/busybox nslookup a.example {EgressLab.Address} >/tmp/b 2>&1
            try {EgressLab.Address} {EgressLab.Port}
            while ! test -e /out/done && test $((n=n+1)) -lt 40; do sleep 0.05; done
            cat /tmp/heard
            """));
        var run = scene.Host.RunAsync(request, (_, bytes) =>
        {
            output.Append(System.Text.Encoding.UTF8.GetString(bytes.Span));
            begun.TrySetResult();
        }, TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var id = Path.GetFileName(
            Directory.EnumerateDirectories(Path.Combine(scene.StateDirectory, "runs")).Single());
        var route = (await EgressLab.CommandAsync($"ip -n {id} route")).Split(' ');
        var gate = route[route.IndexOf("via") + 1];
        var address = (await EgressLab.CommandAsync($"ip -n {id} -4 -o addr show dev eth0"))
            .Split("inet ")[1].Split('/')[0];
        Assert.Equal("1", (await File.ReadAllTextAsync(
            lab.ForwardingFile, TestContext.Current.CancellationToken)).Trim());
        var datagrams = await lab.DatagramsAsync();
        await EgressLab.CommandAsync($"ip -n {id} route add default via {gate}");
        // A neighbour that sends to the container by this machine reaches nothing.
        await Assert.ThrowsAnyAsync<Exception>(() => lab.InsideAsync($"busybox nc -w 1 {address} 9000"));
        Assert.Equal(new RunEnd.Exited(0), (await run).End);
        Assert.Equal(
            $"begun\n{EgressLab.OtherAddress}:{EgressLab.Port} \n{EgressLab.Host}:{port} \n169.254.169.254:80 \n"
            + $"{EgressLab.Address}:{EgressLab.Port} {Reached}\n", output.ToString());
        Assert.False(own.Pending());
        Assert.Equal(datagrams, await lab.DatagramsAsync());
        // And a datagram would have been seen.
        using var sender = new UdpClient();
        await sender.SendAsync(new byte[1], EgressLab.Address, 53, TestContext.Current.CancellationToken);
        Assert.Equal(datagrams + 1, await lab.DatagramsAsync());
        await AssertNothingIsLeftAsync(lab);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Two_runs_at_once_each_have_their_own_destinations(string driver)
    {
        await using var lab = await EgressLab.OpenAsync();
        await using var scene = await ContainerScene.OpenAsync(driver);
        var script = Try + $"try {EgressLab.Address} {EgressLab.Port}; try {EgressLab.Address} {EgressLab.OtherPort}";
        var runs = new[] { EgressLab.Port, EgressLab.OtherPort }.Select(port => scene.ShellAsync(
            script, Allowing(new EgressRule(EgressLab.Address, (ushort)port)))).ToArray();
        var outcomes = await Task.WhenAll(runs);
        Assert.Equal($"{EgressLab.Address}:{EgressLab.Port} {Reached}\n{EgressLab.Address}:{EgressLab.OtherPort} \n",
            outcomes[0].Output);
        Assert.Equal($"{EgressLab.Address}:{EgressLab.Port} \n{EgressLab.Address}:{EgressLab.OtherPort} {Reached}\n",
            outcomes[1].Output);
        await AssertNothingIsLeftAsync(lab);
    }

    [Fact]
    public async Task What_an_earlier_life_left_of_a_network_is_removed()
    {
        await using var lab = await EgressLab.OpenAsync();
        await using var scene = await ContainerScene.OpenAsync("crun");
        const string Id = "stun-00000000e9e55abc";
        var cable = Id[..15];
        Directory.CreateDirectory(Path.Combine(scene.StateDirectory, "runs", Id));
        await EgressLab.CommandAsync($"ip netns add {Id}");
        await EgressLab.CommandAsync($"ip link add {cable} type veth peer name eth0 netns {Id}");
        await EgressLab.CommandAsync($"nft add table inet {Id}");
        var way = Path.GetFileName(Path.GetDirectoryName(lab.ForwardingFile));
        await EgressLab.CommandAsync($"nft add table inet stun-way-{way}");
        await File.WriteAllTextAsync(lab.ForwardingFile, "1", TestContext.Current.CancellationToken);
        await scene.Host.RecoverAsync();
        await AssertNothingIsLeftAsync(lab);
    }

    [Theory]
    [InlineData("crun", "127.0.0.1", "run.egress-address")]
    [InlineData("crun", "localhost", "run.egress-address")]
    [InlineData("crun", "169.254.169.254", "run.egress-address")]
    [InlineData("crun", EgressLab.Forbidden, "run.egress-address")]
    [InlineData("crun", "192.168.1.1", "run.egress-address")]
    [InlineData("crun", "198.18.0.1", "run.egress-address")]
    [InlineData("crun", "224.0.0.1", "run.egress-address")]
    [InlineData("crun", "255.255.255.255", "run.egress-address")]
    [InlineData("crun", "10.213.77.1", "run.egress-address")]
    [InlineData("crun", EgressLab.Nowhere, "run.egress-unresolved")]
    [InlineData("crun", "a b", "run.egress-rule")]
    [InlineData("crun", "a\n1.2.3.4", "run.egress-rule")]
    [InlineData("crun", "-a", "run.egress-rule")]
    [InlineData("runsc", EgressLab.Name, "run.no-egress")]
    [InlineData("podman", EgressLab.Name, "run.no-egress")]
    public async Task A_destination_that_cannot_be_allowed_is_refused(string driver, string host, string code)
    {
        await using var lab = await EgressLab.OpenAsync();
        await using var scene = await ContainerScene.OpenAsync(driver);
        var failure = await Assert.ThrowsAsync<ExecutionException>(
            () => scene.ShellAsync("exit 0", Allowing(new EgressRule(host, 80))));
        Assert.Equal(code, failure.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scene.StateDirectory, "runs")));
        await AssertNothingIsLeftAsync(lab);
    }

    private static Func<RunRequest, RunRequest> Allowing(params EgressRule[] rules) =>
        request => request with { Egress = [.. rules] };

    private static async Task ConnectAsync(string address, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(address), port, TestContext.Current.CancellationToken);
    }

    private static async Task AssertNothingIsLeftAsync(EgressLab lab)
    {
        Assert.DoesNotContain("stun-", await EgressLab.CommandAsync("ip netns"));
        Assert.DoesNotContain("stun-", await EgressLab.CommandAsync("ip link"));
        Assert.DoesNotContain("stun-", await EgressLab.CommandAsync("nft list tables"));
        Assert.Equal("0", (await File.ReadAllTextAsync(
            lab.ForwardingFile, TestContext.Current.CancellationToken)).Trim());
    }
}
