using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Serving;
using Yarp.ReverseProxy.Configuration;

namespace Stun.Bench.Gateways;

/// <summary>
/// The sides of the race between gateways, each a process of its own until its input ends: a provider that answers at
/// once, a plain proxy before it, and our door before it. Each prints one line: its address, and a key if it needs one.
/// </summary>
internal static class DoorUnderTest
{
    private static readonly ModelQuota Large = new(1_000_000, 4_000_000_000, new Amount(ulong.MaxValue));

    /// <summary>Checks keys, holds quotas, meters, chooses between two providers: all that it does in a node.</summary>
    public static async Task<int> RunDoorAsync(string directory, string upstream)
    {
        var outside = ((string[])["one", "two"]).Select(name => new OutsideSettings(
            name, upstream.TrimEnd('/') + "/v1", null, null, [new OutsideModel("mock", "mock-outside")],
            new TokenPrices(new Amount(1), new Amount(150_000), new Amount(600_000)), [], Duration.Seconds(120), 256,
            ["chat"], true));
        var network = new DevNetwork(new DevOptions(directory, Path.Combine(directory, "images"))
        {
            Executor = ExecutorKind.Noop,
            ValidatorCount = 1,
            Boundless = true,
            Door = new DoorSettings { PerKey = new Rate(1_000_000, 1_000_000) },
            Models = new ModelDoorSettings { Outside = [.. outside], PerKey = Large, PerAccount = Large },
        });
        var host = await network.StartAsync((code, text) => Console.Error.WriteLine($"{code}: {text}"), default);
        await using (host)
        {
            var (id, key, hash) = Doorkeeper.NewKey();
            host.Doorkeeper.Add(id, hash, new ApiPrincipal(id, network.Requester.Address, ApiRole.Requester));
            Console.WriteLine($"{host.Address} {key}");
            await Console.In.ReadToEndAsync();
        }
        return 0;
    }

    public static async Task<int> RunProxyAsync(string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "mock", Match = new RouteMatch { Path = "{**all}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "mock",
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream } },
                },
            ]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapReverseProxy();
        return await ServeAsync(app);
    }

    public static async Task<int> RunUpstreamAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var plain = Encoding.UTF8.GetBytes($$$"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"mock","choices":[{"index":0,
            "message":{"role":"assistant","content":"{{{new string('a', 200)}}}"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":10,"completion_tokens":50,"total_tokens":60}}
            """);
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = plain.Length;
            await context.Response.Body.WriteAsync(plain);
        });
        return await ServeAsync(app);
    }

    private static async Task<int> ServeAsync(WebApplication app)
    {
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Console.WriteLine(addresses.Addresses.First());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
