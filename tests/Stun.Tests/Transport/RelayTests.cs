using Stun.Chain.Evm;
using Stun.Node.Transport;

namespace Stun.Tests.Transport;

public sealed class RelayTests : IDisposable
{
    private static readonly Digest Network = new(1, 2, 3, 4);

    private readonly EvmKey origin = EvmKey.Generate();
    private readonly ManualTime time = new();
    private readonly RelaySigner signer;
    private readonly RelayGuard guard;

    public RelayTests()
    {
        signer = new RelaySigner(origin, Network, time);
        guard = new RelayGuard(Network, time);
    }

    public void Dispose() => origin.Dispose();

    [Fact]
    public void What_the_origin_signed_is_accepted_once()
    {
        var post = signer.Sign(Post());
        Assert.Equal(RelayCheck.Accepted, guard.Check(post));
        // Until it is taken it may come again: the inbox was full.
        Assert.Equal(RelayCheck.Accepted, guard.Check(post));
        guard.Note(post);
        Assert.Equal(RelayCheck.Replayed, guard.Check(post));
        Assert.Equal(RelayCheck.Accepted, Taken(signer.Sign(Post())));
    }

    [Fact]
    public void Nothing_that_is_signed_can_be_changed()
    {
        var post = signer.Sign(Post());
        var proof = post.Proof!;
        Post[] changed =
        [
            post with { Body = new byte[] { 9 } },
            post with { To = new Address(8, 8, 8) },
            post with { From = new Address(8, 8, 8) },
            post with { Kind = PostKind.Log },
            post with { Proof = proof with { Sequence = proof.Sequence + 1 } },
            post with { Proof = proof with { SentAt = proof.SentAt + Duration.Millis(1) } },
            post with { Proof = proof with { Signature = Signature.None } },
        ];
        Assert.All(changed, other => Assert.Equal(RelayCheck.BadSignature, guard.Check(other)));
        Assert.Equal(RelayCheck.BadSignature, new RelayGuard(new Digest(9, 9, 9, 9), time).Check(post));
        Assert.Equal(RelayCheck.Unsigned, guard.Check(Post()));
    }

    [Fact]
    public void Posts_may_overtake_one_another_within_the_window_and_not_beyond()
    {
        var posts = Enumerable.Range(0, TransportLimits.RelayWindow + 1).Select(_ => signer.Sign(Post())).ToList();
        Assert.Equal(RelayCheck.Accepted, Taken(posts[1]));
        Assert.Equal(RelayCheck.Accepted, Taken(posts[^1]));
        Assert.Equal(RelayCheck.Replayed, guard.Check(posts[0]));
        Assert.Equal(RelayCheck.Replayed, guard.Check(posts[1]));
        for (var index = 2; index < posts.Count - 1; index++)
            Assert.Equal(RelayCheck.Accepted, Taken(posts[index]));
        Assert.All(posts, post => Assert.Equal(RelayCheck.Replayed, guard.Check(post)));
    }

    [Fact]
    public void What_is_too_old_or_of_tomorrow_is_refused()
    {
        var post = signer.Sign(Post());
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(RelayCheck.Accepted, guard.Check(post));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RelayCheck.TooOld, guard.Check(post));
        // Sent again it has a new time and its old number.
        var again = signer.Sign(post);
        Assert.Equal(post.Proof!.Sequence, again.Proof!.Sequence);
        Assert.Equal(RelayCheck.Accepted, Taken(again));
        time.Advance(TimeSpan.FromSeconds(-62));
        Assert.Equal(RelayCheck.FromTheFuture, guard.Check(again));
    }

    [Fact]
    public void An_origin_that_restarts_is_ahead_of_what_it_said_before()
    {
        var before = signer.Sign(Post());
        Assert.Equal(RelayCheck.Accepted, Taken(before));
        time.Advance(TimeSpan.FromSeconds(1));
        var after = new RelaySigner(origin, Network, time).Sign(Post());
        Assert.True(after.Proof!.Sequence > before.Proof!.Sequence);
        Assert.Equal(RelayCheck.Accepted, Taken(after));
    }

    private RelayCheck Taken(Post post)
    {
        var check = guard.Check(post);
        if (check == RelayCheck.Accepted) guard.Note(post);
        return check;
    }

    private Post Post() => new(
        PostKind.Message, origin.Address, new Address(4, 5, 6), null, new byte[] { 1, 2, 3 });
}
