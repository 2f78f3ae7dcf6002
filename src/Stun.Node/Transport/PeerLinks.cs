using Stun.Chain.Evm;
using Stun.Execution.Containers;
using Stun.Node.Configuration;
using Stun.Node.Hosting;

namespace Stun.Node.Transport;

/// <summary>
/// All links of a process to others: the hub where it listens, a dialer for each role where it dials. They are made
/// before the pump begins, which then finds them complete: what its roles say first is not lost.
/// </summary>
/// <param name="noticed">Code and sentence: how links ended, and what a peer complained of.</param>
public sealed class PeerLinks(Action<string, string> noticed) : IAsyncDisposable
{
    private readonly Dictionary<Address, Dialer> dialers = [];

    public Hub? Hub { get; private set; }

    public IReadOnlyCollection<Dialer> Dialers => dialers.Values;

    /// <summary>Where messages go that are for no role of this process. What nobody takes is said again.</summary>
    public void Send(Address from, Address to, Message message)
    {
        if (Hub is { } hub && hub.Send(from, to, message)) return;
        if (dialers.TryGetValue(from, out var dialer)) dialer.TrySend(to, message);
    }

    /// <summary>A piece of what a program wrote, for the process that holds that role.</summary>
    public void SendLog(
        Address from, Address to, AttemptId attempt, LogStream stream, long offset, ReadOnlyMemory<byte> bytes)
    {
        if (!dialers.TryGetValue(from, out var dialer)) return;
        var channel = stream == LogStream.Output ? (byte)1 : (byte)2;
        for (var at = 0; at < bytes.Length; at += TransportLimits.LogChunkBytesMax)
        {
            var piece = bytes.Slice(at, Math.Min(TransportLimits.LogChunkBytesMax, bytes.Length - at));
            // The memory is used again by whoever wrote it.
            dialer.TrySend(to, new LogChunk(attempt, channel, offset + at, piece.ToArray()));
        }
    }

    /// <summary>The API of the hub that one of the roles is linked to, and the word that opens it.</summary>
    public (Uri Door, string Token)? HubDoor => HubDoors is [var first, ..] ? first : null;

    /// <summary>The same for each role that has a link: the word says which role it is.</summary>
    public IReadOnlyList<(Uri Door, string Token)> HubDoors
    {
        get
        {
            List<(Uri, string)> doors = [];
            foreach (var dialer in dialers.Values)
                if (dialer is { State: { Phase: DialerPhase.Linked, Hub: { } hub }, AccessToken: { } token })
                    doors.Add((
                        new UriBuilder(hub) { Scheme = hub.Scheme == "wss" ? "https" : "http", Path = "" }.Uri, token));
            return doors;
        }
    }

    public void Listen(EvmKey key, IEnumerable<EvmKey> roles, TypedDataDomain network, Pump pump,
        Action<Address, LogChunk> log) =>
        Hub = new Hub(new HubOptions
        {
            Key = key,
            Network = network,
            Locals = [.. roles.Select(LocalRole.Of)],
            Received = pump.TryPost,
            LogReceived = (from, _, chunk) => log(from, chunk),
            Noticed = (peer, code, text) => noticed(code, $"{peer}: {text}"),
        }, TimeProvider.System);

    /// <summary>Makes the dialers. They take messages at once and begin to dial with <see cref="Start"/>.</summary>
    public void Dial(IReadOnlyList<HubSettings> hubs, HubTrust trust, IEnumerable<EvmKey> roles,
        TypedDataDomain network, Pump pump, ulong epoch)
    {
        foreach (var role in roles)
        {
            var dialer = new Dialer(new DialerOptions
            {
                Key = role,
                Network = network,
                Hubs = [.. hubs.Select(hub => new Uri(hub.Url))],
                Trust = trust,
                Received = pump.TryPost,
                Noticed = (code, text) => noticed(code, $"{role.Address}: {text}"),
                Epoch = epoch,
            }, TimeProvider.System);
            dialers.Add(role.Address, dialer);
        }
    }

    public void Start()
    {
        foreach (var dialer in dialers.Values) dialer.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dialer in dialers.Values) await dialer.DisposeAsync().ConfigureAwait(false);
        if (Hub is not null) await Hub.DisposeAsync().ConfigureAwait(false);
    }
}
