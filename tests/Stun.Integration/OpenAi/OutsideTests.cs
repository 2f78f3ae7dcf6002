using System.Net;
using System.Net.Sockets;
using System.Text;
using Stun.Integration.Gateway;
using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Serving;
using Stun.Protocol;

namespace Stun.Integration.OpenAi;

public sealed class OutsideTests
{
    /// <summary>An address where connections are neither taken nor refused: nobody accepts, and the queue is full.
    /// </summary>
    private sealed class BlackHole : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> queue = [];

        public BlackHole()
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(0);
            for (var index = 0; index < 4; index++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    Blocking = false,
                };
                queue.Add(socket);
                try
                {
                    socket.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException begun) when (begun.SocketErrorCode == SocketError.WouldBlock)
                {
                    // It is in the queue, or waits to get there.
                }
            }
        }

        public string Url => $"http://{listener.LocalEndPoint}/v1";

        public void Dispose()
        {
            foreach (var socket in queue) socket.Dispose();
            listener.Dispose();
        }
    }

    private static OutsideSettings Settings(string name, string url, double seconds) => new(
        name, url, null, null, [new OutsideModel("plain", "plain")], TokenPrices.Free, [],
        new Duration((long)(seconds * 1_000_000)), 64, ["chat"], true);

    private static ModelQuestion Question(string more = "") => new(
        "/v1/chat/completions", Encoding.UTF8.GetBytes(ModelScene.Chat("plain", more)));

    [Fact]
    public async Task Who_takes_no_connection_is_passed_over_and_rests()
    {
        using var hole = new BlackHole();
        await using var upstream = await Upstream.StartAsync();
        using var models = new OutsideModels(
            [Settings("hole", hole.Url, 60), Settings("good", upstream.Url, 60)], TimeProvider.System,
            TimeSpan.FromMilliseconds(300));
        var route = models.Find("plain", default)!;
        var began = TimeProvider.System.GetTimestamp();
        for (var turn = 0; turn < 12; turn++)
        {
            using var answer = await route.AskAsync(Question(), CancellationToken.None);
            Assert.Equal("good", answer.By.Name);
        }
        // Who asked it every second time would have waited six times.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        using var alone = new OutsideModels(
            [Settings("hole", hole.Url, 60)], TimeProvider.System, TimeSpan.FromMilliseconds(300));
        var refused = await Assert.ThrowsAsync<Stun.Node.Gateway.ApiException>(() =>
            alone.Find("plain", default)!.AskAsync(Question(), CancellationToken.None));
        Assert.Equal("model.broken", refused.Code);
    }

    [Fact]
    public async Task An_answer_that_is_read_slowly_is_not_broken_off()
    {
        await using var upstream = await Upstream.StartAsync();
        using var models = new OutsideModels([Settings("good", upstream.Url, 0.5)], TimeProvider.System);
        using var answer = await models.Find("plain", default)!.AskAsync(
            Question(",\"stream\":true"), CancellationToken.None);
        var text = new StringBuilder();
        var piece = new byte[64];
        while (await answer.Body.ReadAsync(piece) is > 0 and var count)
        {
            if (text.Length < 256) await Task.Delay(200);
            text.Append(Encoding.UTF8.GetString(piece, 0, count));
        }
        Assert.EndsWith("data: [DONE]\n\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_takes_over_the_name_of_an_outside_model()
    {
        await using var scene = await ModelScene.StartAsync();
        var answer = await scene.Node.AskAsync("POST", "/v1/services", $$"""
            {"name":"plain","image":"{{LiveNode.Image}}","port":80,"price_per_hour_max":"10000000","shared":true}
            """);
        Assert.Equal("service.name-taken", answer.Code);
    }
}
