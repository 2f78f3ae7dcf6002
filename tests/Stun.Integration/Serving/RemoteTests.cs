using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Stun.Integration.Resilience;
using Stun.Node.Configuration;
using Stun.Node.Hosting;
using Stun.Node.Provider;

namespace Stun.Integration.Serving;

/// <summary>Replicas of a provider in another process, which only dials out.</summary>
public sealed class RemoteTests
{
    private static readonly string[] Names = ["alpha", "beta", "gamma"];

    [Fact]
    public async Task A_replica_of_another_process_answers_over_the_connections_that_its_provider_brings()
    {
        await using var place = await Place.OpenAsync();
        var (scene, provider) = (place.Scene, await place.StartFarAsync());
        await scene.ServeAsync("web", """ "replicas":{"min":1,"max":1},"start_within_seconds":60 """);
        await scene.UntilReadyAsync("web", 1);
        for (var call = 0; call < 20; call++)
        {
            using var answer = await scene.CallAsync("web", "who");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        // More than any buffer on the way holds, there and back.
        var body = RandomNumberGenerator.GetBytes(7 << 20);
        using (var echoed = await scene.Http.PostAsync("/v1/services/web/http/echo", new ByteArrayContent(body)))
            Assert.Equal(SHA256.HashData(body), SHA256.HashData(await echoed.Content.ReadAsByteArrayAsync()));
        // What drips is seen as it drips.
        using var drip = await scene.CallAsync("web", "drip/1000", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await drip.Content.ReadAsStreamAsync());
        var id = await reader.ReadLineAsync();
        Assert.Equal(id, await reader.ReadLineAsync());
        var calls = Enumerable.Range(0, 6).Select(_ => scene.CallAsync("web", "slow/1")).ToList();
        foreach (var answer in await Task.WhenAll(calls)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await provider.KillAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync() is not null) { }
        });
    }

    [Fact]
    public async Task A_provider_that_stops_ends_its_replicas_well_and_they_are_paid()
    {
        await using var place = await Place.OpenAsync();
        var (scene, provider) = (place.Scene, await place.StartFarAsync());
        await scene.ServeAsync("web", """ "replicas":{"min":1,"max":1},"start_within_seconds":60 """);
        await scene.UntilReadyAsync("web", 1);
        using var answer = await scene.CallAsync("web", "who");
        var task = answer.Headers.GetValues("Stun-Task").Single();
        Assert.Equal(0, await provider.StopAsync());
        await scene.UntilAsync(async () =>
            (await scene.AskAsync("GET", $"/v1/tasks/{task}")).Json.GetProperty("state").GetString() == "complete");
        var served = (await scene.AskAsync("GET", $"/v1/tasks/{task}/result/served.json")).Json;
        Assert.True(served.GetProperty("connections").GetInt64() > 0);
    }

    [Fact]
    public async Task Nobody_brings_a_replica_without_the_word_of_a_providers_link()
    {
        await using var scene = await ServingScene.StartAsync();
        foreach (var word in (string?[])[null, scene.StrangersKey(), "stun_0_0", "no such token"])
        {
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            if (word is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {word}");
            var address = new UriBuilder(scene.Host.Address!)
            {
                Scheme = "ws",
                Path = $"/v1/replicas/{new string('0', 32)}",
            };
            await Assert.ThrowsAsync<WebSocketException>(
                () => socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        }
    }

    /// <summary>A network in this process that has no providers, and the words for one that has them.</summary>
    private sealed class Place(ServingScene scene, string keys) : IAsyncDisposable
    {
        private readonly List<NodeVictim> processes = [];

        public ServingScene Scene => scene;

        /// <summary>The same provider again, if it was there before.</summary>
        public async Task<NodeVictim> StartFarAsync()
        {
            processes.Add(await NodeVictim.StartReadyAsync(Far()));
            return processes[^1];
        }

        public static async Task<Place> OpenAsync()
        {
            var keys = Directory.CreateTempSubdirectory("stun-serving-keys-").FullName;
            return new Place(await ServingScene.StartAsync(options => options with
            {
                KeyHome = keys,
                ProviderNames = [],
            }), keys);
        }

        private VictimSettings Far() => new(Path.Combine(scene.Directory, "far"), 0, "none", new string('0', 64))
        {
            KeyHome = keys,
            Roles = NodeRoles.Providers,
            Providers = Names,
            Hub = $"ws://127.0.0.1:{scene.Host.Address!.Port}",
            Image = $"oci:{scene.Layout}",
        };

        /// <summary>What a killed provider has left is cleared as its next life would.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var process in processes) await process.DisposeAsync();
            var far = Path.Combine(scene.Directory, "far");
            if (processes.Count > 0)
                await (await Workshop.OpenAsync(Path.Combine(far, "workshop"), Path.Combine(far, "images"),
                    new ProviderSettings(ExecutorKind.Containers, "crun", [], null, [], [], 0), _ => { }))
                    .DisposeAsync();
            foreach (var process in processes) TestContext.Current.TestOutputHelper?.WriteLine(process.Said);
            await scene.DisposeAsync();
            Directory.Delete(keys, recursive: true);
        }
    }
}
