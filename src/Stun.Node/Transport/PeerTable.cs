using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Transport;

/// <summary>One role that has been linked to the hub.</summary>
internal sealed class HubPeer(Address address, LinkSession session, RateBucket rate)
{
    public Address Address => address;
    public LinkSession Session { get; set; } = session;
    public RateBucket Rate => rate;
    public ulong Epoch { get; set; }
    public PeerLink? Link { get; set; }
    public string Remote { get; set; } = "";
    public DateTimeOffset Since { get; set; }

    /// <summary>The digest of its token, and the one before, which a transfer may still be using.</summary>
    public Digest? Token { get; set; }
    public Digest? TokenBefore { get; set; }
}

/// <summary>
/// The peers of a hub by address: their sessions, links, epochs and tokens. A peer without a link keeps its session for
/// a minute, and its epoch for as long as there is room: that is the fence.
/// </summary>
internal sealed class PeerTable(HubOptions options, TransportMetrics metrics, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Address, HubPeer> peers = [];
    private readonly Dictionary<Digest, Address> tokens = [];
    private readonly ByteBudget budget = new(TransportLimits.HubQueueBytesMax);
    private bool isClosed;

    /// <summary>
    /// Lets an authenticated role in: <paramref name="open"/> makes its link from the session, and what was its link
    /// before is ended.
    /// </summary>
    /// <exception cref="TransportException">A newer leader has been here.</exception>
    public (HubPeer Peer, PeerLink Link) Enter(
        Hello hello, string remote, Func<HubPeer, int, bool, (PeerLink Link, string Token)> open)
    {
        lock (gate)
        {
            if (isClosed) throw new TransportException(LinkCodes.Closing, "The hub is closing.", "Use another hub.");
            if (!peers.TryGetValue(hello.Role, out var peer)) peer = Remember(hello.Role);
            RequireEpoch(hello, peer);
            peer.Link?.End(hello.Epoch > peer.Epoch
                ? new LinkEnd(LinkCodes.Superseded, $"{hello.Role} came back with epoch {hello.Epoch}.")
                : new LinkEnd(LinkCodes.Replaced, "A newer link of the same role has taken over."));
            // What an old leader had asked for is not the new one's.
            if (hello.Epoch > peer.Epoch) ForgetTokens(peer);
            peer.Epoch = hello.Epoch;
            var (number, isResumed) = peer.Session.Attach(hello.Resume, Handshake.NewNonce());
            var (link, token) = open(peer, number, isResumed);
            peer.Link = link;
            peer.Remote = remote;
            peer.Since = time.GetUtcNow();
            TakeToken(peer, DigestOf(token));
            return (peer, link);
        }
    }

    /// <summary>The link has ended; the session waits for the next one.</summary>
    public void Leave(HubPeer peer, PeerLink link)
    {
        lock (gate)
        {
            if (peer.Link != link) return;
            peer.Link = null;
            peer.Since = time.GetUtcNow();
        }
    }

    public HubPeer? Find(Address address)
    {
        lock (gate) return peers.GetValueOrDefault(address) is { } peer && HasSession(peer) ? peer : null;
    }

    public Address? FindToken(string token)
    {
        var digest = DigestOf(token);
        lock (gate) return tokens.TryGetValue(digest, out var address) ? address : null;
    }

    public void Notify(Address address, string code, string text)
    {
        lock (gate) peers.GetValueOrDefault(address)?.Link?.Notify(code, text);
    }

    /// <summary>Closes the sessions of peers that did not come back in time. Epochs are kept.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            foreach (var (address, peer) in peers)
            {
                if (HasSession(peer)) continue;
                metrics.Drop(LinkCodes.Unreachable, peer.Session.Close());
                ForgetTokens(peer);
                if (peer.Epoch == 0) peers.Remove(address);
                else peer.Session = new LinkSession(budget);
            }
        }
    }

    public IReadOnlyCollection<PeerStatus> Statuses()
    {
        lock (gate)
        {
            List<PeerStatus> statuses = new(peers.Count);
            foreach (var (address, peer) in peers)
                statuses.Add(new PeerStatus(
                    address, peer.Link is not null, peer.Since, peer.Remote, peer.Epoch,
                    peer.Session.QueueCount, peer.Session.QueueBytes,
                    peer.Link?.BytesIn ?? 0, peer.Link?.BytesOut ?? 0, peer.Link?.Rtt));
            statuses.Sort(static (left, right) => left.Address.CompareTo(right.Address));
            return statuses;
        }
    }

    public void Close(LinkEnd reason)
    {
        lock (gate)
        {
            isClosed = true;
            foreach (var peer in peers.Values)
            {
                peer.Link?.End(reason);
                peer.Session.Close();
            }
            tokens.Clear();
        }
    }

    private static void RequireEpoch(Hello hello, HubPeer peer)
    {
        if (hello.Epoch >= peer.Epoch) return;
        throw new TransportException(LinkCodes.StaleEpoch,
            $"{hello.Role} comes with epoch {hello.Epoch}; epoch {peer.Epoch} has been here.",
            "Another process leads now: stop this one, or let it take the lead again.");
    }

    private bool HasSession(HubPeer peer) =>
        peer.Link is not null || time.GetUtcNow() - peer.Since <= TransportLimits.ResumeWindow;

    private HubPeer Remember(Address address)
    {
        if (peers.Count >= TransportLimits.PeersRememberedMax) ForgetOne();
        var rate = new RateBucket(options.MessagesPerSecond, options.MessageBurst, time);
        var peer = new HubPeer(address, new LinkSession(budget), rate) { Since = time.GetUtcNow() };
        peers.Add(address, peer);
        return peer;
    }

    /// <summary>
    /// The one that was gone longest, so that nobody who is here loses the fence. There is always one: fewer links than
    /// this are allowed.
    /// </summary>
    private void ForgetOne()
    {
        var oldest = peers.Values.Where(peer => peer.Link is null).MinBy(peer => peer.Since);
        if (oldest is null) return;
        metrics.Drop(LinkCodes.Unreachable, oldest.Session.Close());
        ForgetTokens(oldest);
        peers.Remove(oldest.Address);
    }

    private void TakeToken(HubPeer peer, Digest token)
    {
        if (peer.TokenBefore is { } before) tokens.Remove(before);
        peer.TokenBefore = peer.Token;
        peer.Token = token;
        tokens[token] = peer.Address;
    }

    private void ForgetTokens(HubPeer peer)
    {
        if (peer.TokenBefore is { } before) tokens.Remove(before);
        if (peer.Token is { } token) tokens.Remove(token);
        peer.Token = peer.TokenBefore = null;
    }

    // Looked up by its digest, so that the time of the look-up says nothing about other tokens.
    private static Digest DigestOf(string token) => Digest.Read(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
