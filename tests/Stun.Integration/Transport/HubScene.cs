using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Stun.Chain.Evm;
using Stun.Node.Transport;

namespace Stun.Integration.Transport;

/// <summary>A hub in a real Kestrel, with one local role and what has arrived for it.</summary>
internal sealed class HubScene : IAsyncDisposable
{
    public static readonly TypedDataDomain Network = new(31_337, new Address(1, 2, 3));

    private readonly WebApplication app;

    private HubScene(WebApplication app, Hub hub, EvmKey role)
    {
        this.app = app;
        Hub = hub;
        Local = role.Address;
    }

    public Hub Hub { get; }

    public Address Local { get; }

    public Uri Address => new(app.Urls.First().Replace("http", "ws", StringComparison.Ordinal));

    public int Port => new Uri(app.Urls.First()).Port;

    public static async Task<HubScene> StartAsync(
        EvmKey identity, EvmKey role, Func<Address, Address, Message, bool> received,
        Func<HubOptions, HubOptions>? change = null, int port = 0, X509Certificate2? certificate = null)
    {
        var options = new HubOptions
        {
            Key = identity,
            Network = Network,
            Locals = [LocalRole.Of(role)],
            Received = received,
        };
        var hub = new Hub(change?.Invoke(options) ?? options, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.UseWebSockets();
        hub.Map(app);
        await app.StartAsync();
        return new HubScene(app, hub, role);
    }

    /// <summary>As a process that dies: sockets are cut, nobody is told.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await app.DisposeAsync();
    }
}

/// <summary>A role that dials, and what has arrived for it.</summary>
internal sealed class PeerScene : IAsyncDisposable
{
    private PeerScene(Dialer dialer, ConcurrentQueue<(Address From, Message Message)> inbox,
        ConcurrentQueue<(Address From, LogChunk Chunk)> logs, ConcurrentQueue<string> notices)
    {
        Dialer = dialer;
        Inbox = inbox;
        Logs = logs;
        Notices = notices;
    }

    public Dialer Dialer { get; }
    public ConcurrentQueue<(Address From, Message Message)> Inbox { get; }
    public ConcurrentQueue<(Address From, LogChunk Chunk)> Logs { get; }
    public ConcurrentQueue<string> Notices { get; }

    public static PeerScene Start(EvmKey key, Uri hub, Func<DialerOptions, DialerOptions>? change = null)
    {
        ConcurrentQueue<(Address, Message)> inbox = new();
        ConcurrentQueue<(Address, LogChunk)> logs = new();
        ConcurrentQueue<string> notices = new();
        var options = new DialerOptions
        {
            Key = key,
            Network = HubScene.Network,
            Hubs = [hub],
            Received = (from, _, message) =>
            {
                inbox.Enqueue((from, message));
                return true;
            },
            LogReceived = (from, _, chunk) => logs.Enqueue((from, chunk)),
            Noticed = (code, text) => notices.Enqueue($"{code}: {text}"),
        };
        var dialer = new Dialer(change?.Invoke(options) ?? options, TimeProvider.System);
        dialer.Start();
        return new PeerScene(dialer, inbox, logs, notices);
    }

    public ValueTask DisposeAsync() => Dialer.DisposeAsync();
}

internal static class Until
{
    /// <summary>Waits for something that must come; fails with what is said when it does not.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string> told, int secondsMost = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed.TotalSeconds > secondsMost) Assert.Fail($"Not within {secondsMost} s: {told()}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public static Task LinkedAsync(PeerScene peer) => TrueAsync(
        () => peer.Dialer.State.Phase == DialerPhase.Linked, () => peer.Dialer.State.ToString());
}
