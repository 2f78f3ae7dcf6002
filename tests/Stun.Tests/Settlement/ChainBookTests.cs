using Stun.Engine.Settlement;
using Stun.Engine.Verification;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>The book, validators and a chain together: what is settled here arrives there, nothing else does.</summary>
public sealed class ChainBookTests
{
    private static readonly Amount Purse = new(10_000_000);

    private readonly ChainScene scene = new();

    [Fact]
    public void Settled_tasks_reach_the_chain_in_batches_and_both_agree_to_the_last_unit()
    {
        Fund();
        for (var key = 1UL; key <= 20; key++) scene.Settle(Order(key) with { Creator = Scene.Creator }, (int)(key % 2));
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.InRange(scene.Chain.SettledCount, 3, 20);
        Assert.True(scene.Chain.Balances[Scene.Creator] > Amount.Zero);
        var pays = scene.LogOf<EscrowEvent.TaskSettled>()
            .Sum(done => (long)(done.Settlement.Held - done.Settlement.Refund).Units);
        Assert.Equal(Purse.Units - (UInt128)pays, scene.Chain.Balances[Scene.Requester()].Units);
    }

    [Fact]
    public void Between_the_two_traces_of_one_transaction_the_chain_is_given_nothing_that_it_refuses()
    {
        Fund();
        scene.Settle(Order(1), 0);
        for (var count = 0; !scene.ChainBook.Open.Any(batch => batch.Phase == BatchPhase.Posted); count++)
        {
            Assert.InRange(count, 0, 1_000);
            scene.Pass(Duration.Seconds(1));
        }
        // An answer that does not come, until the first batch is due and the second one is signed.
        scene.IsHalted = true;
        scene.Settle(Order(2), 1);
        scene.Pass(Duration.Seconds(300));
        scene.IsHalted = false;
        scene.ComeToRest();
        scene.RequireEqual();
        // One transaction leaves two traces, and the book hears of one before the other.
        Assert.Contains(scene.Submissions, each => each.Given is { Post: not null, Settle: not null });
        Assert.All(scene.Submissions, each => Assert.Equal(EscrowRefusal.None, each.Refusal));
    }

    [Fact]
    public void A_fraud_is_slashed_on_the_chain_as_in_the_book()
    {
        Fund();
        scene.Chain.BeginUnstake(Scene.Provider(), new Amount(1_500_000));
        scene.Exchange();
        scene.Settle(Order(1), 0, result: 666);
        var slashed = Assert.Single(Assert.Single(scene.LogOf<EscrowEvent.TaskSettled>()).Settlement.Slashings);
        Assert.Equal(new Amount(2_000_000), slashed.ToRequester + slashed.ToTreasury);
        scene.ComeToRest();
        scene.RequireEqual();
        // What was on its way out is taken first.
        Assert.Empty(scene.Chain.Unbonding);
        Assert.Equal(new Amount(3_000_000), scene.Chain.Stakes[Scene.Provider()]);
    }

    [Fact]
    public void What_is_withdrawn_in_the_book_can_be_claimed_on_the_chain()
    {
        Fund();
        scene.Settle(Order(1), 0);
        var earned = scene.Escrow.Ledger.BalanceOf(Account.Available(Scene.Provider()));
        scene.Call(Scene.Provider(), new EscrowCall.Withdraw(1, earned));
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Equal(earned, scene.Chain.Claimable[Scene.Provider()]);
    }

    [Fact]
    public void Whoever_asks_the_chain_for_its_money_gets_what_is_free_at_once_and_the_rest_when_it_is()
    {
        Fund();
        var order = Order(1);
        scene.Hold(order);
        scene.Chain.AskExit(Scene.Requester(), Purse);
        scene.Pass(Duration.Seconds(60));
        Assert.Equal(Purse - order.PriceLimit, scene.Chain.Claimable[Scene.Requester()]);
        scene.Judge(order, 0, 5, 3);
        scene.Pay(order);
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.False(scene.Chain.Balances.ContainsKey(Scene.Requester()));
    }

    [Fact]
    public void Money_comes_in_by_the_chain_only_and_nobody_but_the_book_speaks_for_it()
    {
        EscrowCall[] calls =
        [
            new EscrowCall.Deposit(1, Purse), new EscrowCall.AddStake(1, Purse), new EscrowCall.BeginUnstake(1, Purse),
            new EscrowCall.FinishUnstake(1), new EscrowCall.CutBatch(),
            new EscrowCall.TakeFromChain(
                new ChainPosition(200, 0), new ChainEvent.Deposited(Scene.Stranger, Purse)),
        ];
        foreach (var call in calls) scene.Call(Scene.Stranger, call);
        scene.Book.Tell(
            Scene.Stranger, new Message.ChainLogged(default, Scene.Start, new ChainEvent.Deposited(default, Purse)));
        Assert.Empty(scene.LogOf<EscrowEvent>());
        Assert.Equal(Amount.Zero, scene.Escrow.Ledger.Deposited);
    }

    [Fact]
    public void Fewer_signatures_than_the_quorum_bring_nothing_to_the_chain()
    {
        Fund();
        scene.Settle(Order(1), 0);
        scene.Down.UnionWith([0, 1]);
        scene.Pass(Duration.Seconds(300));
        Assert.Equal(0UL, scene.Chain.NextNumber);
        while (scene.ChainBook.Open.All(open => open.Signatures.Count == 0)) scene.Pass(Duration.Seconds(1));
        var batch = Assert.Single(scene.ChainBook.Open);
        Assert.Equal(BatchPhase.Cut, batch.Phase);
        Assert.Single(batch.Signatures);
        Assert.Equal(EscrowRefusal.TooFewSignatures, scene.Chain.Post(batch.Signed));
        scene.Down.Clear();
        scene.ComeToRest();
        scene.RequireEqual();
    }

    /// <summary>Each task has a quorum that can vouch for it; the whole batch has none.</summary>
    [Fact]
    public void A_batch_that_no_quorum_knows_whole_is_cut_again_until_each_part_has_one()
    {
        Fund();
        for (var key = 1UL; key <= 6; key++)
        {
            scene.Down.Clear();
            scene.Down.Add((int)(key % 3));
            scene.Settle(Order(key), 0);
        }
        scene.Down.Clear();
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.True(scene.LogOf<EscrowEvent.BatchCut>().Count() > scene.Chain.SettledCount);
    }

    [Fact]
    public void A_batch_that_was_cut_again_and_is_posted_by_somebody_else_after_all_counts_once()
    {
        Fund();
        var orders = (OrderBuilder[])[Order(1), Order(2)];
        foreach (var order in orders) scene.Hold(order);
        foreach (var order in orders) scene.Judge(order, 0, 5, 3);
        scene.Down.UnionWith([0, 1, 2]);
        foreach (var order in orders) scene.Post(order);
        scene.Pass(Duration.Seconds(100));
        scene.Call(Scene.Stranger, new EscrowCall.Settle([.. orders.Select(order => order.Id)]));
        while (!scene.ChainBook.Open.Any()) scene.Pass(Duration.Seconds(1));
        var first = scene.ChainBook.Open.Single();
        Assert.Equal(2, first.Entries.Count);
        scene.Pass(Duration.Seconds(81));
        var second = scene.ChainBook.Open.Single();
        Assert.Single(second.Entries);
        // Two of them sign what they should not have signed, and post it themselves.
        var digest = TypedData.Digest(Scene.ChainTerms.Domain, first.Batch);
        var votes = Scene.ChainTerms.Validators.Take(2)
            .Select(validator => new VoteSignature(validator, Scene.Keys.Sign(validator, digest)));
        Assert.Equal(EscrowRefusal.None, scene.Chain.Post(new SignedBatch(first.Batch, [.. votes])));
        scene.Exchange();
        Assert.Equal(first.Batch, scene.ChainBook.Open.Single().Batch);
        scene.Book.RequireReplayable();
        scene.Book.RestartFromSnapshot();
        scene.Down.Clear();
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Equal(1, scene.Chain.SettledCount);
    }

    [Fact]
    public void A_batch_of_others_with_our_number_is_not_ours_and_our_tasks_come_under_the_next()
    {
        Fund();
        scene.Settle(Order(1), 0);
        scene.Down.UnionWith([0, 1, 2]);
        while (!scene.ChainBook.Open.Any()) scene.Pass(Duration.Seconds(1));
        var foreign = new ChainBatch(0, Scene.DigestOf(9), 1, Scene.DigestOf(8));
        var votes = Scene.ChainTerms.Validators.Select(validator => new VoteSignature(
            validator, Scene.Keys.Sign(validator, TypedData.Digest(Scene.ChainTerms.Domain, foreign))));
        Assert.Equal(EscrowRefusal.None, scene.Chain.Post(new SignedBatch(foreign, [.. votes])));
        scene.Exchange();
        scene.Chain.Void(0);
        scene.Down.Clear();
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Equal(2UL, scene.Chain.NextNumber);
    }

    [Fact]
    public void Any_course_of_things_comes_to_rest_with_the_book_and_the_chain_equal()
    {
        HashSet<string> seen = [];
        for (var seed = 1UL; seed <= 12; seed++)
        {
            var course = new ChainCourse(seed);
            course.Run(seen);
        }
        var cases = Wire.WireValues.CasesOf(typeof(EscrowEntry)).Where(type =>
            type.Name is "ChainRestored" or "LeavingRestored" or "EntryRestored" or "BatchRestored");
        Assert.Equal(cases.Select(type => type.Name).Order(), seen.Order());
    }

    [Fact]
    public void A_validator_signs_no_batch_that_it_cannot_make_itself()
    {
        Fund();
        var order = Order(1);
        scene.Settle(order, 0);
        var settled = scene.LogOf<EscrowEvent.TaskSettled>().Single();
        var verdict = TypedData.StructHash(settled.Verdict);
        var more = settled.Settlement.Payouts[0] with { Amount = settled.Settlement.Payouts[0].Amount + new Amount(1) };
        var watchOf = (EscrowEvent.TaskSettled done, TaskOrder? known, ValueList<Digest> votes, Digest? root) =>
        {
            var watch = new BatchWatch(Scene.Validator(), Scene.ChainTerms);
            watch.Follow(7, done, known, votes);
            var right = SettlementBatch.Of(
                3, [new BatchEntry(done, TypedData.StructHash(order.Order))], Scene.Treasury).Batch;
            var told = right with { Root = root ?? right.Root };
            watch.Follow(8, new EscrowEvent.BatchCut(told, [7], [], [], []), null, []);
            return watch.ToSign.Count();
        };
        Assert.Equal(1, watchOf(settled, order.Order, [verdict], null));
        Assert.Equal(0, watchOf(settled, order.Order, [verdict], Scene.DigestOf(1)));
        // Twice in one batch, and in two that are on their way.
        var entry = new BatchEntry(settled, TypedData.StructHash(order.Order));
        var twice = new BatchWatch(Scene.Validator(), Scene.ChainTerms);
        twice.Follow(7, settled, order.Order, [verdict]);
        var doubled = SettlementBatch.Of(3, [entry, entry], Scene.Treasury).Batch;
        twice.Follow(8, new EscrowEvent.BatchCut(doubled, [7, 7], [], [], []), null, []);
        Assert.Empty(twice.ToSign);
        twice.Follow(9, new EscrowEvent.BatchCut(
            SettlementBatch.Of(3, [entry], Scene.Treasury).Batch, [7], [], [], []), null, []);
        Assert.Single(twice.ToSign);
        twice.Follow(10, new EscrowEvent.BatchCut(
            SettlementBatch.Of(4, [entry], Scene.Treasury).Batch, [7], [], [], []), null, []);
        Assert.Empty(twice.ToSign);
        Assert.Equal(0, watchOf(settled, order.Order, [Scene.DigestOf(1)], null));
        Assert.Equal(0, watchOf(settled, null, [verdict], null));
        Assert.Equal(0, watchOf(settled with { Settlement = settled.Settlement with { Payouts = [more] } },
            order.Order, [verdict], null));
        Assert.Equal(0, watchOf(settled with
        {
            Settlement = settled.Settlement with
            {
                Slashings = [new Slashing(more.Attempt, more.Provider, new Amount(1), Amount.Zero)],
            },
        }, order.Order, [verdict], null));
        Assert.Equal(0, watchOf(settled, (order with { Creator = Scene.Creator }).Order, [verdict], null));
    }

    /// <summary>Found by review: the sum with what is leaving left the numbers, and the book with it.</summary>
    [Fact]
    public void An_order_for_more_money_than_there_can_be_is_refused_by_a_book_that_somebody_is_leaving()
    {
        Fund();
        var held = Order(1);
        scene.Hold(held);
        scene.Chain.AskExit(Scene.Requester(), Purse);
        scene.Exchange();
        scene.Hold(Order(2) with { PriceLimit = new Amount(UInt128.MaxValue) });
        Assert.Equal(EscrowRefusal.OverLimit, scene.LogOf<EscrowEvent.HoldRefused>().Single().Reason);
    }

    /// <summary>Found by review: what the chain took from the one and the book from the other became free.</summary>
    [Fact]
    public void Stake_that_begins_to_leave_between_the_slash_here_and_the_slash_there_makes_no_money()
    {
        Fund();
        scene.Settle(Order(1), 0, result: 666);
        scene.Chain.BeginUnstake(Scene.Provider(), new Amount(3_000_000));
        scene.Exchange();
        scene.ComeToRest();
        scene.Chain.FinishUnstake(Scene.Provider());
        scene.Exchange();
        scene.RequireEqual();
    }

    /// <summary>Found by review: it headed every batch from then on, and none was carried out.</summary>
    [Fact]
    public void What_the_chain_cannot_cover_waits_by_itself_and_holds_nobody_up()
    {
        Fund();
        scene.Chain.Deposit(Scene.Requester(1), Purse);
        scene.Exchange();
        OrderBuilder[] orders = [Order(1), .. Enumerable.Range(2, 5).Select(key =>
            Order((ulong)key) with { Requester = Scene.Requester(1) })];
        foreach (var order in orders) scene.Hold(order);
        foreach (var order in orders) scene.Judge(order, 0, 5, 3);
        foreach (var order in orders) scene.Post(order);
        // Whatever the reason: the money of the first is not there.
        scene.Chain.Balances.Remove(Scene.Requester());
        scene.Pass(Duration.Seconds(100));
        scene.Call(Scene.Stranger, new EscrowCall.Settle([.. orders.Select(order => order.Id)]));
        for (var count = 0; count < 200 && scene.ChainBook.WaitingCount != 1; count++) scene.Pass(Duration.Seconds(10));
        for (var count = 0; count < 60; count++) scene.Pass(Duration.Seconds(10));
        scene.Book.RequireReplayable();
        var paid = scene.LogOf<EscrowEvent.TaskSettled>().Where(done => done.Settlement.Requester == Scene.Requester(1))
            .Sum(done => (long)(done.Settlement.Held - done.Settlement.Refund).Units);
        Assert.Equal(Purse.Units - (UInt128)paid, scene.Chain.Balances[Scene.Requester(1)].Units);
        scene.Chain.Balances[Scene.Requester()] = Purse;
        scene.ComeToRest();
        scene.RequireEqual();
    }

    /// <summary>Found by review: what it holds was in a later batch by then, and that ended the book.</summary>
    [Fact]
    public void A_replaced_batch_that_is_posted_after_the_next_number_was_cut_takes_its_tasks_back()
    {
        Fund();
        var orders = (OrderBuilder[])[Order(1), Order(2)];
        foreach (var order in orders) scene.Hold(order);
        foreach (var order in orders) scene.Judge(order, 0, 5, 3);
        scene.Down.UnionWith([0, 1, 2]);
        foreach (var order in orders) scene.Post(order);
        scene.Pass(Duration.Seconds(100));
        scene.Call(Scene.Stranger, new EscrowCall.Settle([.. orders.Select(order => order.Id)]));
        while (!scene.ChainBook.Open.Any()) scene.Pass(Duration.Seconds(1));
        var whole = scene.ChainBook.Open.Single();
        scene.Pass(Duration.Seconds(81));
        scene.IsHalted = true;
        scene.Down.Clear();
        while (scene.ChainBook.Open.Count() < 2) scene.Pass(Duration.Seconds(1));
        var digest = TypedData.Digest(Scene.ChainTerms.Domain, whole.Batch);
        var votes = Scene.ChainTerms.Validators.Take(2)
            .Select(validator => new VoteSignature(validator, Scene.Keys.Sign(validator, digest)));
        Assert.Equal(EscrowRefusal.None, scene.Chain.Post(new SignedBatch(whole.Batch, [.. votes])));
        scene.IsHalted = false;
        scene.Exchange();
        Assert.Equal(whole.Batch, scene.ChainBook.Open.Single().Batch);
        scene.Book.RequireReplayable();
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Equal(1, scene.Chain.SettledCount);
    }

    [Fact]
    public void A_claim_of_a_task_that_is_not_settled_yet_frees_what_is_held_for_it_and_ends_it()
    {
        Fund();
        var order = Order(1);
        scene.Hold(order);
        scene.Judge(order, 0, 5, 3);
        Assert.True(scene.Chain.PayClaim(ClaimOf(order, 600)));
        scene.Exchange();
        Assert.Empty(scene.Escrow.OpenHolds);
        Assert.Single(scene.LogOf<EscrowEvent.HoldExpired>());
        // It is over in the book too: its verdict comes too late.
        scene.Post(order);
        Assert.Empty(scene.LogOf<EscrowEvent.VerdictPosted>());
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Equal(Purse - new Amount(600), scene.Chain.Balances[Scene.Requester()]);
        Assert.Equal(0UL, scene.Chain.NextNumber);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_claim_of_a_task_that_waits_for_a_batch_takes_its_place(bool isSame)
    {
        Fund();
        var order = Order(1);
        scene.Settle(order, 0);
        var settlement = scene.LogOf<EscrowEvent.TaskSettled>().Single().Settlement;
        Assert.True(scene.Chain.PayClaim(isSame ? settlement : ClaimOf(order, 600)));
        scene.Exchange();
        Assert.Single(scene.LogOf<EscrowEvent.EntryDropped>());
        scene.Settle(Order(2), 1);
        scene.Book.RequireReplayable();
        scene.ComeToRest();
        scene.RequireEqual();
        Assert.Single(scene.LogOf<EscrowEvent.BatchCut>().Last().Tasks, Order(2).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_claim_of_a_task_in_a_batch_counts_with_the_batch_unless_that_is_voided(bool isVoided)
    {
        Fund();
        var order = Order(1);
        scene.Settle(order, 0);
        while (scene.Chain.Pending.Count == 0) scene.Pass(Duration.Seconds(1));
        var settlement = scene.LogOf<EscrowEvent.TaskSettled>().Single().Settlement;
        Assert.True(scene.Chain.PayClaim(settlement));
        scene.Exchange();
        if (isVoided) scene.Chain.Void(0);
        scene.Book.RestartFromSnapshot();
        scene.ComeToRest();
        scene.RequireEqual();
        var paid = settlement.Held - settlement.Refund;
        Assert.Equal(isVoided ? Purse - paid : Purse - paid - paid, scene.Chain.Balances[Scene.Requester()]);
        Assert.Equal(isVoided ? 0 : 1, scene.Chain.SettledCount);
    }

    [Fact]
    public void What_a_claim_takes_beyond_what_is_free_is_missing_until_its_owner_makes_it_good()
    {
        Fund();
        var order = Order(1);
        scene.Settle(order, 0);
        var held = Order(2) with
        {
            PriceLimit = Purse - new Amount(5_000),
            Deadline = Scene.Start + Duration.Seconds(1_000),
        };
        scene.Hold(held);
        // Of a task that this book has never seen.
        Assert.True(scene.Chain.PayClaim(ClaimOf(Order(3), 20_000)));
        scene.Exchange();
        var missing = scene.Escrow.Ledger.BalanceOf(Account.Missing(Scene.Requester()));
        Assert.InRange((ulong)missing.Units, 1UL, 20_000UL);
        scene.Escrow.Ledger.RequireConserved();
        scene.Book.RestartFromSnapshot();
        Assert.Equal(missing, scene.Escrow.Ledger.BalanceOf(Account.Missing(Scene.Requester())));
        scene.Chain.Deposit(Scene.Requester(), missing);
        scene.Exchange();
        scene.Pass(Duration.Seconds(3_000));
        scene.Call(Scene.Stranger, new EscrowCall.ExpireHold(held.Id));
        scene.ComeToRest();
        scene.RequireEqual();
    }

    [Fact]
    public void Stake_that_was_slashed_for_a_task_on_the_chain_is_gone_from_the_book_too()
    {
        Fund();
        scene.Chain.BeginUnstake(Scene.Provider(), new Amount(1_000));
        scene.Chain.SlashAlone(Scene.Provider(), new Amount(3_000));
        scene.Exchange();
        scene.RequireEqual();
        Assert.Equal(new EscrowEvent.SlashedAlone(Scene.Provider(), new Amount(1_000), new Amount(4_997_000)),
            scene.LogOf<EscrowEvent.SlashedAlone>().Single());
        // A slash of the book is on its way when the chain takes all: there it finds nothing, and waits.
        scene.Settle(Order(1), 0, result: 666);
        scene.Chain.SlashAlone(Scene.Provider(), new Amount(9_000_000));
        scene.Exchange();
        scene.Escrow.Ledger.RequireConserved();
        Assert.Equal(Amount.Zero, scene.Escrow.StakeOf(Scene.Provider()));
    }

    private static Stun.Protocol.Settlement ClaimOf(OrderBuilder order, ulong pay) => new(
        order.Id, Outcome.Complete, order.Requester, order.PriceLimit, order.PriceLimit - new Amount(pay),
        Amount.Zero, Address.Zero, Amount.Zero,
        [new Payout(new AttemptId(1), Scene.Provider(1), new Amount(pay))], []);

    internal static OrderBuilder Order(ulong key) => new()
    {
        Key = key,
        Deadline = Scene.Start + Duration.Seconds(50_000),
    };

    private void Fund()
    {
        scene.Chain.Deposit(Scene.Requester(), Purse);
        for (var index = 0; index < 2; index++) scene.Chain.Stake(Scene.Provider(index), new Amount(5_000_000));
        scene.Chain.Now += Duration.Seconds(1);
        scene.Exchange();
        Assert.Equal(Purse, scene.Escrow.Ledger.BalanceOf(Account.Available(Scene.Requester())));
    }
}
