using Stun.Engine.Market;
using Stun.Engine.Placement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Market;

public sealed class OfferBookTests
{
    private static readonly Address Provider = Scene.Provider();

    private readonly OfferBook book = new(
        new PlacementIndex(PlacementWeights.Default, new ProximityTable([])), Scene.Terms);

    [Fact]
    public void What_is_at_risk_is_taken_from_the_stake_that_is_free()
    {
        Follow(new EscrowEvent.StakeChanged(Provider, new Amount(100)));
        book.PutAtRisk(Provider, new Amount(60));
        Assert.Equal((new Amount(100), new Amount(40)), Stakes());
        book.PutAtRisk(Provider, new Amount(30));
        Assert.Equal((new Amount(100), new Amount(10)), Stakes());
        // A slash may leave less than is at risk: then nothing is free, and nothing is negative.
        Follow(new EscrowEvent.StakeChanged(Provider, new Amount(50)));
        Assert.Equal((new Amount(50), Amount.Zero), Stakes());
        book.TakeFromRisk(Provider, new Amount(60));
        book.TakeFromRisk(Provider, new Amount(30));
        Assert.Equal((new Amount(50), new Amount(50)), Stakes());
        Assert.Throws<OverflowException>(() => book.TakeFromRisk(Provider, new Amount(1)));
    }

    [Fact]
    public void A_provider_that_withdraws_its_last_offer_keeps_its_stake_and_its_record()
    {
        Follow(new EscrowEvent.StakeChanged(Provider, new Amount(100)));
        book.Post(SchedulerScene.OfferOf(0));
        book.NoteAttempt(LeaseOf(), AttemptEnd.Lost, Duration.Zero, Duration.Seconds(10));
        var history = book.StandingOf(Provider).HistoryPermille;
        book.Withdraw(Provider, new OfferId(1));
        Assert.Equal(0, book.Count);
        Assert.False(book.Index.Contains(Provider, new OfferId(1)));
        book.Post(SchedulerScene.OfferOf(0));
        Assert.Equal((history, new Amount(100)), (book.StandingOf(Provider).HistoryPermille, Stakes().Stake));
    }

    [Fact]
    public void Losing_attempts_lowers_the_history_more_than_being_slow()
    {
        var (lost, slow, fast) = (new PerformanceBook(), new PerformanceBook(), new PerformanceBook());
        Assert.Equal(500U, lost.HistoryPermille(Provider));
        var most = Duration.Seconds(10);
        for (var count = 0; count < 100; count++)
        {
            lost.Note(Provider, AttemptEnd.Lost, Duration.Zero, most);
            slow.Note(Provider, AttemptEnd.Finished, most, most);
            fast.Note(Provider, AttemptEnd.Finished, Duration.Millis(1), most);
        }
        Assert.True(lost.HistoryPermille(Provider) < slow.HistoryPermille(Provider));
        Assert.True(slow.HistoryPermille(Provider) < fast.HistoryPermille(Provider));
        Assert.InRange(fast.HistoryPermille(Provider), 980U, 1_000U);
    }

    [Theory]
    [InlineData(AttemptEnd.Running)]
    [InlineData(AttemptEnd.Revoked)]
    public void What_was_not_the_providers_doing_says_nothing_of_it(AttemptEnd end)
    {
        var performance = new PerformanceBook();
        performance.Note(Provider, end, Duration.Zero, Duration.Seconds(10));
        Assert.Equal(500U, performance.HistoryPermille(Provider));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_run_time_that_makes_no_sense_stays_within_the_scale(long micros)
    {
        var performance = new PerformanceBook();
        for (var count = 0; count < 50; count++)
            performance.Note(Provider, AttemptEnd.Finished, new Duration(micros), Duration.Zero);
        Assert.InRange(performance.HistoryPermille(Provider), 0U, 1_000U);
    }

    private void Follow(EscrowEvent happened) => book.Follow(Scene.Start, happened);

    private (Amount Stake, Amount Free) Stakes() =>
        (book.StandingOf(Provider).Stake, book.StandingOf(Provider).StakeFree);

    private static Lease LeaseOf() => new EvidenceBuilder(new OrderBuilder()).LeaseOf(0, 0, 0, null);
}
