using Stun.Node;
using Stun.Node.Transport;

namespace Stun.Tests.Transport;

/// <summary>Two sessions joined by a wire that loses what is under way when it is cut.</summary>
public sealed class LinkSessionTests
{
    private readonly ByteBudget budget = new(1 << 20);

    [Fact]
    public void Whatever_is_lost_at_cuts_all_arrives_once_and_in_order()
    {
        const int count = 20_000;
        var prng = new Prng(11);
        var hub = new LinkSession(budget);
        var peer = new LinkSession(new ByteBudget(long.MaxValue));
        List<int> arrived = [];
        var (at, hubLink, peerLink) = (0, 0, 0);
        var resumes = 0;
        while (arrived.Count < count)
        {
            (hubLink, var isResumed) = hub.Attach(peer.Point, new Digest(prng.Next(), 0, 0, 0));
            if (isResumed) resumes++;
            peerLink = peer.Attach(new Welcome(hub.Id, isResumed, hub.LastReceived, []));
            for (var turn = prng.Below(400); turn > 0; turn--)
            {
                if (at < count && peer.TryEnqueue(Post(at))) at++;
                if (peer.TakeNext(peerLink) is not { } entry) continue;
                // The last few of each link are lost, as are now and then the acknowledgements.
                if (turn < 4) continue;
                hub.Receive(hubLink, entry.Sequence, () =>
                {
                    arrived.Add(BitConverter.ToInt32(entry.Post.Body.Span));
                    return true;
                });
                if (prng.Below(9) == 0) peer.Acknowledge(peerLink, hub.LastReceived);
            }
        }
        Assert.Equal(Enumerable.Range(0, count), arrived);
        Assert.True(resumes > 20, $"{resumes} resumes");
    }

    [Fact]
    public void A_new_session_takes_along_what_the_old_one_had_not_acknowledged()
    {
        var session = new LinkSession(budget);
        for (var number = 0; number < 4; number++) Assert.True(session.TryEnqueue(Post(number)));
        var link = session.Attach(new Welcome(new Digest(1, 0, 0, 0), false, 0, []));
        for (var number = 0; number < 3; number++) session.TakeNext(link);
        session.Acknowledge(link, 1);
        link = session.Attach(new Welcome(new Digest(2, 0, 0, 0), false, 0, []));
        List<(ulong, int)> sent = [];
        while (session.TakeNext(link) is { } entry)
            sent.Add((entry.Sequence, BitConverter.ToInt32(entry.Post.Body.Span)));
        Assert.Equal([(1, 1), (2, 2), (3, 3)], sent);
    }

    [Fact]
    public void Only_the_newest_link_sends_and_receives()
    {
        var session = new LinkSession(budget);
        Assert.True(session.TryEnqueue(Post(1)));
        var (old, _) = session.Attach(null, new Digest(1, 0, 0, 0));
        var (newest, isResumed) = session.Attach(new ResumePoint(new Digest(1, 0, 0, 0), 0), default);
        Assert.True(isResumed);
        Assert.Null(session.TakeNext(old));
        Assert.Equal(Arrival.Superseded, session.Receive(old, 1, () => true));
        Assert.Equal(Arrival.Taken, session.Receive(newest, 1, () => true));
        Assert.NotNull(session.TakeNext(newest));
    }

    [Fact]
    public void A_full_inbox_takes_the_same_post_later_and_doubles_are_dropped()
    {
        var session = new LinkSession(budget);
        var (link, _) = session.Attach(null, new Digest(1, 0, 0, 0));
        Assert.Equal(Arrival.InboxFull, session.Receive(link, 1, () => false));
        Assert.Equal(0UL, session.LastReceived);
        Assert.Equal(Arrival.Taken, session.Receive(link, 1, () => true));
        Assert.Equal(Arrival.Doubled, session.Receive(link, 1, () => throw new InvalidOperationException()));
        Assert.Equal(LinkCodes.Gap,
            Assert.Throws<TransportException>(() => session.Receive(link, 3, () => true)).Code);
    }

    [Fact]
    public void What_was_never_sent_can_not_be_acknowledged_or_resumed()
    {
        var session = new LinkSession(budget);
        Assert.True(session.TryEnqueue(Post(1)));
        var (link, _) = session.Attach(null, new Digest(1, 0, 0, 0));
        Assert.Equal(LinkCodes.AckImpossible,
            Assert.Throws<TransportException>(() => session.Acknowledge(link, 1)).Code);
        Assert.False(session.Attach(new ResumePoint(new Digest(1, 0, 0, 0), 1), new Digest(2, 0, 0, 0)).IsResumed);
        Assert.Throws<TransportException>(
            () => session.Attach(new Welcome(new Digest(2, 0, 0, 0), true, 1, [])));
        Assert.Null(session.Point);
    }

    [Fact]
    public void A_queue_is_bounded_in_count_in_bytes_and_together_with_others()
    {
        var small = new LinkSession(new ByteBudget(long.MaxValue));
        for (var number = 0; number < TransportLimits.QueueCountMax; number++)
            Assert.True(small.TryEnqueue(Post(number)));
        Assert.False(small.TryEnqueue(Post(0)));

        var large = new LinkSession(new ByteBudget(long.MaxValue));
        var accepted = 0;
        while (large.TryEnqueue(Post(0) with { Body = new byte[1 << 20] })) accepted++;
        Assert.Equal(15, accepted);
        Assert.InRange(large.QueueBytes, 15 << 20, TransportLimits.QueueBytesMax);

        LinkSession first = new(budget), second = new(budget);
        Assert.True(first.TryEnqueue(Post(0) with { Body = new byte[900_000] }));
        Assert.False(second.TryEnqueue(Post(0) with { Body = new byte[900_000] }));
        var (link, _) = first.Attach(null, new Digest(1, 0, 0, 0));
        first.TakeNext(link);
        Assert.False(second.TryEnqueue(Post(0) with { Body = new byte[900_000] }));
        first.Acknowledge(link, 1);
        Assert.Equal(0, budget.Taken);
        Assert.True(second.TryEnqueue(Post(0) with { Body = new byte[900_000] }));
        Assert.Equal(1, second.Close());
        Assert.Equal(0, budget.Taken);
    }

    private static Post Post(int number) => new(
        PostKind.Message, new Address(1, 1, 1), new Address(2, 2, 2), null, BitConverter.GetBytes(number));
}
