using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Stun.Node.Gateway;

namespace Stun.Integration.Gateway;

/// <summary>Requests made of valid ones by chance: whatever comes, the node answers with what it means to
/// say.</summary>
public sealed class RequestFuzzTests
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "HEAD", "DELETE", "OPTIONS", "TRACE",
        "BREW"];

    private static readonly string[] Bodies =
    [
        LiveNode.TaskJson("x"), "{}", "[]", "null", """{"order":"AAAA"}""", """{"amount":"1"}""", """{"name":"x"}""",
        """{"image":"a","resources":{"regions":["eu"],"gpu_count":1},"inputs":[{"name":"a","size":1}]}""",
        """{"address":"0x1111111111111111111111111111111111111111"}""", """{"nonce":"a","signature":"0x"}""",
        """{"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":10}""",
        """{"deadline":"2030-01-01T00:00:00Z","price_limit":"340282366920938463463374607431768211456"}""",
        """{"run_time_max_seconds":9223372036854775807,"deadline":"9999-12-31T23:59:59Z","image":"sha256:00"}""",
    ];

    private static readonly string[] Queries =
    [
        "", "?wait=0", "?wait=-1", "?limit=200", "?cursor=1.2", "?cursor=..", "?since=2020-01-01", "?since=0",
            "?state=x",
        "?offset=9223372036854775807", "?attempt=a18446744073709551616", "?follow=2", "?a=%00", "?account=0x",
            "?before=0",
        "?until=0001-01-01T00:00:00Z", "?since=9999-12-31T23:59:59Z",
    ];

    [Fact]
    public async Task No_request_makes_the_node_fail_and_memory_stays_bounded()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("STUN_FUZZ_REQUESTS"), out var asked)
            ? asked : 5_000;
        await using var node = await LiveNode.StartAsync();
        var id = await node.RunTaskAsync("fuzz");
        var paths = node.Front.Routes.Where(route => route.Name != "createAccount").Select(route => (route.Method,
            Path: route.Path
            .Replace("{id}", id, StringComparison.Ordinal).Replace("{**name}", "stdout", StringComparison.Ordinal)
            .Replace("{address}", node.Network.Requester.Address.ToString(), StringComparison.Ordinal)
            .Replace("{digest}", LiveNode.Image, StringComparison.Ordinal)
            .Replace("{upload}", "none", StringComparison.Ordinal))).ToList();
        var sizes = new SortedDictionary<int, long>();
        var statuses = new SortedDictionary<int, int>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                if (number % Math.Max(1, count / 8) == 0) lock (sizes) sizes[number] = GC.GetTotalMemory(true) >> 10;
                var request = Make(new Random(number), node, paths);
                var status = await SendAsync(node.Http.BaseAddress!.Port, request);
                lock (statuses) statuses[status] = statuses.GetValueOrDefault(status) + 1;
                // 0: the server closed the connection over something that is no HTTP.
                Assert.True(status is < 500 or 503 or 507,
                    $"seed {number}: {status} for {Encoding.Latin1.GetString(request)}");
            }
        }));
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"{count} requests: {string.Join(", ", statuses)}; KiB after so many: {string.Join(", ", sizes)}"));
        // Pools of the server grow with the largest requests and then stay; what is kept of each request does not.
        var grown = (GC.GetTotalMemory(true) >> 10) - sizes.Values.Take(5).Max();
        Assert.True(grown < 64 << 10, $"{grown} KiB more than in the first half of {count} requests");
        Assert.True(statuses.GetValueOrDefault(200) > count / 100, "hardly anything came through");
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", "/readyz")).Status);
        Assert.Equal("verified", (await node.AskAsync("POST", "/v1/tasks?wait=30", LiveNode.TaskJson("after")))
            .Json.GetProperty("state").GetString());
    }

    private static byte[] Make(Random dice, LiveNode node, List<(string Method, string Path)> paths)
    {
        var (method, path) = paths[dice.Next(paths.Count)];
        if (dice.Next(5) == 0) method = Methods[dice.Next(Methods.Length)];
        if (dice.Next(4) == 0) path = Twist(dice, path);
        if (dice.Next(2) == 0) path += Queries[dice.Next(Queries.Length)];
        var body = Encoding.UTF8.GetBytes(Bodies[dice.Next(Bodies.Length)]);
        for (var times = dice.Next(4); times > 0 && body.Length > 0; times--) body = Twist(dice, body);
        if (dice.Next(200) == 0) body = new byte[dice.Next(3 << 20)];
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        var key = node.Keys.Values.ElementAt(dice.Next(node.Keys.Count));
        if (dice.Next(20) == 0) key = Twist(dice, key);
        if (dice.Next(20) > 0) head.Append("Authorization: Bearer ").Append(key).Append("\r\n");
        if (dice.Next(3) > 0) head.Append("Content-Type: application/json\r\n");
        if (dice.Next(8) == 0) head.Append("Idempotency-Key: ").Append(dice.Next(50)).Append("\r\n");
        if (dice.Next(8) == 0) head.Append("Range: bytes=").Append(dice.Next(9)).Append('-').Append(dice.Next(
            9)).Append("\r\n");
        if (dice.Next(8) == 0) head.Append("Accept: application/cbor, application/x-ndjson\r\n");
        if (dice.Next(8) == 0) head.Append("Upload-Offset: ").Append(dice.NextInt64()).Append("\r\n");
        if (dice.Next(30) == 0) head.Append("X: ").Append('x', dice.Next(40_000)).Append("\r\n");
        if (dice.Next(30) == 0) head.Append("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        var length = dice.Next(100) == 0 ? dice.Next(body.Length + 1) : body.Length;
        head.Append("Content-Length: ").Append(length).Append("\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body.AsSpan(0, length)];
    }

    private static string Twist(Random dice, string text) =>
        Encoding.Latin1.GetString(Twist(dice, Encoding.Latin1.GetBytes(text)));

    private static byte[] Twist(Random dice, byte[] bytes)
    {
        var at = dice.Next(bytes.Length);
        switch (dice.Next(5))
        {
            case 0: return [.. bytes[..at], (byte)dice.Next(256), .. bytes[(at + 1)..]];
            case 1: return [.. bytes[..at], .. bytes[(at + 1)..]];
            case 2: return [.. bytes[..at], (byte)dice.Next(32, 127), .. bytes[at..]];
            case 3: return bytes[..at];
            default: return [.. bytes, .. bytes[at..]];
        }
    }

    private static async Task<int> SendAsync(int port, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var stream = client.GetStream();
        var answer = new byte[64];
        var count = 0;
        try
        {
            await stream.WriteAsync(request, within.Token);
        }
        catch (IOException)
        {
            // It was answered before it was read to its end.
        }
        try
        {
            while (count < 12)
            {
                var got = await stream.ReadAsync(answer.AsMemory(count), within.Token);
                if (got == 0) return 0;
                count += got;
            }
            return int.Parse(Encoding.ASCII.GetString(answer, 9, 3), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
