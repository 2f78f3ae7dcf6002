using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>The log reaches its followers out of order, twice and with holes; it is taken in in order, once.</summary>
public sealed class EscrowFollowerTests
{
    private readonly EscrowFollower follower = new();

    [Fact]
    public void Entries_out_of_order_are_taken_in_order_and_once()
    {
        foreach (var index in (ulong[])[2, 0, 0, 3, 1, 2]) follower.Add(Entry(index), 0);
        Assert.Equal([0, 1, 2, 3], TakeAll(0));
        follower.Add(Entry(1), 4);
        Assert.Empty(TakeAll(4));
    }

    /// <summary>Found by review: with its buffer full a follower refused the very entry it was waiting for.</summary>
    [Fact]
    public void A_full_buffer_still_takes_the_entry_whose_turn_it_is()
    {
        for (ulong index = 1; index < 6_000; index++) follower.Add(Entry(index), 0);
        Assert.Empty(TakeAll(0));
        follower.Add(Entry(0), 0);
        Assert.True(TakeAll(0).Count > 4_000);
    }

    [Fact]
    public void A_hole_in_the_log_is_asked_for_soon()
    {
        follower.Asked(Scene.Start);
        Assert.Equal(Scene.Start + Limits.FollowAgainAfter, follower.AskAt);
        follower.Add(Entry(5), 0);
        Assert.Equal(Scene.Start + Limits.ResendAfter, follower.AskAt);
    }

    private List<ulong> TakeAll(ulong next)
    {
        List<ulong> taken = [];
        while (follower.TryTake(next, out var entry))
        {
            taken.Add(entry!.Index);
            next++;
        }
        return taken;
    }

    private static Message.EscrowLogged Entry(ulong index) =>
        new(index, Scene.Start, new EscrowEvent.Deposited(Scene.Stranger, new Amount(1)));
}
