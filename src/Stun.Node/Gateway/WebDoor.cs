using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Stun.Node.Gateway;

/// <summary>The one port of a node: the API and the peers.</summary>
public sealed class WebDoor : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebDoor(WebApplication app) => this.app = app;

    /// <summary>Where it listens, with the port that was found when none was given.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <param name="rest">Answers where no endpoint does, or leaves it to the next; null for nobody.</param>
    public static async Task<WebDoor> OpenAsync(
        IPEndPoint listen, DoorSettings settings, Action<WebApplication> map,
        Func<HttpContext, RequestDelegate, Task>? rest, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = settings.BodyBytesMax;
            options.Limits.MaxRequestHeadersTotalSize = DoorLimits.HeaderBytesMax;
            options.Limits.MaxConcurrentConnections = settings.ConnectionsMax;
            options.Limits.MaxConcurrentUpgradedConnections = settings.ConnectionsMax;
            options.Limits.RequestHeadersTimeout = DoorLimits.HeadersWithin;
            options.Limits.MinRequestBodyDataRate = new MinDataRate(DoorLimits.BodyBytesPerSecondMin,
                DoorLimits.BodyGrace);
            options.Listen(listen, endpoint =>
            {
                // Not HTTP/2: there a WebSocket is asked for in another way, which no endpoint here knows.
                endpoint.Protocols = HttpProtocols.Http1;
                if (settings.Certificate is { } certificate)
                    endpoint.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(certificate.Current),
                        HandshakeTimeout = DoorLimits.HeadersWithin,
                    });
            });
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Use(next => context => Problems.CatchAsync(context, next));
        app.UseWebSockets();
        app.UseRouting();
        map(app);
        app.UseEndpoints(_ => { });
        if (rest is not null) app.Use(next => context => rest(context, next));
        await app.StartAsync(cancel).ConfigureAwait(false);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new WebDoor(app) { Address = new Uri(addresses.Addresses.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }
}

internal static class DoorLimits
{
    /// <summary>So much of a refused body is still taken off the line, and thrown away.</summary>
    public const long UnheardBytesMax = 16 << 20;

    /// <summary>A key, an idempotency key and what browsers add.</summary>
    public const int HeaderBytesMax = 16 << 10;

    /// <summary>Who sends headers letter by letter holds a connection this long and no longer.</summary>
    public static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    /// <summary>Slower than any line that could bring a blob to its end.</summary>
    public const double BodyBytesPerSecondMin = 1_024;

    public static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(10);
}
