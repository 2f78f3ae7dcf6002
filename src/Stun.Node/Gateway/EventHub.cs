using System.Threading.Channels;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// Hands what is new in the event log to all who follow it: read once, however many they are. Who is too slow is let
/// go, and goes on later from where it was.
/// </summary>
public sealed class EventHub
{
    /// <summary>Events that wait for one follower, some 300 bytes each and shared by all.</summary>
    private const int WaitingMax = 4_096;

    private readonly EventLog log;
    private readonly Lock gate = new();
    private readonly List<Follower> followers = [];
    private readonly Lock reading = new();
    private long told;

    public EventHub(EventLog log, ProjectionFeed feed)
    {
        this.log = log;
        told = log.Newest;
        feed.Projected += TellNew;
    }

    public int FollowerCount
    {
        get
        {
            lock (gate) return followers.Count;
        }
    }

    /// <summary>Everything after <see cref="Follower.Begin"/> arrives live; what was before is in the log.</summary>
    public Follower Follow(Address? requester)
    {
        lock (gate)
        {
            var follower = new Follower(this, requester, told);
            followers.Add(follower);
            return follower;
        }
    }

    public IReadOnlyList<LoggedEvent> Earlier(Follower follower, long after) =>
        log.Read(after, follower.Begin, follower.Requester);

    private void TellNew()
    {
        lock (reading)
        {
            lock (gate)
                if (followers.Count == 0)
                {
                    // Nobody listens: whoever comes next begins at what is newest then.
                    told = log.Newest;
                    return;
                }
            while (true)
            {
                var news = log.Read(Volatile.Read(ref told), long.MaxValue, null);
                if (news.Count == 0) return;
                lock (gate)
                {
                    foreach (var follower in followers) follower.Offer(news);
                    Volatile.Write(ref told, news[^1].Position);
                }
            }
        }
    }

    private void Leave(Follower follower)
    {
        lock (gate) followers.Remove(follower);
    }

    public sealed class Follower : IDisposable
    {
        private readonly EventHub hub;
        private readonly Channel<LoggedEvent> news = Channel.CreateBounded<LoggedEvent>(
            new BoundedChannelOptions(WaitingMax) { SingleReader = true });

        internal Follower(EventHub hub, Address? requester, long begin)
        {
            this.hub = hub;
            Requester = requester;
            Begin = begin;
        }

        public Address? Requester { get; }

        public long Begin { get; }

        /// <summary>Complete when this follower was too slow; what is in it still is in order.</summary>
        public ChannelReader<LoggedEvent> News => news.Reader;

        public void Dispose() => hub.Leave(this);

        internal void Offer(IReadOnlyList<LoggedEvent> events)
        {
            foreach (var happened in events)
            {
                if (Requester is { } mine && happened.Requester is { } whose && whose != mine) continue;
                if (!news.Writer.TryWrite(happened)) news.Writer.TryComplete();
            }
        }
    }
}
