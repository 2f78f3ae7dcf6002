using Stun.Chain.Evm;
using Stun.Node.Transport;

namespace Stun.Tests.Transport;

public sealed class HandshakeTests : IDisposable
{
    private static readonly Digest Network = new TypedDataDomain(1, new Address(1, 2, 3)).Separator;

    private readonly EvmKey hubKey = EvmKey.Generate();
    private readonly EvmKey roleKey = EvmKey.Generate();
    private readonly EvmKey peerKey = EvmKey.Generate();

    public void Dispose()
    {
        hubKey.Dispose();
        roleKey.Dispose();
        peerKey.Dispose();
    }

    [Fact]
    public void Both_sides_derive_the_same_keys_and_no_two_links_do()
    {
        var (hub, peer, welcome) = Shaken();
        Assert.Equal(hub.HubToPeer, peer.HubToPeer);
        Assert.Equal(hub.PeerToHub, peer.PeerToHub);
        Assert.Equal(hub.Token, peer.Token);
        Assert.NotEqual(hub.HubToPeer, hub.PeerToHub);
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(hub.Token).Length);
        Assert.Equal([roleKey.Address], welcome.Locals);
        Assert.NotEqual(hub.Token, Shaken().Hub.Token);
    }

    [Fact]
    public void A_hello_tells_the_role_the_epoch_and_where_the_session_stands()
    {
        using var hub = new HubHandshake(hubKey, Network, []);
        using var peer = new PeerHandshake(peerKey, Network, 42, null);
        var point = new ResumePoint(new Digest(1, 2, 3, 4), 77);
        var hello = hub.ReadHello(peer.Answer(hub.Challenge, point));
        Assert.Equal((peerKey.Address, 42UL, point), (hello.Role, hello.Epoch, hello.Resume));
    }

    [Fact]
    public void A_peer_of_another_network_is_refused_by_both_sides()
    {
        var other = new TypedDataDomain(2, new Address(1, 2, 3)).Separator;
        using var hub = new HubHandshake(hubKey, Network, []);
        using var peer = new PeerHandshake(peerKey, other, 0, null);
        Assert.Equal(LinkCodes.NetworkMismatch, Refusal(() => peer.Answer(hub.Challenge, null)));
        // One that does not look is found by the hub.
        using var liar = new HubHandshake(hubKey, other, []);
        var hello = peer.Answer(liar.Challenge, null);
        Assert.Equal(LinkCodes.NetworkMismatch, Refusal(() => hub.ReadHello(hello)));
    }

    [Fact]
    public void A_hello_signed_by_another_key_or_for_another_challenge_is_refused()
    {
        using var hub = new HubHandshake(hubKey, Network, []);
        using var peer = new PeerHandshake(peerKey, Network, 0, null);
        var hello = peer.Answer(hub.Challenge, null);
        var frame = SignedFrame.Decode(hello);
        var forged = frame with { Signature = roleKey.Sign(Handshake.HelloDigest(hub.Challenge, frame.Body)) };
        Assert.Equal(LinkCodes.BadSignature, Refusal(() => hub.ReadHello(forged.Encode())));
        using var later = new HubHandshake(hubKey, Network, []);
        Assert.Equal(LinkCodes.BadSignature, Refusal(() => later.ReadHello(hello)));
        Assert.Equal(peerKey.Address, hub.ReadHello(hello).Role);
    }

    [Fact]
    public void A_hello_or_welcome_with_any_byte_changed_is_refused()
    {
        using var hub = new HubHandshake(hubKey, Network, [LocalRole.Of(roleKey)]);
        using var peer = new PeerHandshake(peerKey, Network, 1, null);
        var hello = peer.Answer(hub.Challenge, new ResumePoint(new Digest(1, 2, 3, 4), 77));
        AllRefused(hello, changed => hub.ReadHello(changed));
        hub.ReadHello(hello);
        var welcome = hub.Answer(new Digest(9, 9, 9, 9), true, 5).Frame;
        AllRefused(welcome, changed => peer.Finish(changed));
        Assert.Equal(5UL, peer.Finish(welcome).Welcome.Received);
    }

    [Fact]
    public void A_hub_that_is_not_the_expected_one_is_refused()
    {
        using var hub = new HubHandshake(hubKey, Network, []);
        using var peer = new PeerHandshake(peerKey, Network, 0, roleKey.Address);
        Assert.Equal(LinkCodes.UnexpectedHub, Refusal(() => peer.Answer(hub.Challenge, null)));
        // One that only borrows the name cannot sign the welcome.
        using var careless = new PeerHandshake(peerKey, Network, 0, hubKey.Address);
        var hello = careless.Answer(hub.Challenge, null);
        hub.ReadHello(hello);
        var frame = SignedFrame.Decode(hub.Answer(default, false, 0).Frame);
        var forged = frame with
        {
            Signature = roleKey.Sign(Handshake.WelcomeDigest(hub.Challenge, hello, frame.Body)),
        };
        Assert.Equal(LinkCodes.BadSignature, Refusal(() => careless.Finish(forged.Encode())));
    }

    [Fact]
    public void A_hub_proves_that_a_role_lives_there_or_is_known_to_the_peer()
    {
        var contract = new LocalRole(new Address(7, 7, 7), null);
        Assert.Equal(LinkCodes.UnprovenRole, Refusal(() => Shaken([contract])));
        Assert.Equal([contract.Address], Shaken([contract], hubKey.Address).Welcome.Locals);
        // Nobody can name another's role as its own.
        var stolen = new LocalRole(new Address(7, 7, 7), roleKey);
        Assert.Equal(LinkCodes.BadSignature, Refusal(() => Shaken([stolen])));
        Assert.Equal(LinkCodes.BadSignature, Refusal(() => Shaken([stolen], hubKey.Address)));
        Assert.Equal(LinkCodes.AddressTaken, Refusal(() => Shaken([LocalRole.Of(peerKey)])));
    }

    [Fact]
    public void A_point_off_the_curve_and_another_version_are_refused_by_name()
    {
        using var hub = new HubHandshake(hubKey, Network, []);
        var challenge = Challenge.Decode(hub.Challenge);
        using var peer = new PeerHandshake(peerKey, Network, 0, null);
        var body = new Hello(Network, peerKey.Address, default, new byte[64], 0, null).Encode();
        var signature = peerKey.Sign(Handshake.HelloDigest(hub.Challenge, body));
        hub.ReadHello(new SignedFrame(body, signature, []).Encode());
        Assert.Equal(LinkCodes.Malformed, Refusal(() => hub.Answer(default, false, 0)));
        var newer = challenge.Encode();
        newer[1] = 2;
        Assert.Equal(LinkCodes.Version, Refusal(() => peer.Answer(newer, null)));
    }

    [Fact]
    public void An_older_epoch_than_was_seen_is_refused_and_a_newer_one_ends_the_old_link()
    {
        using TransportMetrics metrics = new();
        var options = new HubOptions
        {
            Key = hubKey,
            Network = new TypedDataDomain(1, default),
            Locals = [],
            Received = (_, _, _) => true,
        };
        var time = new ManualTime();
        var table = new PeerTable(options, metrics, time);
        var first = Enter(table, 3, "first");
        Assert.Equal(LinkCodes.StaleEpoch, Refusal(() => Enter(table, 2, "x")));
        Assert.Equal(peerKey.Address, table.FindToken("first"));
        Enter(table, 3, "again");
        // The same leader: a transfer with its former token goes on.
        Assert.Equal(peerKey.Address, table.FindToken("first"));
        var newest = Enter(table, 4, "newest");
        Assert.Null(table.FindToken("first"));
        Assert.Null(table.FindToken("again"));
        table.Leave(newest.Peer, newest.Link);
        Assert.Same(first.Peer, table.Find(peerKey.Address));
        time.Advance(TransportLimits.ResumeWindow + TimeSpan.FromSeconds(1));
        Assert.Null(table.Find(peerKey.Address));
        table.Sweep();
        Assert.Null(table.FindToken("newest"));
        // The session is gone, the fence is not.
        Assert.Equal(LinkCodes.StaleEpoch, Refusal(() => Enter(table, 3, "x")));
        Enter(table, 4, "back");
    }

    private (HubPeer Peer, PeerLink Link) Enter(PeerTable table, ulong epoch, string token) => table.Enter(
        new Hello(Network, peerKey.Address, default, [], epoch, null), "here", (peer, number, _) => (
            new PeerLink(
                System.Net.WebSockets.WebSocket.CreateFromStream(
                    Stream.Null, new System.Net.WebSockets.WebSocketCreationOptions()),
                new byte[32], new byte[32], (peer.Session, number), new LinkDuties { Deliver = _ => true },
                TimeProvider.System), token));

    private (LinkKeys Hub, LinkKeys Peer, Welcome Welcome) Shaken(LocalRole[]? locals = null, Address? expected = null)
    {
        using var hub = new HubHandshake(hubKey, Network, locals ?? [LocalRole.Of(roleKey)]);
        using var peer = new PeerHandshake(peerKey, Network, 0, expected);
        hub.ReadHello(peer.Answer(hub.Challenge, null));
        var (keys, frame) = hub.Answer(new Digest(1, 1, 1, 1), false, 0);
        var (own, welcome) = peer.Finish(frame);
        return (keys, own, welcome);
    }

    private static void AllRefused(byte[] frame, Action<byte[]> read)
    {
        for (var index = 0; index < frame.Length; index++)
        {
            var changed = frame.ToArray();
            changed[index] ^= 0x01;
            Assert.Throws<TransportException>(() => read(changed));
            Assert.Throws<TransportException>(() => read(frame[..index]));
        }
    }

    private static string Refusal(Action act) => Assert.Throws<TransportException>(act).Code;
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(60);

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => now += time;
}
