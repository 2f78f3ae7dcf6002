using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stun.Chain.Evm;
using Stun.Node.Configuration;
using Stun.Node.Transport;

namespace Stun.Integration.Transport;

public sealed class LinkTests : IDisposable
{
    private readonly EvmKey hubKey = EvmKey.Generate();
    private readonly EvmKey roleKey = EvmKey.Generate();
    private readonly EvmKey firstKey = EvmKey.Generate();
    private readonly EvmKey secondKey = EvmKey.Generate();
    private readonly ConcurrentQueue<(Address From, Message Message)> inbox = new();

    public void Dispose()
    {
        foreach (var key in new[] { hubKey, roleKey, firstKey, secondKey }) key.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_and_logs_go_both_ways_with_and_without_tls(bool isTls)
    {
        using var certificate = isTls ? SelfMade() : null;
        ConcurrentQueue<(Address From, LogChunk Chunk)> logs = new();
        await using var hub = await HubAsync(options => options with
        {
            LogReceived = (from, _, chunk) => logs.Enqueue((from, chunk)),
        }, certificate);
        await using var peer = PeerScene.Start(firstKey, hub.Address, options => options with
        {
            Trust = Trusting(hub.Address, certificate is null ? null : PinOf(certificate)),
            HubAddress = hubKey.Address,
        });
        Assert.True(peer.Dialer.TrySend(hub.Local, Note(1)));
        Assert.True(peer.Dialer.TrySend(hub.Local, new LogChunk(new AttemptId(7), 2, 100, new byte[] { 1, 2, 3 })));
        await Until.TrueAsync(() => !inbox.IsEmpty && !logs.IsEmpty, () => peer.Dialer.State.ToString());

        Assert.True(hub.Hub.Send(hub.Local, firstKey.Address, Note(2)));
        await Until.TrueAsync(() => !peer.Inbox.IsEmpty, () => peer.Dialer.State.ToString());

        Assert.Equal((firstKey.Address, Note(1)), Assert.Single(inbox));
        Assert.Equal((roleKey.Address, Note(2)), Assert.Single(peer.Inbox));
        var (from, chunk) = Assert.Single(logs);
        Assert.Equal((firstKey.Address, 7UL, (byte)2, 100L),
            (from, chunk.Attempt.Value, chunk.Channel, chunk.Offset));
        Assert.Equal([1, 2, 3], chunk.Bytes.ToArray());
        await Until.TrueAsync(() => peer.Dialer.QueueCount == 0, () => "The peer's posts are not acknowledged.");
        var status = Assert.Single(hub.Hub.Peers);
        Assert.True(status.IsLinked && status.BytesIn > 100 && status.BytesOut > 0, status.ToString());
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_pinned_one_is_refused()
    {
        using var certificate = SelfMade();
        using var other = SelfMade();
        await using var hub = await HubAsync(null, certificate);
        foreach (var pin in new Digest?[] { PinOf(other), null })
        {
            await using var peer = PeerScene.Start(
                firstKey, hub.Address, options => options with { Trust = Trusting(hub.Address, pin) });
            await Until.TrueAsync(() => peer.Dialer.State.FailureCount > 0, () => peer.Dialer.State.ToString());
            Assert.Equal(LinkCodes.Lost, peer.Dialer.State.LastEnd?.Code);
        }
        Assert.Empty(hub.Hub.Peers);
    }

    [Fact]
    public async Task A_message_of_another_peer_comes_through_the_hub_with_its_own_signature()
    {
        await using var hub = await HubAsync();
        await using var first = PeerScene.Start(firstKey, hub.Address);
        await using var second = PeerScene.Start(secondKey, hub.Address);
        await Until.LinkedAsync(first);
        await Until.LinkedAsync(second);
        for (var count = 0UL; count < 50; count++) Assert.True(first.Dialer.TrySend(secondKey.Address, Note(count)));
        Assert.True(second.Dialer.TrySend(firstKey.Address, Note(99)));
        Assert.True(second.Dialer.TrySend(firstKey.Address, new LogChunk(new AttemptId(1), 1, 0, new byte[9])));
        await Until.TrueAsync(() => second.Inbox.Count == 50 && !first.Inbox.IsEmpty && !first.Logs.IsEmpty,
            () => $"{second.Inbox.Count}: {string.Join('\n', second.Notices)}");
        Assert.Equal(InTurn(50), second.Inbox.Select(item => item.Message));
        Assert.All(second.Inbox, item => Assert.Equal(firstKey.Address, item.From));
        Assert.Equal((secondKey.Address, Note(99)), Assert.Single(first.Inbox));
        Assert.Empty(inbox);
    }

    [Fact]
    public async Task What_is_for_nobody_here_is_dropped_and_the_origin_is_told()
    {
        await using var hub = await HubAsync();
        await using var peer = PeerScene.Start(firstKey, hub.Address);
        Assert.True(peer.Dialer.TrySend(secondKey.Address, Note(1)));
        await Until.TrueAsync(() => !peer.Notices.IsEmpty, () => "No notice.");
        Assert.StartsWith(LinkCodes.Unreachable, Assert.Single(peer.Notices));
        Assert.Equal(1, hub.Hub.Metrics.Dropped);
        Assert.False(hub.Hub.Send(hub.Local, secondKey.Address, Note(1)));
        Assert.Equal(2, hub.Hub.Metrics.Dropped);
    }

    [Fact]
    public async Task A_peer_of_another_network_is_told_so()
    {
        await using var hub = await HubAsync();
        await using var peer = PeerScene.Start(firstKey, hub.Address, options => options with
        {
            Network = new TypedDataDomain(1, new Address(1, 2, 3)),
        });
        await Until.TrueAsync(() => peer.Dialer.State.LastEnd is not null, () => peer.Dialer.State.ToString());
        Assert.Equal(LinkCodes.NetworkMismatch, peer.Dialer.State.LastEnd?.Code);
        Assert.Empty(hub.Hub.Peers);
    }

    [Fact]
    public async Task An_old_leader_is_cut_off_and_refused()
    {
        await using var hub = await HubAsync();
        await using var old = PeerScene.Start(firstKey, hub.Address, options => options with { Epoch = 4 });
        await Until.LinkedAsync(old);
        var oldToken = old.Dialer.AccessToken!;
        Assert.Equal(firstKey.Address, hub.Hub.FindToken(oldToken));
        await using var young = PeerScene.Start(firstKey, hub.Address, options => options with { Epoch = 5 });
        await Until.LinkedAsync(young);
        Assert.Null(hub.Hub.FindToken(oldToken));
        Assert.Equal(firstKey.Address, hub.Hub.FindToken(young.Dialer.AccessToken!));
        await Until.TrueAsync(() => old.Dialer.State.LastEnd?.Code == LinkCodes.StaleEpoch,
            () => old.Dialer.State.ToString());
        Assert.Contains(old.Notices, notice => notice.StartsWith(LinkCodes.Superseded, StringComparison.Ordinal));
        Assert.Equal(DialerPhase.Linked, young.Dialer.State.Phase);
        Assert.Equal(5UL, Assert.Single(hub.Hub.Peers).Epoch);
    }

    [Fact]
    public async Task Ten_thousand_messages_over_a_wire_that_is_cut_arrive_once_and_in_order()
    {
        const int count = 10_000;
        await using var hub = await HubAsync();
        await using var wire = new CutProxy(hub.Port);
        await using var peer = PeerScene.Start(firstKey, wire.Address);
        await Until.LinkedAsync(peer);
        var cuts = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var number = 0; number < count; number++)
        {
            Assert.True(peer.Dialer.TrySend(hub.Local, Note((ulong)number)));
            Assert.True(hub.Hub.Send(hub.Local, firstKey.Address, Note((ulong)number)));
            if (number % 2_000 != 1_000) continue;
            var most = number * 3 / 4;
            await Until.TrueAsync(() => inbox.Count > most && peer.Inbox.Count > most,
                () => $"{inbox.Count} and {peer.Inbox.Count} of {number}");
            // A wire that is being laid again cannot be cut yet.
            await Until.TrueAsync(() => wire.Cut() > 0, () => $"no wire at {number}: {peer.Dialer.State}");
            cuts++;
        }
        await Until.TrueAsync(() => inbox.Count >= count && peer.Inbox.Count >= count,
            () => $"{inbox.Count} and {peer.Inbox.Count}: {peer.Dialer.State}");
        TestContext.Current.SendDiagnosticMessage($"{count} messages each way, {cuts} cuts: {clock.Elapsed}");
        Assert.Equal(5, cuts);
        // Links end by being cut and by nothing else.
        Assert.All(peer.Notices, notice => Assert.StartsWith(LinkCodes.Lost, notice));
        Assert.Equal(InTurn(count), inbox.Select(item => item.Message));
        Assert.Equal(InTurn(count), peer.Inbox.Select(item => item.Message));
        await Until.TrueAsync(() => peer.Dialer.QueueCount == 0 && hub.Hub.Peers.Single().QueueCount == 0,
            () => "Something is not acknowledged.");
    }

    [Fact]
    public async Task A_slow_reader_holds_its_peer_back_and_loses_nothing()
    {
        var isOpen = false;
        await using var hub = await HubScene.StartAsync(hubKey, roleKey, (from, _, message) =>
        {
            if (!Volatile.Read(ref isOpen)) return false;
            inbox.Enqueue((from, message));
            return true;
        });
        await using var peer = PeerScene.Start(firstKey, hub.Address);
        await Until.LinkedAsync(peer);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var accepted = 0;
        for (var number = 0; number < 3 * TransportLimits.QueueCountMax; number++)
            if (peer.Dialer.TrySend(hub.Local, Note((ulong)accepted))) accepted++;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(TransportLimits.QueueCountMax, accepted);
        Assert.Equal(2 * TransportLimits.QueueCountMax, peer.Dialer.Metrics.Dropped);
        Assert.InRange(held, 0, 2L * TransportLimits.QueueBytesMax);
        Assert.Empty(inbox);

        Volatile.Write(ref isOpen, true);
        await Until.TrueAsync(() => inbox.Count == accepted, () => $"{inbox.Count} of {accepted}");
        Assert.Equal(InTurn(accepted), inbox.Select(item => item.Message));
        TestContext.Current.SendDiagnosticMessage($"{accepted} posts held in {held / 1024} kB");
    }

    [Fact]
    public async Task A_peer_that_is_too_fast_is_slowed_down_and_loses_nothing()
    {
        await using var hub = await HubAsync(options => options with { MessagesPerSecond = 200, MessageBurst = 50 });
        await using var peer = PeerScene.Start(firstKey, hub.Address);
        await Until.LinkedAsync(peer);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var number = 0UL; number < 250; number++) Assert.True(peer.Dialer.TrySend(hub.Local, Note(number)));
        await Until.TrueAsync(() => inbox.Count == 250, () => $"{inbox.Count}");
        Assert.True(clock.Elapsed.TotalSeconds > 0.8, $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Peers_come_back_to_a_hub_that_was_killed_and_bring_what_was_not_acknowledged()
    {
        var hub = await HubAsync();
        var port = hub.Port;
        await using var first = PeerScene.Start(firstKey, hub.Address);
        await using var second = PeerScene.Start(secondKey, hub.Address);
        await Until.LinkedAsync(first);
        await Until.LinkedAsync(second);
        await hub.KillAsync();
        await Until.TrueAsync(() => first.Dialer.State.Phase != DialerPhase.Linked, () => "Still linked.");
        for (var number = 0UL; number < 10; number++) Assert.True(first.Dialer.TrySend(roleKey.Address, Note(number)));
        Assert.True(first.Dialer.TrySend(secondKey.Address, Note(77)));
        await using var next = await HubAsync(null, null, port);
        await Until.LinkedAsync(second);
        await Until.TrueAsync(() => inbox.Count >= 10, () => first.Dialer.State.ToString());
        Assert.Equal(InTurn(10), inbox.Select(item => item.Message));
        Assert.True(first.Dialer.TrySend(secondKey.Address, Note(78)));
        await Until.TrueAsync(() => second.Inbox.Any(item => item.Message == Note(78)), () => "Nothing relayed.");
    }

    [Fact]
    public async Task A_dialer_goes_on_to_the_next_hub_when_the_first_is_gone()
    {
        await using var gone = await HubAsync();
        await using var here = await HubAsync();
        var address = gone.Address;
        await using var peer = PeerScene.Start(
            firstKey, address, options => options with { Hubs = [address, here.Address] });
        await Until.TrueAsync(() => gone.Hub.Peers.Count == 1, () => "Not at the first.");
        await gone.KillAsync();
        await Until.TrueAsync(() => here.Hub.Peers.Count == 1, () => peer.Dialer.State.ToString());
        Assert.True(here.Hub.Send(here.Local, firstKey.Address, Note(3)));
        await Until.TrueAsync(() => !peer.Inbox.IsEmpty, () => peer.Dialer.State.ToString());
    }

    [Fact]
    public async Task A_hub_takes_no_more_links_than_it_may_from_one_remote()
    {
        await using var hub = await HubAsync(options => options with { LinksPerRemoteMax = 1 });
        await using var first = PeerScene.Start(firstKey, hub.Address);
        await Until.LinkedAsync(first);
        await using var second = PeerScene.Start(secondKey, hub.Address);
        await Until.TrueAsync(() => second.Dialer.State.LastEnd is not null, () => second.Dialer.State.ToString());
        Assert.Equal(LinkCodes.TooManyLinks, second.Dialer.State.LastEnd?.Code);
        await first.DisposeAsync();
        await Until.LinkedAsync(second);
    }

    [Fact]
    public async Task A_hub_that_closes_says_so()
    {
        var hub = await HubAsync();
        await using var peer = PeerScene.Start(firstKey, hub.Address);
        await Until.LinkedAsync(peer);
        await hub.DisposeAsync();
        await Until.TrueAsync(() => !peer.Notices.IsEmpty, () => "Not told.");
        Assert.StartsWith(LinkCodes.Closing, peer.Notices.First());
    }

    [Fact]
    public async Task A_connection_that_says_nothing_or_nonsense_is_closed_with_a_code()
    {
        await using var hub = await HubAsync();
        using var socket = new ClientWebSocket();
        var cancel = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(new Uri(hub.Address, Hub.Route), cancel);
        var buffer = new byte[8192];
        Assert.Equal(WebSocketMessageType.Binary, (await socket.ReceiveAsync(buffer, cancel)).MessageType);
        await socket.SendAsync(new byte[100_000], WebSocketMessageType.Binary, true, cancel);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer, cancel)).MessageType);
        Assert.StartsWith(LinkCodes.TooLarge, socket.CloseStatusDescription);
        using var http = new HttpClient();
        var answer = await http.GetAsync(
            $"http://127.0.0.1:{hub.Port}{Hub.Route}", cancel);
        Assert.Equal(System.Net.HttpStatusCode.UpgradeRequired, answer.StatusCode);
    }

    [Fact]
    public async Task A_peer_that_sends_as_another_is_cut_off()
    {
        await using var hub = await HubAsync();
        var cancel = TestContext.Current.CancellationToken;
        foreach (var from in new[] { firstKey.Address, secondKey.Address, roleKey.Address })
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri(hub.Address, Hub.Route), cancel);
            using var handshake = new PeerHandshake(firstKey, HubScene.Network.Separator, 0, null);
            var hello = handshake.Answer(
                await FrameSocket.ReceiveHandshakeAsync(socket, TimeProvider.System, cancel), null);
            await socket.SendAsync(hello, WebSocketMessageType.Binary, true, cancel);
            var (keys, _) = handshake.Finish(
                await FrameSocket.ReceiveHandshakeAsync(socket, TimeProvider.System, cancel));
            using var cipher = new FrameCipher(keys.PeerToHub);
            var plain = new Envelope.Carry(0, 1, new Post(
                PostKind.Message, from, roleKey.Address, null, ProtocolWire.Encode(Note(1)))).Encode().ToArray();
            var frame = new byte[plain.Length + FrameCipher.Overhead];
            cipher.Seal(plain, frame);
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancel);
            // An honest one is acknowledged, another is told and closed.
            var answer = await socket.ReceiveAsync(new byte[8192].AsMemory(), cancel);
            var isHonest = from == firstKey.Address;
            Assert.Equal(isHonest ? WebSocketMessageType.Binary : WebSocketMessageType.Close, answer.MessageType);
            if (!isHonest) Assert.StartsWith(LinkCodes.NotYourAddress, socket.CloseStatusDescription);
        }
        Assert.Equal(firstKey.Address, Assert.Single(inbox).From);
    }

    private static IEnumerable<Message> InTurn(int count) =>
        Enumerable.Range(0, count).Select(number => Note((ulong)number));

    private static Message.EndNoted Note(ulong number) => new Message.EndNoted(new TaskId(0, number));

    private Task<HubScene> HubAsync(
        Func<HubOptions, HubOptions>? change = null, X509Certificate2? certificate = null, int port = 0) =>
        HubScene.StartAsync(hubKey, roleKey, (from, to, message) =>
        {
            Assert.Equal(roleKey.Address, to);
            inbox.Enqueue((from, message));
            return true;
        }, change, port, certificate);

    private static X509Certificate2 SelfMade()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static HubTrust Trusting(Uri hub, Digest? pin) => new([new HubSettings(hub.ToString(), pin)]);

    private static Digest PinOf(X509Certificate2 certificate) => Digest.Read(SHA256.HashData(certificate.RawData));
}
