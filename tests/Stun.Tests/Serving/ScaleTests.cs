using Stun.Node.Serving;

namespace Stun.Tests.Serving;

/// <summary>How many replicas a service is given, and what they may cost.</summary>
public sealed class ScaleTests
{
    private static readonly ServiceTerms Terms = new()
    {
        ReplicasMin = 0,
        ReplicasMax = 4,
        InFlightMax = 2,
        IdleAfter = Duration.Seconds(10),
        PricePerHourMax = new Amount(1_000_000),
    };

    private readonly ScaleRule rule = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 4)]
    [InlineData(1_000, 4)]
    public void Calls_ask_for_as_many_replicas_as_answer_them_together(int load, int wanted) =>
        Assert.Equal(wanted, rule.Look(Terms, load, At(0)));

    [Fact]
    public void Fewer_are_wanted_only_after_a_whole_idle_time_and_then_as_many_as_its_peak_needed()
    {
        Assert.Equal(4, rule.Look(Terms, 8, At(0)));
        Assert.Equal(4, rule.Look(Terms, 1, At(1)));
        Assert.Equal(4, rule.Look(Terms, 3, At(5)));
        Assert.Equal(4, rule.Look(Terms, 0, At(9)));
        Assert.Equal(2, rule.Look(Terms, 0, At(10)));
        Assert.Equal(2, rule.Look(Terms, 0, At(19)));
        Assert.Equal(0, rule.Look(Terms, 0, At(20)));
    }

    [Fact]
    public void A_new_wave_begins_the_idle_time_anew()
    {
        rule.Look(Terms, 4, At(0));
        rule.Look(Terms, 0, At(9));
        rule.Look(Terms, 4, At(9));
        Assert.Equal(2, rule.Look(Terms, 0, At(18)));
        Assert.Equal(0, rule.Look(Terms, 0, At(19)));
    }

    [Fact]
    public void What_the_owner_allows_counts_at_once()
    {
        rule.Look(Terms, 8, At(0));
        Assert.Equal(1, rule.Look(Terms with { ReplicasMax = 1 }, 8, At(1)));
        Assert.Equal(3, rule.Look(Terms with { ReplicasMin = 3 }, 0, At(2)));
    }

    [Fact]
    public void One_more_replica_than_the_most_stays_below_the_price_of_an_hour()
    {
        foreach (var (most, life) in ((int, int)[])[(1, 3_600), (4, 3_600), (4, 30), (64, 86_400), (3, 77)])
        {
            var terms = Terms with { ReplicasMax = most, Life = Duration.Seconds(life) };
            var perHour = terms.PriceLimitOfOne.Units * (UInt128)(most + 1) * 3_600 / (UInt128)life;
            Assert.InRange(perHour, terms.PricePerHourMax.Units * 9 / 10, terms.PricePerHourMax.Units);
        }
    }

    [Fact]
    public void Terms_are_read_as_they_were_written()
    {
        var terms = Terms with
        {
            IsShared = true,
            Prices = new TokenPrices(new Amount(1), new Amount(UInt128.One << 90), Amount.Zero),
            HealthPath = "/a?b",
        };
        Assert.Equal(terms, ServiceTerms.Read(terms.Text()));
    }

    private static Instant At(int seconds) => new(1_000_000L * (1_000 + seconds));
}
