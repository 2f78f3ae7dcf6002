using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Gateway;
using Stun.Node.Serving;
using Stun.Node.Storage;
using Stun.Protocol;
using Xunit;

namespace Stun.Tests.OpenAi;

public sealed class MeterTests
{
    private static readonly Instant Noon = new(1_000 * 86_400_000_000L);
    private static readonly Address Anna = new(1, 2, 3);

    [Fact]
    public void A_price_is_exact_to_the_unit_and_the_rest_is_not_charged()
    {
        var prices = new TokenPrices(new Amount(5), new Amount(150_000), new Amount(600_000));
        Assert.Equal(new Amount(5), new TokenUsage(6, 0, false).PriceBy(prices));
        Assert.Equal(new Amount(6), new TokenUsage(7, 0, false).PriceBy(prices));
        Assert.Equal(new Amount(6), new TokenUsage(3, 1, false).PriceBy(prices));
        Assert.Equal(new Amount(5 + 150_000_000 + 600_000_000),
            new TokenUsage(1_000_000_000, 1_000_000_000, false).PriceBy(prices));
        Assert.Equal(Amount.Zero, new TokenUsage(9, 9, true).PriceBy(TokenPrices.Free));
    }

    [Fact]
    public void The_ledger_is_sound_after_many_writes_and_a_changed_figure_is_found()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("stun-usage").FullName, "node.db");
        var database = NodeDatabase.Sqlite(path);
        var book = new UsageBook(database);
        var dice = new Random(11);
        var (count, sum) = (0L, Amount.Zero);
        for (var turn = 0; turn < 20; turn++)
        {
            Dictionary<UsagePlace, UsageTally> news = [];
            for (var each = 0; each < 30; each++)
            {
                var charged = new Amount((UInt128)dice.NextInt64() * 1_000_003);
                news[new UsagePlace(
                    UsagePlace.HourOf(Noon + Duration.Seconds(dice.Next(20_000))), dice.Next(2) == 0 ? Anna : default,
                    $"key{dice.Next(2)}", $"model{dice.Next(3)}", "p", new Address(9, 9, (uint)dice.Next(2)))] =
                    new UsageTally(1, 0, 0, 10, 20, 0, charged);
            }
            book.Add(news);
            foreach (var (place, each) in news.Where(pair => pair.Key.Account == Anna))
                (count, sum) = (count + each.Requests, sum + each.Charged);
        }
        var rows = book.List(Anna, Noon, Noon + Duration.Seconds(86_400), 10_000);
        var total = rows.Aggregate(UsageTally.Nothing, (all, row) => all + row.Sum);
        Assert.Equal((count, 10 * count, sum), (total.Requests, total.TokensIn, total.Charged));
        Assert.Equal(sum, book.Charged(Anna, null, Noon));
        Assert.Equal(sum, book.Charged(Anna, "key0", Noon) + book.Charged(Anna, "key1", Noon));
        Assert.Empty(book.Audit());
        foreach (var change in (string[])
        [
            "UPDATE model_entries SET amount = '000000000000000000000000000000000000001' WHERE rowid = 1",
            "UPDATE model_usage SET charged = '000000000000000000000000000000000000001' WHERE rowid = 1",
            "UPDATE model_balances SET credit = debit, debit = credit WHERE rowid = 1",
            "DELETE FROM model_balances WHERE rowid = 2",
            "DELETE FROM model_entries WHERE rowid = 2",
        ])
        {
            var other = Path.Combine(Path.GetDirectoryName(path)!, $"{Guid.NewGuid():n}.db");
            database.Read(sql => sql.Execute("VACUUM INTO @path", ("path", other)));
            var changed = NodeDatabase.Sqlite(other);
            Assert.Equal(1, changed.Write(sql => sql.Execute(change)));
            Assert.NotEmpty(new UsageBook(changed).Audit());
        }
    }

    [Fact]
    public void Many_at_once_cannot_go_over_the_days_cap_and_midnight_gives_it_anew()
    {
        var quota = new Quota("Anna", new ModelQuota(SpendPerDay: new Amount(100)), _ => new Amount(30));
        quota.Enter(Noon, new Amount(40));
        quota.Enter(Noon, new Amount(30));
        Assert.Equal("quota.spent", Refused(() => quota.Enter(Noon, new Amount(1))));
        quota.Leave(Noon, new Amount(40), new Amount(10), 0);
        quota.Enter(Noon, new Amount(30));
        Assert.Equal("quota.spent", Refused(() => quota.Enter(Noon, new Amount(1))));
        var tomorrow = Noon + Duration.Seconds(86_400);
        quota.Enter(tomorrow, new Amount(40));
        Assert.Equal("quota.spent", Refused(() => quota.Enter(tomorrow, new Amount(1))));
    }

    [Fact]
    public void A_minutes_worth_fills_up_by_the_second_and_debt_is_waited_off()
    {
        var quota = new Quota("Anna", new ModelQuota(RequestsPerMinute: 60, TokensPerMinute: 600), _ => default);
        for (var turn = 0; turn < 60; turn++) quota.Enter(Noon, Amount.Zero);
        Assert.Equal("quota.requests", Refused(() => quota.Enter(Noon, Amount.Zero)));
        quota.Enter(Noon + Duration.Seconds(1), Amount.Zero);
        Assert.Equal("quota.requests", Refused(() => quota.Enter(Noon + Duration.Seconds(1), Amount.Zero)));
        // Twice the minute's tokens: a minute of debt, and no longer.
        quota.Leave(Noon + Duration.Seconds(1), Amount.Zero, Amount.Zero, 1_200);
        Assert.Equal("quota.tokens", Refused(() => quota.Enter(Noon + Duration.Seconds(60), Amount.Zero)));
        quota.Enter(Noon + Duration.Seconds(62), Amount.Zero);
    }

    private static string? Refused(Action act) => Assert.Throws<ApiException>(act).Code;
}
