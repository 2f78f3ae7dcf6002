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

    [Fact]
    public void Usage_is_believed_as_far_as_the_question_and_the_answer_bear_it_out()
    {
        var prices = new TokenPrices(Amount.Zero, new Amount(1_000_000), new Amount(1_000_000));
        var open = Asked("");
        var bounded = Asked(",\"max_tokens\":10,\"n\":3");
        var size = new AnswerSize(100, 5_000, 0);
        var claimed = new TokenUsage(1_000_000_000, 1_000_000_000, false);
        Assert.Equal(new Bill(new TokenUsage(100, 5_000, false), new Amount(5_100)),
            Bill.TryOf(claimed, open, size, prices));
        Assert.Equal(new Bill(new TokenUsage(100, 30, false), new Amount(130)),
            Bill.TryOf(claimed, bounded, size, prices));
        Assert.Equal(new Amount(33), Bill.TryOf(new TokenUsage(11, 22, false), open, size, prices)!.Value.Price);
        Assert.Equal(new TokenUsage(25, 7, true),
            Bill.TryOf(null, open, size with { Pieces = 7 }, prices)!.Value.Usage);
        Assert.Equal(new TokenUsage(25, 1_250, true), Bill.TryOf(null, open, size, prices)!.Value.Usage);
    }

    [Fact]
    public void A_price_that_no_account_can_hold_is_no_bill_and_no_overflow()
    {
        var most = new TokenUsage(1, 1, false);
        var size = new AnswerSize(1, 1, 0);
        Assert.Equal(Stun.Engine.Limits.MoneyMax, Bill.TryOf(most, Asked(""), size,
            new TokenPrices(Stun.Engine.Limits.MoneyMax, Amount.Zero, Amount.Zero))!.Value.Price);
        var all = new Amount(UInt128.MaxValue);
        foreach (var prices in (TokenPrices[])
        [
            new(Stun.Engine.Limits.MoneyMax + new Amount(1), Amount.Zero, Amount.Zero),
            new(Amount.Zero, all, Amount.Zero), new(Amount.Zero, Amount.Zero, all), new(all, all, all),
        ])
            Assert.Null(Bill.TryOf(most, Asked(""), size, prices));
    }

    [Fact]
    public async Task One_figure_that_cannot_be_written_keeps_nobody_elses_from_the_book_and_is_told()
    {
        var database = NodeDatabase.Sqlite(
            Path.Combine(Directory.CreateTempSubdirectory("stun-usage").FullName, "node.db"));
        var book = new UsageBook(database);
        List<string> told = [];
        await using var meter = new ModelMeter(book, new ModelDoorSettings(), TimeProvider.System, failure =>
        {
            lock (told) told.Add(failure.Message);
        });
        var other = new Address(4, 5, 6);
        void Ask(Address account)
        {
            using var ticket = meter.Enter(new ApiPrincipal("k", account, ApiRole.Requester), Sold, Asked(""), 100);
            ticket.Settle("p", ticket.BillOf("p", new TokenUsage(10, 10, false), 100));
        }
        Ask(Anna);
        meter.Flush();
        database.Write(sql => sql.Execute($"UPDATE model_usage SET tokens_in = {long.MaxValue}"));
        Ask(Anna);
        Ask(other);
        meter.Flush();
        Assert.Equal(new Amount(20), book.Charged(other, null, default));
        Assert.Equal(new Amount(20), book.Charged(Anna, null, default));
        lock (told) Assert.Contains(Anna.ToString(), Assert.Single(told), StringComparison.Ordinal);
        // It was kept, and goes in when the book takes it.
        database.Write(sql => sql.Execute("UPDATE model_usage SET tokens_in = 10"));
        meter.Flush();
        Assert.Equal(new Amount(40), book.Charged(Anna, null, default));
        Assert.Empty(book.Audit());
    }

    [Fact]
    public async Task Whoever_reads_the_book_waits_for_what_another_is_just_writing()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("stun-usage").FullName, "node.db");
        var database = NodeDatabase.Sqlite(path);
        var book = new UsageBook(database);
        var writer = new UsageWriter(book, failure => Assert.Fail(failure.Message));
        writer.Note(
            new UsagePlace(UsagePlace.HourOf(Noon), Anna, "key", "m", "p", new Address(9, 9, 9)),
            UsageTally.Nothing with { Requests = 1, Charged = new Amount(7) });
        var cancel = TestContext.Current.CancellationToken;
        using ManualResetEventSlim held = new(), free = new();
        var holder = Task.Run(() => database.Write(sql =>
        {
            held.Set();
            free.Wait(cancel);
            return 0;
        }), cancel);
        held.Wait(cancel);
        var first = Task.Run(writer.Flush, cancel);
        await Task.Delay(200, cancel);
        var second = Task.Run(writer.Flush, cancel);
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(300, cancel)));
        free.Set();
        await second;
        Assert.Equal(new Amount(7), book.Charged(Anna, "key", Noon));
        await Task.WhenAll(first, holder);
    }

    [Fact]
    public void A_clock_that_is_set_back_gives_no_second_day()
    {
        var quota = new Quota("Anna", new ModelQuota(SpendPerDay: new Amount(100)), _ => default);
        quota.Enter(Noon, new Amount(100));
        quota.Leave(Noon, new Amount(100), new Amount(100), 0);
        Assert.Equal("quota.spent",
            Refused(() => quota.Enter(new Instant(Noon.Micros - 86_400_000_000), new Amount(1))));
        Assert.Equal("quota.spent", Refused(() => quota.Enter(Noon, new Amount(1))));
    }

    [Fact]
    public void Quotas_with_money_aside_or_debts_are_not_put_away()
    {
        var who = new ApiPrincipal("k", Anna, ApiRole.Requester);
        var table = new QuotaTable<string>(StringComparer.Ordinal);
        static Quota Money(ApiPrincipal who) => new("m", new ModelQuota(SpendPerDay: new Amount(100)), _ => default);
        static Quota Tokens(ApiPrincipal who) => new("t", new ModelQuota(TokensPerMinute: 60), _ => default);
        var money = table.Enter("money", Money, who, Noon, new Amount(60))!;
        var tokens = table.Enter("tokens", Tokens, who, Noon, Amount.Zero)!;
        table.Enter("none", _ => null, who, Noon, Amount.Zero);
        tokens.Leave(Noon, Amount.Zero, Amount.Zero, 60);
        table.PutAway(Noon);
        Assert.Equal(2, table.Count);
        Assert.Equal("quota.spent", Refused(() => table.Enter("money", Money, who, Noon, new Amount(60))));
        money.Leave(Noon, new Amount(60), Amount.Zero, 0);
        table.PutAway(Noon + Duration.Seconds(120));
        Assert.Equal(0, table.Count);
        Assert.NotSame(money, table.Enter("money", Money, who, Noon, new Amount(60)));
        Assert.False(money.Enter(Noon, new Amount(1)));
    }

    private static readonly ServedModel Sold = new("m", "somebody", new Address(9, 9, 9), Noon,
        new TokenPrices(Amount.Zero, new Amount(1_000_000), new Amount(1_000_000)));

    private static Question Asked(string more) => Question.Read(
        System.Text.Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[]{{more}}}"""), QuestionKind.Chat);

    private static string? Refused(Action act) => Assert.Throws<ApiException>(act).Code;
}
