using Stun.Engine.Scheduling;
using Stun.Engine.Settlement;
using Stun.Node.Storage;
using Stun.Tests.Scenes;

namespace Stun.Integration.Storage;

/// <summary>What the read model promises, whatever database is under it.</summary>
public abstract class ReadModelConformance : IAsyncLifetime
{
    private static readonly SchedulerStory Story = SchedulerStory.Told;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract NodeDatabase Database { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public void Tasks_stand_where_the_scheduler_has_them()
    {
        var queries = Fed().Queries;
        var states = Story.Scene.Machine.State;
        foreach (var order in SchedulerStory.Orders)
        {
            var task = queries.FindTask(order.Id);
            Assert.NotNull(task);
            Assert.Equal(order.Order, task.Order.Order);
            Assert.Equal(order.PriceLimit, task.PriceLimit);
            Assert.Equal(order.Order.Deadline, task.Deadline);
            Assert.Equal(("image", Scene.DigestOf(9)), (task.WorkKind, task.Work));
            Assert.Equal(Scene.Gateway, task.Gateway);
            if (states.Find(order.Id) is not { } entry) continue;
            if (entry.Phase == TaskPhase.Ended)
            {
                Assert.Equal(entry.State.ToString().ToLowerInvariant(), task.State);
                Assert.Equal(entry.Reason.ToString(), task.Reason);
                Assert.Equal(entry.EndedAt, task.EndedAt);
            }
            else Assert.Equal(entry.Phase.ToString().ToLowerInvariant(), task.State);
            if (entry.Verdict is { } verdict) Assert.Equal(verdict.Verdict.CheatPassPpb, task.CheatPassPpb);
        }
        Assert.Equal(
            [
                "complete", "complete", "failed", "complete", "failed", "refused", "failed", "failed", "failed",
                "running",
            ],
            SchedulerStory.Orders.Select(order => queries.FindTask(order.Id)!.State));
        Assert.Equal("InsufficientFunds", queries.FindTask(SchedulerStory.Poor.Id)!.Reason);
        Assert.Equal("FraudFound", queries.FindTask(SchedulerStory.Fraud.Id)!.Reason);
        Assert.Null(queries.FindTask(new TaskId(1, 2)));
    }

    [Fact]
    public void Balances_are_the_escrows_to_the_last_unit()
    {
        var queries = Fed().Queries;
        var bank = Story.Scene.Bank;
        Address[] everybody =
        [
            Scene.Treasury, Scene.Creator, Scene.Stranger, Scene.Requester(), Scene.Requester(1), Scene.Requester(2),
            Scene.Provider(), Scene.Provider(1), Scene.Validator(), Scene.Validator(1), Scene.Validator(2),
        ];
        foreach (var owner in everybody)
        {
            var account = queries.Account(owner) ?? new StoredAccount(owner, default, default, default, default);
            Assert.Equal(bank.Available(owner), account.Balance);
            Assert.Equal(bank.Of(Account.Stake(owner)), account.Stake);
            Assert.Equal(bank.Of(Account.Unbonding(owner)), account.Unbonding);
            var held = SchedulerStory.Orders.Where(order => order.Requester == owner)
                .Aggregate(Amount.Zero, (sum, order) => sum + bank.Of(Account.Held(order.Id)));
            Assert.Equal(held, account.Held);
        }
        Assert.False(queries.Account(Scene.Treasury)!.Balance.IsZero);
        Assert.False(queries.Account(Scene.Creator)!.Balance.IsZero);
        Assert.False(queries.Account(Scene.Requester())!.Held.IsZero);
    }

    [Fact]
    public void Attempts_verdicts_and_settlements_tell_what_a_task_cost_and_why()
    {
        var queries = Fed().Queries;
        var attempt = Assert.Single(queries.Attempts(SchedulerStory.Complete.Id));
        var lease = Story.Scene.Granted(SchedulerStory.Complete)[0];
        Assert.Equal((lease.Attempt, lease.Provider, lease.Offer), (attempt.Id, attempt.Provider, attempt.Offer));
        Assert.Equal((lease.PriceCap, lease.GrantedAt), (attempt.PriceCap, attempt.GrantedAt));
        Assert.Equal(("Finished", new Amount(800)), (attempt.End, attempt.Paid));
        Assert.Equal(Duration.Seconds(4), attempt.RunTime);
        Assert.Equal(lease.Attempt, attempt.Receipt!.Receipt.Attempt);
        var settlement = queries.Settlement(SchedulerStory.Complete.Id)!;
        Assert.Equal((new Amount(100_000), new Amount(99_000)), (settlement.Held, settlement.Refund));
        Assert.Equal((new Amount(150), new Amount(50)), (settlement.Treasury, settlement.Creator));
        Assert.Equal(lease.Attempt, Assert.Single(settlement.Settlement!.Payouts).Attempt);
        var verdict = queries.Verdict(SchedulerStory.Complete.Id)!;
        Assert.Equal((ushort)0, verdict.Round);
        Assert.True(verdict.PayableAt > verdict.PostedAt);
        Assert.Equal(2, verdict.Verdict!.Signatures.Count);
        Assert.Equal((ushort)1, queries.Verdict(SchedulerStory.Judged.Id)!.Round);
        Assert.Equal(settlement.Held, queries.Settlement(SchedulerStory.Expired.Id)!.Refund);
        Assert.Null(queries.Settlement(SchedulerStory.Expired.Id)!.Settlement);
        var retried = queries.Attempts(SchedulerStory.Retried.Id);
        Assert.Equal(("Failed", "OutOfMemory"), (retried[0].End, retried[0].Failure));
        Assert.Null(retried[0].Paid);
    }

    [Fact]
    public void Placements_keep_the_candidates_as_the_scheduler_wrote_them_down()
    {
        var model = Fed();
        var queries = model.Queries;
        var told = Story.Events.OfType<SchedulerEvent.TaskPlaced>().ToList();
        foreach (var order in SchedulerStory.Orders)
        {
            var expected = told.Where(placed => placed.Task == order.Id).Select(placed => new StoredPlacement(
                placed.Generation, placed.Leases[0].GrantedAt, placed.Leases[0].Attempt, placed.Leases.Count,
                placed.Shortlist!));
            var placements = queries.Placements(order.Id);
            Assert.Equal(expected, placements);
            // Every attempt was made by one of them, and its offer is on that one's list.
            foreach (var attempt in queries.Attempts(order.Id))
                Assert.Contains(
                    Assert.Single(placements, placement => placement.Made(attempt.Id)).Shortlist.Offers.Span.ToArray(),
                    each => each.Provider == attempt.Provider && each.Offer == attempt.Offer);
        }
        Assert.Equal(2, queries.Placements(SchedulerStory.Complete.Id)[0].Shortlist.Offers.Count);
        Assert.True(queries.Placements(SchedulerStory.Retried.Id).Count > 1);
        Assert.Empty(queries.Placements(SchedulerStory.Poor.Id));
        var last = told[^1];
        model.Project([Record(model.AppliedPosition + 1, last with
        {
            Generation = last.Generation + 1,
            Leases = [last.Leases[0] with { Attempt = new AttemptId(1_000) }],
            Shortlist = null,
        })]);
        // What was written down before there were lists has none, and is an attempt all the same.
        Assert.Single(queries.Placements(last.Task));
        Assert.Equal(2, queries.Attempts(last.Task).Count);
        model.Clear();
        Assert.All(SchedulerStory.Orders, order => Assert.Empty(queries.Placements(order.Id)));
    }

    [Fact]
    public void The_history_tells_in_order_how_a_task_went()
    {
        var queries = Fed().Queries;
        Assert.Equal(
            [
                "received", "admitted", "held", "queued", "placed", "accepted", "finished", "judging", "vote", "vote",
                "verdict", "posted", "settled", "complete",
            ],
            queries.History(SchedulerStory.Complete.Id).Select(line => line.Kind).Where(kind => kind != "told"));
        var disputed = queries.History(SchedulerStory.Judged.Id);
        Assert.Contains(disputed, line => line.Kind == "disputed" && line.About == Scene.Validator(2).ToString());
        Assert.Equal(disputed.Select(line => line.At).Order(), disputed.Select(line => line.At));
        var placed = disputed.Single(line => line.Kind == "placed");
        Assert.Contains(Scene.Provider().ToString(), placed.Detail);
        Assert.Contains(queries.History(SchedulerStory.Retried.Id), line => line.Detail == "Failed, OutOfMemory");
    }

    [Fact]
    public void Offers_are_listed_cheapest_first_without_those_withdrawn()
    {
        var model = Fed();
        var offer = Assert.Single(model.Queries.ListOffers(new OfferFilter()).Items);
        Assert.Equal((Scene.Provider(), new Amount(1_000)), (offer.Provider, offer.PricePerSecond));
        Assert.Equal(SchedulerScene.Hardware, offer.Hardware);
        Assert.Equal("eu-de", offer.Region);
        var next = model.AppliedPosition;
        model.Project([.. Enumerable.Range(2, 30).Select(index =>
            Record(++next, new SchedulerEvent.OfferPosted(
                SchedulerScene.OfferOf(index, (ulong)(index * 777 % 5_000)))))]);
        Assert.Equal(31, model.Queries.ListOffers(new OfferFilter(Limit: 100)).Items.Count);
        List<Amount> prices = [];
        string? cursor = null;
        do
        {
            var page = model.Queries.ListOffers(new OfferFilter(Cursor: cursor, Limit: 7));
            prices.AddRange(page.Items.Select(item => item.PricePerSecond));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.Equal(31, prices.Count);
        Assert.Equal(prices.Order(), prices);
        Assert.Empty(model.Queries.ListOffers(new OfferFilter(Region: "us-ca")).Items);
        Assert.Single(model.Queries.ListOffers(new OfferFilter(Provider: Scene.Provider())).Items);
    }

    [Fact]
    public void Tasks_are_listed_newest_first_by_pages_and_by_every_condition()
    {
        var queries = Fed().Queries;
        var all = queries.ListTasks(new TaskFilter(Limit: 200)).Items;
        Assert.Equal(SchedulerStory.Orders.Length, all.Count);
        Assert.Equal(all.OrderByDescending(task => task.SubmittedAt).ThenByDescending(task => task.Id), all);
        List<TaskId> paged = [];
        string? cursor = null;
        do
        {
            var page = queries.ListTasks(new TaskFilter(Cursor: cursor, Limit: 3));
            Assert.InRange(page.Items.Count, 1, 3);
            paged.AddRange(page.Items.Select(task => task.Id));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.Equal(all.Select(task => task.Id), paged);
        Assert.Equal(SchedulerStory.Unplaced.Id,
            Assert.Single(queries.ListTasks(new TaskFilter(Requester: Scene.Requester(1))).Items).Id);
        Assert.All(queries.ListTasks(new TaskFilter(State: "complete")).Items,
            task => Assert.Equal("complete", task.State));
        var middle = all[4].SubmittedAt;
        var (since, until) = (queries.ListTasks(new TaskFilter(Since: middle)).Items,
            queries.ListTasks(new TaskFilter(Until: middle)).Items);
        Assert.Equal(all.Count, since.Count + until.Count);
        Assert.All(since, task => Assert.True(task.SubmittedAt >= middle));
        Assert.Equal("query.bad-cursor",
            Assert.Throws<StorageException>(() => queries.ListTasks(new TaskFilter(Cursor: "x"))).Code);
    }

    [Fact]
    public void A_task_is_found_by_its_requesters_own_key_and_usage_adds_up()
    {
        var queries = Fed().Queries;
        Assert.Equal(SchedulerStory.Fraud.Id, queries.FindByKey(Scene.Requester(), 3)!.Id);
        Assert.Null(queries.FindByKey(Scene.Requester(1), 3));
        var usage = queries.Usage(Scene.Requester(), Scene.Start, Instant.Never);
        var mine = queries.ListTasks(new TaskFilter(Requester: Scene.Requester(), Limit: 200)).Items;
        Assert.Equal(mine.GroupBy(task => task.State).ToDictionary(group => group.Key, group => (long)group.Count()),
            usage.TasksByState.ToDictionary());
        Assert.Equal(new Amount(3_000), usage.Paid);
        Assert.Equal(mine.SelectMany(task => queries.Attempts(task.Id)).Sum(attempt => attempt.RunTime?.Micros ?? 0)
            / 1_000_000, usage.Seconds);
        Assert.Empty(queries.Usage(Scene.Requester(), Scene.Start, Scene.Start).TasksByState);
    }

    [Fact]
    public void The_figures_are_what_the_tables_come_to_counted_one_by_one()
    {
        var queries = Fed().Queries;
        var figures = new StatisticsQueries(Database);
        var tasks = queries.ListTasks(new TaskFilter(Limit: 200)).Items;
        var ever = figures.AllTime();
        foreach (var (tally, state) in ((Tally, string)[])
            [(Tally.Complete, "complete"), (Tally.Failed, "failed"), (Tally.Refused, "refused")])
            Assert.Equal(tasks.Count(task => task.State == state), ever[tally]);
        Assert.Equal(tasks.Count, ever[Tally.Submitted]);
        var attempts = tasks.SelectMany(task => queries.Attempts(task.Id)).ToList();
        Assert.Equal(attempts.Count, ever[Tally.Attempts]);
        Waits(ever[Wait.Run], attempts.Where(attempt => attempt.RunTime is not null)
            .Select(attempt => attempt.RunTime!.Value));
        Waits(ever[Wait.Total], tasks.Where(task => task.State == "complete")
            .Select(task => task.EndedAt!.Value - task.SubmittedAt));
        Waits(ever[Wait.Verification], tasks.Where(task => task.State is "complete" or "failed")
            .Select(task => (queries.Verdicts(task.Id) is [.., var first] ? first : null, queries.Attempts(task.Id)))
            .Where(pair => pair.Item1?.PostedAt is not null && pair.Item2.Any(attempt => attempt.End == "Finished"))
            .Select(pair => pair.Item1!.PostedAt!.Value
                - pair.Item2.Where(attempt => attempt.End == "Finished").Max(attempt => attempt.ClosedAt!.Value)));
        var settled = tasks.Select(task => queries.Settlement(task.Id)).Where(each => each is not null).ToList();
        Sum(ever[Coins.Refunded], settled.Select(each => each!.Refund));
        Sum(ever[Coins.Fees], settled.Select(each => each!.Treasury));
        Sum(ever[Coins.Creators], settled.Select(each => each!.Creator));
        Sum(ever[Coins.Paid], attempts.Select(attempt => attempt.Paid ?? Amount.Zero));
        Sum(ever[Coins.Held] - ever[Coins.Released],
            SchedulerStory.Orders.Select(order => Story.Scene.Bank.Of(Account.Held(order.Id))));
        Assert.Equal(3, ever[Tally.Disputes]);
        Assert.Equal(1, ever[Tally.FindingFraud]);
        Assert.Equal(
            settled.Count(each => each!.Settlement is { Outcome: Outcome.Complete }), ever[Tally.VerdictComplete]);

        static void Sum(Amount told, IEnumerable<Amount> parts) =>
            Assert.Equal(parts.Aggregate(Amount.Zero, (sum, part) => sum + part), told);
    }

    [Fact]
    public void Minutes_and_hours_add_up_to_all_time_and_old_ones_go()
    {
        var model = Fed();
        var figures = new StatisticsQueries(Database);
        var ever = figures.AllTime();
        foreach (var step in (long[])[StatisticsRows.Minute, StatisticsRows.Hour])
        {
            var sum = new StatisticsCell();
            foreach (var (at, cell) in figures.Cells(step, 0, long.MaxValue))
            {
                Assert.Equal(0, at % step);
                sum.Add(cell);
            }
            Assert.Equal(ever.Encode(), sum.Encode());
        }
        Assert.True(figures.Cells(StatisticsRows.Minute, 0, long.MaxValue).Count > 3);
        var position = model.AppliedPosition;
        var later = Story.Scene.Harness.Now + Duration.Seconds(40 * 86_400);
        foreach (var at in (Instant[])[later, later + Duration.Seconds(60)])
            model.Project([Record(++position, new SchedulerEvent.OfferHeard(at, Scene.Provider(), new OfferId(1)))]);
        model.Project([Record(++position, new SchedulerEvent.OrderReceived(
            later + Duration.Seconds(120), new TaskId(7, 7), SchedulerStory.Complete.Signed, Scene.Gateway))]);
        foreach (var step in (long[])[StatisticsRows.Minute, StatisticsRows.Hour])
            Assert.Single(figures.Cells(step, 0, long.MaxValue));
        Assert.Equal(ever[Tally.Submitted] + 1, figures.AllTime()[Tally.Submitted]);
    }

    [Fact]
    public void Providers_stand_where_the_scheduler_and_their_attempts_have_them()
    {
        var queries = Fed().Queries;
        var providers = new ProviderQueries(Database);
        var reputation = Story.Scene.Machine.State.Offers.Reputation;
        var attempts = SchedulerStory.Orders.SelectMany(order => queries.Attempts(order.Id)).ToList();
        var all = providers.All();
        Assert.Equal([Scene.Provider(), Scene.Provider(1)], all.Keys.OrderBy(provider => provider != Scene.Provider()));
        foreach (var (address, provider) in all)
        {
            var own = attempts.Where(attempt => attempt.Provider == address).ToList();
            Assert.Equal(own.Count(attempt => attempt.End is null), provider.Running);
            Assert.Equal(own.Count(attempt => attempt.End == "Finished"), provider.Finished);
            Assert.Equal(own.Count(attempt => attempt.End == "Failed"), provider.Failed);
            Assert.Equal(own.Count(attempt => attempt.End == "Lost"), provider.Lost);
            Assert.Equal(own.Count(attempt => attempt.End == "Revoked"), provider.Revoked);
            Assert.Equal(reputation.Find(address), provider.Record);
            Assert.Equal(own.Aggregate(Amount.Zero, (sum, attempt) => sum + (attempt.Paid ?? Amount.Zero)),
                provider.Earned);
            foreach (var step in (long[])[ProviderRows.Hour, ProviderRows.Day])
                Assert.Equal(provider.Earned, providers.Earnings(address, step, 0)
                    .Aggregate(Amount.Zero, (sum, part) => sum + part.Earned));
            var moves = providers.Moves(address);
            if (moves.Count > 0) Assert.Equal(provider.Record!.Value.ScorePpm, moves[0].AfterPpm);
            Assert.Equal(moves.Select(move => move.At).OrderDescending(), moves.Select(move => move.At));
            Assert.Equal(queries.Account(address)!.Stake, provider.Stake);
        }
        Assert.True(all[Scene.Provider()].IsOnline);
        Assert.False(all[Scene.Provider(1)].IsOnline);
        Assert.Equal(1U, all[Scene.Provider()].Record!.Value.FraudCount);
        Assert.False(all[Scene.Provider()].Slashed.IsZero);
        var cheat = Assert.Single(new StatisticsQueries(Database).Cheats(default, 9));
        Assert.Equal((SchedulerStory.Fraud.Id, Scene.Provider(), "fraud"), (cheat.Task, cheat.Provider, cheat.Kind));
        Assert.Equal(all[Scene.Provider()].Slashed, cheat.Slashed);
        var running = Assert.Single(providers.Running(Scene.Provider(), 9));
        Assert.Equal(SchedulerStory.Open.Id, running.Task);
        var refusals = all.Keys.SelectMany(providers.Refusals).ToList();
        Assert.Equal(["NoAnswer", "task.memory"], refusals.Select(each => each.Reason).Distinct().Order());
        Assert.Equal(1, refusals.Where(each => each.Reason == "task.memory").Sum(each => each.Count));
        Assert.Equal(attempts.Count(attempt => attempt.End == "Refused"), refusals.Sum(each => each.Count));
        Assert.Equal(attempts.Count(attempt => attempt.End == "Refused"), all.Values.Sum(each => each.Refused));
    }

    [Fact]
    public void What_was_measured_of_work_is_what_the_attempts_come_to_one_by_one()
    {
        var queries = Fed().Queries;
        var providers = new ProviderQueries(Database);
        var attempts = SchedulerStory.Orders.SelectMany(order => queries.Attempts(order.Id)).ToList();
        foreach (var address in (Address[])[Scene.Provider(), Scene.Provider(1)])
        {
            var (own, work) = (attempts.Where(attempt => attempt.Provider == address).ToList(),
                providers.Work(address));
            var waits = own.Where(attempt => attempt.End == "Finished")
                .Select(attempt => (Waited: attempt.ClosedAt!.Value - attempt.GrantedAt, Run: attempt.RunTime!.Value))
                .ToList();
            Assert.Equal(waits.Count, work[WorkWait.Delivery].Count);
            Assert.Equal(waits.Sum(wait => Duration.Min(wait.Run, wait.Waited).Micros), work[WorkTime.Run].Micros);
            Assert.Equal(own.Count(attempt => attempt.Failure == "OutOfMemory"), work[WorkTally.ProgramFailures]);
            Assert.Equal(0, work[WorkTally.Compared]);
            Assert.Equal(own.Count(attempt => attempt.Paid is not null),
                work[WorkTally.Verified] + work[WorkTally.Unchecked]);
        }
        Assert.Equal(1, providers.Work(Scene.Provider())[WorkTally.Frauds]);
        Assert.Equal(new WorkRecord().Encode(), providers.Work(Scene.Stranger).Encode());
    }

    [Fact]
    public void Who_is_faster_is_seen_where_two_ran_the_same_task_and_waiting_for_the_other_is_no_work()
    {
        var (story, model) = (WorkStory.Told, Model());
        model.Project(story.Records);
        var providers = new ProviderQueries(Database);
        var (fast, slow) = (providers.Work(WorkStory.FastOne), providers.Work(WorkStory.SlowOne));
        foreach (var (work, own, other) in ((WorkRecord, Duration, Duration)[])
            [(fast, WorkStory.Fast, WorkStory.Slow), (slow, WorkStory.Slow, WorkStory.Fast)])
        {
            Assert.Equal((2, own * 2, other * 2),
                (work[WorkTally.Compared], work[WorkTime.Compared], work[WorkTime.Others]));
            Assert.Equal(2, work[WorkTally.Verified]);
        }
        // A receipt is believed up to what was waited for.
        var lone = story.Lonely == WorkStory.FastOne ? fast : slow;
        Assert.Equal((WorkStory.Fast * 2) + (lone == fast ? WorkStory.Claimed : Duration.Zero), fast[WorkTime.Run]);
        Assert.Equal(WorkStory.Claimed * (lone == slow ? 3 : 2), slow[WorkTime.Run]);
        Assert.Equal((1, 3), (lone[WorkTally.Unchecked], lone[WorkWait.Delivery].Count));
        Waits(slow[WorkWait.Delivery], Enumerable.Repeat(WorkStory.Slow, lone == slow ? 3 : 2));
        Waits(slow[WorkWait.Overhead], Enumerable.Repeat(WorkStory.Slow - WorkStory.Claimed, lone == slow ? 3 : 2));
        var whole = Tables();
        model.Clear();
        foreach (var record in story.Records) Model().Project([record]);
        Assert.Equal(whole, Tables());
    }

    [Fact]
    public void The_share_of_time_online_counts_silence_from_when_it_began_to_look()
    {
        var model = Model();
        var (who, offer, begin) = (Scene.Provider(), SchedulerScene.OfferOf(0), Scene.Start);
        SchedulerEvent[] events =
        [
            new SchedulerEvent.OfferHeard(begin, who, offer.Id),
            new SchedulerEvent.OfferPosted(offer),
            new SchedulerEvent.OfferSilent(begin + Duration.Seconds(60), who, offer.Id),
            new SchedulerEvent.OfferHeard(begin + Duration.Seconds(90), who, offer.Id),
        ];
        model.Project([.. events.Select((happened, at) => Record((ulong)at + 1, happened))]);
        var watch = Assert.Single(new ProviderQueries(Database).Find(who)!.Watches);
        Assert.Equal(begin, watch.From);
        Assert.Null(watch.SharePpm(begin));
        Assert.Equal(60U * 1_000_000 / 90, watch.SharePpm(begin + Duration.Seconds(90)));
        Assert.Equal(700_000U, watch.SharePpm(begin + Duration.Seconds(100)));
        model.Project([Record(9, new SchedulerEvent.OfferSilent(begin + Duration.Seconds(100), who, offer.Id))]);
        Assert.Equal(350_000U, Assert.Single(new ProviderQueries(Database).Find(who)!.Watches)
            .SharePpm(begin + Duration.Seconds(200)));
    }

    [Fact]
    public void The_newest_offer_names_the_record_of_the_machine_until_it_is_withdrawn()
    {
        var model = Model();
        var (providers, offer) = (new ProviderQueries(Database), SchedulerScene.OfferOf(0));
        var position = 0UL;
        Post(offer, offer with { Id = new OfferId(2), Attestations = Naming(7), Version = 3 });
        Assert.Equal(Scene.DigestOf(7), providers.Capability(offer.Provider));
        Post(offer with { Attestations = Naming(8), Version = 4 });
        Assert.Equal(Scene.DigestOf(8), providers.Capability(offer.Provider));
        Post(offer with { Version = 5 });
        Assert.Equal(Scene.DigestOf(7), providers.Capability(offer.Provider));
        model.Project([Record(++position, new SchedulerEvent.OfferWithdrawn(offer.Provider, new OfferId(2)))]);
        Assert.Null(providers.Capability(offer.Provider));

        void Post(params Offer[] offers) => model.Project(
            [.. offers.Select(each => Record(++position, new SchedulerEvent.OfferPosted(each)))]);

        static ValueList<Attestation> Naming(ulong blob) =>
        [
            new Attestation(AttestationKind.Prover, Digest.Zero, Instant.Never),
            new Attestation(AttestationKind.CapabilityRecord, Scene.DigestOf(blob), Instant.Never),
        ];
    }

    [Fact]
    public void A_provider_that_falls_silent_is_offline_until_it_is_heard_again()
    {
        var model = Fed();
        var (providers, position) = (new ProviderQueries(Database), model.AppliedPosition);
        var (who, offer) = (Scene.Provider(), new OfferId(1));
        var now = Story.Scene.Harness.Now;
        Assert.Single(new StatisticsQueries(Database).Regions());
        model.Project([Record(++position, new SchedulerEvent.OfferSilent(now + Duration.Seconds(5), who, offer))]);
        var silent = providers.Find(who)!;
        Assert.Equal((false, now + Duration.Seconds(5)), (silent.IsOnline, silent.SinceAt));
        Assert.Empty(new StatisticsQueries(Database).Regions());
        model.Project([Record(++position, new SchedulerEvent.OfferHeard(now + Duration.Seconds(9), who, offer))]);
        var heard = providers.Find(who)!;
        Assert.Equal((true, now + Duration.Seconds(9)), (heard.IsOnline, heard.SinceAt));
        Assert.Equal(silent.FirstSeenAt, heard.FirstSeenAt);
        var kinds = new EventLog(Database, "shard").Read(0, long.MaxValue, null)
            .Where(line => line.Kind.StartsWith("provider-", StringComparison.Ordinal) && line.About == who.ToString())
            .Select(line => line.Kind);
        Assert.Equal(["provider-online", "provider-offline", "provider-online"], kinds);
    }

    /// <summary>As many as were measured, and percentiles that are off by a quarter at most.</summary>
    private static void Waits(WaitHistogram told, IEnumerable<Duration> measured)
    {
        var sorted = measured.Select(wait => wait.Micros).Order().ToList();
        Assert.NotEmpty(sorted);
        Assert.Equal(sorted.Count, told.Count);
        foreach (var permille in (int[])[500, 950, 990])
        {
            var exact = sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * permille / 1_000.0) - 1)];
            Assert.InRange(told.Percentile(permille)!.Value.Micros, exact * 3 / 4, (exact * 5 / 4) + 1);
        }
    }

    [Fact]
    public void Records_given_again_in_other_batches_or_from_the_beginning_change_nothing()
    {
        var whole = Dump(Fed());
        foreach (var size in (int[])[1, 7])
        {
            var model = Model();
            model.Clear();
            Assert.Equal(0UL, model.AppliedPosition);
            Assert.Empty(model.Queries.ListTasks(new TaskFilter()).Items);
            // Every batch is given twice, and the second time with what was before it.
            for (var start = 0; start < Story.Records.Count; start += size)
            {
                var end = Math.Min(Story.Records.Count, start + size);
                model.Project([.. Story.Records.Skip(start).Take(end - start)]);
                model.Project([.. Story.Records.Skip(Math.Max(0, start - 5)).Take(end - Math.Max(0, start - 5))]);
            }
            Assert.Equal(whole, Dump(model));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_split_into_batches_leaves_the_same_tables(bool isRemembering)
    {
        Fed();
        var whole = Tables();
        Assert.All(whole, table => Assert.NotEmpty(table.Value));
        Assert.Contains("provider_standings", whole.Keys);
        var chance = new Random(20_261);
        for (var round = 0; round < 12; round++)
        {
            var model = Model();
            model.Clear();
            for (var start = 0; start < Story.Records.Count;)
            {
                var size = round == 0 ? 1 : chance.Next(1, round * 9);
                // One that goes on remembers what it has written; one that begins must read it.
                if (!isRemembering || chance.Next(20) == 0) model = Model();
                model.Project([.. Story.Records.Skip(start).Take(size)]);
                start += size;
            }
            Assert.Equal(whole, Tables());
        }
    }

    [Fact]
    public void What_is_remembered_gives_way_to_what_another_has_written()
    {
        Fed();
        var whole = Tables();
        ReadModel[] models = [Model(), Model()];
        models[0].Clear();
        for (var at = 0; at < Story.Records.Count; at++)
            models[at / 2 % 2].Project([Story.Records[at]]);
        Assert.Equal(whole, Tables());
        models[0].Clear();
        models[1].Project(Story.Records);
        Assert.Equal(whole, Tables());
    }

    [Fact]
    public void An_order_that_comes_again_after_it_was_refused_is_one_task()
    {
        var order = SchedulerStory.Complete;
        SchedulerEvent[] events =
        [
            new SchedulerEvent.OrderReceived(new Instant(10), order.Id, order.Signed, Scene.Gateway),
            new SchedulerEvent.OrderDropped(order.Id),
            new SchedulerEvent.OrderReceived(new Instant(20), order.Id, order.Signed, Scene.Stranger),
            new SchedulerEvent.OrderAdmitted(order.Id),
            new SchedulerEvent.TaskQueued(new Instant(30), order.Id),
        ];
        foreach (var size in (int[])[1, 2, 3, 5])
        {
            var model = Model();
            model.Clear();
            var position = 0UL;
            foreach (var part in events.Chunk(size))
                model.Project([.. part.Select(happened => Record(++position, happened))]);
            var task = model.Queries.FindTask(order.Id)!;
            Assert.Equal(("queued", Scene.Stranger), (task.State, task.Gateway));
            Assert.Equal((new Instant(20), new Instant(30)), (task.SubmittedAt, task.QueuedAt));
            Assert.Equal(["received", "refused", "received", "admitted", "queued"],
                model.Queries.History(order.Id).Select(line => line.Kind));
        }
    }

    [Fact]
    public void A_batch_that_fails_in_its_middle_leaves_nothing()
    {
        var model = Model();
        model.Project([.. Story.Records.Take(20)]);
        var before = Dump(model);
        var torn = Story.Records.Skip(20).Take(20).Append(
            new JournalRecord(41, Scene.Scheduler, new byte[] { 1, 2, 3 })).ToList();
        Assert.Equal("journal.damaged", Assert.Throws<StorageException>(() => model.Project(torn)).Code);
        Assert.Equal(20UL, model.AppliedPosition);
        Assert.Equal(before, Dump(model));
        model.Project([.. Story.Records.Skip(20)]);
        Assert.Equal(Story.Records[^1].Position, model.AppliedPosition);
    }

    [Fact]
    public void Two_shards_that_follow_one_escrow_change_each_balance_once()
    {
        var model = Fed();
        var accounts = Accounts(model);
        var other = new ReadModel(Database, "other", Scene.Scheduler, SchedulerStory.Terms);
        // The other shard followed the same log and had tasks of nobody.
        other.Project([.. Story.Records.Select(record => record with { Frame = OnlyEscrow(record) })]);
        Assert.Equal(accounts, Accounts(other));
        Assert.Equal(model.AppliedPosition, other.AppliedPosition);
        model.Clear();
        Assert.Equal(accounts, Accounts(other));
        Assert.Equal(Story.Records[^1].Position, other.AppliedPosition);
        model.Project(Story.Records);
        Assert.Equal(accounts, Accounts(model));
    }

    [Fact]
    public async Task Many_who_project_the_same_at_once_take_turns()
    {
        var whole = Dump(Fed());
        Model().Clear();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var start = 0; start < Story.Records.Count; start += 25)
                Model().Project([.. Story.Records.Skip(start).Take(25)]);
        }, Cancel)));
        Assert.Equal(whole, Dump(Model()));
    }

    [Fact]
    public void Keys_open_only_with_their_token_and_only_while_they_hold()
    {
        var (book, now) = (new KeyBook(Database), Scene.Start);
        var owner = Scene.Requester();
        Assert.Equal("key.unknown-owner",
            Assert.Throws<StorageException>(() => book.Issue(owner, "requester", [], now, null)).Code);
        book.AddPrincipal(owner, "somebody", now);
        var (key, token) = book.Issue(
            owner, "requester", ["tasks:write", "tasks:read"], now, now + Duration.Seconds(100));
        var found = book.Check(token, now)!;
        Assert.Equal((key.Id, owner, "requester"), (found.Id, found.Owner, found.Role));
        Assert.Equal(["tasks:write", "tasks:read"], found.Scopes);
        Assert.Equal(now, Assert.Single(book.ListKeys(owner)).LastUsedAt);
        for (var at = 0; at < token.Length; at++)
        {
            var wrong = token.ToCharArray();
            wrong[at] = wrong[at] == 'a' ? 'b' : 'a';
            Assert.Null(book.Check(new string(wrong), now));
        }
        foreach (var wrong in (string[])["", "stun", token + "0", token[..^1], "stun__" + token[^64..]])
            Assert.Null(book.Check(wrong, now));
        Assert.Null(book.Check(token, now + Duration.Seconds(100)));
        Assert.True(book.Revoke(key.Id, now));
        Assert.False(book.Revoke(key.Id, now));
        Assert.Null(book.Check(token, now));
        var second = book.Issue(owner, "operator", [], now, null).Token;
        Assert.NotNull(book.Check(second, now));
        Assert.True(book.DisablePrincipal(owner, now));
        Assert.Null(book.Check(second, now));
        Assert.Equal("somebody", Assert.Single(book.ListPrincipals()).Name);
    }

    [Fact]
    public async Task A_change_anywhere_in_the_audit_chain_is_found()
    {
        var log = new AuditLog(Database);
        Assert.Null(await log.VerifyAuditChainAsync(Cancel));
        await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Task.Run(() => log.Append(new AuditNote(
            new Instant(number), "somebody", "key.revoke", $"key {number}", "done", "")), Cancel)));
        Assert.Equal(8, log.Head.Seq);
        Assert.Equal(Enumerable.Range(1, 8).Select(number => (long)number).Reverse(),
            log.List(long.MaxValue, 100).Select(entry => entry.Seq));
        Assert.Null(await log.VerifyAuditChainAsync(Cancel));
        foreach (var column in (string[])["who", "action", "about", "outcome", "detail"])
        {
            var was = Database.Read(sql =>
                sql.First($"SELECT {column} FROM audit WHERE seq = 4", row => row.GetString(0)));
            Execute($"UPDATE audit SET {column} = 'changed' WHERE seq = 4");
            Assert.Equal(4, await log.VerifyAuditChainAsync(Cancel));
            Execute($"UPDATE audit SET {column} = @was WHERE seq = 4", ("was", was));
            Assert.Null(await log.VerifyAuditChainAsync(Cancel));
        }
        Execute("UPDATE audit SET at = at + 1 WHERE seq = 8");
        Assert.Equal(8, await log.VerifyAuditChainAsync(Cancel));
        Execute("DELETE FROM audit WHERE seq = 8");
        Assert.Equal(8, await log.VerifyAuditChainAsync(Cancel));
        Execute("DELETE FROM audit WHERE seq = 3");
        Assert.Equal(3, await log.VerifyAuditChainAsync(Cancel));
    }

    [Fact]
    public void What_is_not_derived_stays_when_the_read_model_is_emptied()
    {
        var book = new KeyBook(Database);
        book.AddPrincipal(Scene.Requester(), "somebody", Scene.Start);
        new AuditLog(Database).Append(new AuditNote(Scene.Start, "a", "b", "c", "d", "e"));
        Fed().Clear();
        Assert.NotNull(book.FindPrincipal(Scene.Requester()));
        Assert.Equal(1, new AuditLog(Database).Head.Seq);
    }

    private ReadModel Model() => new(Database, "shard", Scene.Scheduler, SchedulerStory.Terms);

    private ReadModel Fed()
    {
        var model = Model();
        Assert.Equal(Story.Records[^1].Position, model.Project(Story.Records));
        return model;
    }

    private void Execute(string sql, params (string, object?)[] values) =>
        Database.Write(text => text.Execute(sql, values));

    private static JournalRecord Record(ulong position, SchedulerEvent happened) =>
        new(position, Scene.Scheduler, JournalFrame.Write(position, [EngineWire.Encode(happened)]));

    /// <summary>The same record without anything but what the escrow did.</summary>
    private static byte[] OnlyEscrow(JournalRecord record)
    {
        if (record.Role != Scene.Scheduler) return record.Frame.ToArray();
        List<byte[]> kept = [];
        JournalFrame.TryRead(record.Frame.Span, out var number, out var body, out _);
        while (!body.IsEmpty)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(body);
            var entry = body.Slice(4, length).ToArray();
            if (EngineWire.DecodeSchedulerEvent(entry) is SchedulerEvent.EscrowFollowed) kept.Add(entry);
            body = body[(4 + length)..];
        }
        return JournalFrame.Write(number, kept);
    }

    private static string Accounts(ReadModel model) => string.Join('\n',
        ((Address[])[
            Scene.Treasury, Scene.Creator, Scene.Requester(), Scene.Requester(1), Scene.Requester(2), Scene.Provider(),
            Scene.Provider(1), Scene.Validator(), Scene.Validator(2),
        ]).Select(owner => model.Queries.Account(owner)?.ToString()));

    /// <summary>Every cell of every derived table.</summary>
    private SortedDictionary<string, string> Tables() => Database.Read(sql =>
    {
        SortedDictionary<string, string> tables = [];
        foreach (var table in (string[])
            [
                "task_history", "settlements", "verdicts", "attempts", "placements", "offers", "tasks", "accounts",
                "holds", "statistics", "cheats", "provider_markets", "provider_standings", "provider_earnings",
                "provider_refusals", "provider_works",
            ])
        {
            var rows = sql.List($"SELECT * FROM {table}", row => string.Join('|', Enumerable.Range(0, row.FieldCount)
                .Select(column => row.GetValue(column) is byte[] bytes
                    ? Convert.ToHexString(bytes) : $"{row.GetName(column)}={row.GetValue(column)}")));
            tables[table] = string.Join('\n', rows.Order(StringComparer.Ordinal));
        }
        return tables;
    });

    /// <summary>All that can be asked, as text.</summary>
    private static string Dump(ReadModel model)
    {
        var lines = new List<string> { Accounts(model), $"{model.AppliedPosition}" };
        foreach (var task in model.Queries.ListTasks(new TaskFilter(Limit: 200)).Items)
        {
            lines.Add(task.ToString());
            lines.AddRange(model.Queries.Attempts(task.Id).Select(attempt => attempt.ToString()));
            lines.AddRange(model.Queries.Placements(task.Id).Select(placement => placement.ToString()));
            lines.AddRange(model.Queries.History(task.Id).Select(line => line.ToString()));
            lines.Add($"{model.Queries.Verdict(task.Id)} {model.Queries.Settlement(task.Id)}");
        }
        lines.AddRange(model.Queries.ListOffers(new OfferFilter(Limit: 200)).Items.Select(offer => offer.ToString()));
        return string.Join('\n', lines);
    }
}

public sealed class SqliteReadModelTests : ReadModelConformance
{
    private readonly string directory = Directory.CreateTempSubdirectory("stun-sqlite-").FullName;
    private NodeDatabase? database;

    protected override NodeDatabase Database => database!;

    public override ValueTask InitializeAsync()
    {
        database = NodeDatabase.Sqlite(Path.Combine(directory, "node.db"));
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

[Collection(PostgresTests.Name)]
public sealed class PostgresReadModelTests(PostgresCluster cluster) : ReadModelConformance
{
    private NodeDatabase? database;

    protected override NodeDatabase Database => database!;

    public override async ValueTask InitializeAsync() =>
        database = NodeDatabase.Postgres(cluster.SourceOf(await cluster.CreateDatabaseAsync()));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
