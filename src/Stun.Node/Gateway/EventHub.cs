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
    private readonly StatisticsTick tick;
    private long told;

    public EventHub(EventLog log, Projector projector)
    {
        this.log = log;
        tick = new StatisticsTick(TimeProvider.System, TellTick);
        projector.Projected += _ => TellNew();
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
            // While nobody listened nobody looked.
            if (followers.Count == 0) told = log.Newest;
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
            while (FollowerCount > 0)
            {
                var news = log.Read(Volatile.Read(ref told), long.MaxValue, null);
                if (news.Count == 0) return;
                lock (gate)
                {
                    foreach (var follower in followers) follower.Offer(news);
                    tick.Note();
                    // Whoever came first after all had gone began at what was newest then.
                    if (news[^1].Position > told) Volatile.Write(ref told, news[^1].Position);
                }
            }
        }
    }

    /// <summary>Under the position of the last event: whoever goes on behind it misses nothing.</summary>
    private void TellTick()
    {
        lock (gate)
        {
            var now = WallTime.Now(TimeProvider.System);
            var happened = new LoggedEvent(Volatile.Read(ref told), now, null, null, StatisticsTick.Kind, "", "");
            foreach (var follower in followers) follower.Offer([happened]);
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
                if (happened.Position <= Begin) continue;
                if (Requester is { } mine && happened.Requester is { } whose && whose != mine) continue;
                if (!news.Writer.TryWrite(happened)) news.Writer.TryComplete();
            }
        }
    }
}
