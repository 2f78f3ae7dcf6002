using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Engine.Settlement;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using Stun.Node.Money;
using Stun.Node.Money.Watch;
using Stun.Node.Storage;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>What a node does by itself when somebody turns to the contracts past it.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("challenge")]
    [InlineData("demand")]
    [InlineData("contest")]
    public async Task A_challenge_of_the_books_own_batch_is_answered_and_the_batch_settled(string means)
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync();
        await using var stranger = await StrangerAsync(node);
        foreach (var word in (string[])["one", "two", "three"]) await node.RunTaskAsync(word);
        var posted = (await EventsAsync<Contract.Event.BatchPosted>(node, 1))[^1];
        var batch = new ReadModelQueries(node.Database).Batch(posted.Number, 0)!;
        var there = new Court.Posted(posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt);
        await stranger.SendAsync(node.Network.Money!.Access.Court, means switch
        {
            "challenge" => Court.Calls.Challenge(there, 0, batch.Lines[0], [.. MerkleTree.Prove(batch.Lines.Span, 0)]),
            "demand" => Court.Calls.Demand(there, posted.Tasks - 1),
            _ => Court.Calls.Contest(there),
        });
        var answered = (await EventsAsync<Court.Event.BatchAnswered>(node, 1))[0];
        Assert.Equal((posted.Number, node.Network.Money!.Access.Sender.Address), (answered.Number, answered.By));
        // The stranger's bond went to who answered and to the treasury, here the same.
        var bond = means == "contest" ? NetworkPlan.Coin * 100 : NetworkPlan.Coin * 10;
        Assert.Equal(bond, (UInt128)await AskAsync(node, Contract.Calls.Claimable(node.Network.Terms.Treasury)));
    }

    [Fact]
    public async Task A_claim_of_what_a_batch_contains_is_refuted_and_nothing_is_paid_twice()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync();
        await using var stranger = await StrangerAsync(node);
        var task = await node.RunTaskAsync("work");
        await EventsAsync<Contract.Event.BatchPosted>(node, 1);
        await stranger.SendAsync(node.Network.Money!.Access.TaskEscrow, ClaimOf(node, task).Claim);
        var refuted = (await EventsAsync<TaskEscrow.Event.ClaimRefuted>(node, 1))[0];
        Assert.Equal(task, refuted.Task.ToString());
    }

    /// <summary>The book of this network is slow to bring its tasks to the chain; a provider does not wait.</summary>
    [Fact]
    public async Task A_claim_that_was_paid_is_in_the_book_as_on_the_chain_and_in_no_batch()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync(Duration.Seconds(3_000));
        await using var stranger = await StrangerAsync(node);
        var money = node.Network.Money!;
        var task = await node.RunTaskAsync("work");
        var (claim, pay) = ClaimOf(node, task);
        await stranger.SendAsync(money.Access.TaskEscrow, claim);
        var claimed = (await EventsAsync<TaskEscrow.Event.Claimed>(node, 1))[0];
        using (var powers = new LocalChainPowers(money.Address))
            await powers.SkipToAsync((ulong)(UInt128)claimed.PayableAt + 1);
        await stranger.SendAsync(money.Access.TaskEscrow, pay);
        var book = await LocalMoneyTests.RestAsync(node);
        await LocalMoneyTests.RequireEqualAsync(node, book);
        Assert.Contains(await LogAsync(node), happened => happened is EscrowEvent.EntryDropped);
        Assert.Empty(await EventsAsync<Contract.Event.BatchPosted>(node, 0));
    }

    [Fact]
    public async Task A_batch_that_stolen_keys_have_signed_is_contested_and_voided_without_anybodys_help()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync();
        await using var thief = await StrangerAsync(node);
        var money = node.Network.Money!;
        var requester = node.Network.Requester.Address;
        var before = await AskAsync(node, Contract.Calls.BalanceOf(requester));
        var bogus = new ChainBatch(0, new Digest(1, 2, 3, 4), 5, new Digest(6, 7, 8, 9));
        await PostAsync(node, thief, bogus);
        var contested = (await EventsAsync<Court.Event.BatchChallenged>(node, 1))[0];
        Assert.Equal((0UL, (byte)3), (contested.Number, contested.Kind));
        using (var powers = new LocalChainPowers(money.Address)) await powers.SkipToAsync(contested.AnswerBy + 1);
        Assert.Equal(0UL, (await EventsAsync<Contract.Event.BatchVoided>(node, 1))[0].Number);
        Assert.Equal(before, await AskAsync(node, Contract.Calls.BalanceOf(requester)));
        // The next batch is the book's again.
        await node.RunTaskAsync("work");
        Assert.Equal(1UL, (await EventsAsync<Contract.Event.BatchPosted>(node, 2))[^1].Number);
    }

    /// <summary>Found by review: after some hundred blocks a later life did not know of the batch any more.</summary>
    [Fact]
    public async Task A_batch_that_was_posted_in_an_earlier_life_is_defended_in_the_next()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        string directory;
        await using (var first = await StartAsync())
        {
            directory = first.Directory;
            await first.RunTaskAsync("work");
            await EventsAsync<Contract.Event.BatchPosted>(first, 1);
            await MineAsync(first, 700);
            var cursor = Path.Combine(directory, "watch");
            for (var until = Environment.TickCount64 + 10_000; !File.Exists(cursor) && Environment.TickCount64 < until;)
                await Task.Delay(50);
            Assert.True(File.Exists(cursor));
        }
        await using var node = await StartAsync(directory: directory);
        await using var stranger = await StrangerAsync(node);
        var posted = (await EventsAsync<Contract.Event.BatchPosted>(node, 1))[0];
        await stranger.SendAsync(node.Network.Money!.Access.Court, Court.Calls.Demand(
            new Court.Posted(posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt), 0));
        Assert.Equal(posted.Number, (await EventsAsync<Court.Event.BatchAnswered>(node, 1))[0].Number);
    }

    /// <summary>Found by review: who challenged himself and answered with a real line was never contested.</summary>
    [Fact]
    public async Task A_thief_who_answers_his_own_challenge_has_his_moves_contested_all_the_same()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync(Duration.Seconds(3_000));
        await using var thief = await StrangerAsync(node);
        var court = node.Network.Money!.Access.Court;
        Assert.True(FormReader.TryTaskId(await node.RunTaskAsync("work"), out var task));
        var queries = new ReadModelQueries(node.Database);
        var line = new JudgedLine(0, task, queries.FindTask(task)!.Order, queries.Verdict(task)!.Verdict!);
        var bogus = new ChainBatch(0, MerkleTree.Root([line.Hash]), 1, new Digest(6, 7, 8, 9));
        await PostAsync(node, thief, bogus);
        var posted = (await EventsAsync<Contract.Event.BatchPosted>(node, 1))[0];
        var there = new Court.Posted(posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt);
        await thief.SendAsync(court, Court.Calls.Demand(there, 0));
        var opened = (await EventsAsync<Court.Event.BatchChallenged>(node, 1))[0];
        await thief.SendAsync(court, Court.Calls.AnswerDemand(
            there, new Court.Challenge(
                opened.Kind, opened.Challenger, opened.Bond, opened.Index, opened.Line, opened.AnswerBy),
            CourtForms.Judged(line), []));
        Assert.Equal((byte)3, (await EventsAsync<Court.Event.BatchChallenged>(node, 2))[^1].Kind);
    }

    [Fact]
    public async Task A_claim_is_refuted_for_good_when_the_batch_is_settled_and_not_before_if_there_is_time()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync(refuteBefore: TimeSpan.FromDays(2));
        await using var stranger = await StrangerAsync(node);
        var money = node.Network.Money!;
        var task = await node.RunTaskAsync("work");
        var posted = (await EventsAsync<Contract.Event.BatchPosted>(node, 1))[0];
        await stranger.SendAsync(money.Access.TaskEscrow, ClaimOf(node, task).Claim);
        await Task.Delay(1_500);
        Assert.Empty(await EventsAsync<TaskEscrow.Event.ClaimRefuted>(node, 0));
        using (var powers = new LocalChainPowers(money.Address)) await powers.SkipToAsync(posted.PayableAt + 1);
        var batch = new ReadModelQueries(node.Database).Batch(posted.Number, 0)!;
        await stranger.SendAsync(money.Access.Escrow, Contract.Calls.Settle(
            new Contract.Posted(posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt),
            CourtForms.Moves(batch)));
        await EventsAsync<TaskEscrow.Event.ClaimRefuted>(node, 1);
        var again = await Assert.ThrowsAsync<ChainException>(() =>
            stranger.SendAsync(money.Access.TaskEscrow, ClaimOf(node, task).Claim));
        Assert.Equal("chain.reverted", again.Code);
    }

    /// <summary>In the first life the watch looks away: a claim is paid while a batch with the task is pending.
    /// </summary>
    [Fact]
    public async Task A_batch_that_would_pay_again_what_a_claim_has_paid_is_voided_and_the_book_is_equal()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        string directory;
        await using (var first = await StartAsync(Duration.Seconds(6), every: TimeSpan.FromHours(1)))
        {
            directory = first.Directory;
            await using var stranger = await StrangerAsync(first);
            var money = first.Network.Money!;
            var (claim, pay) = ClaimOf(first, await first.RunTaskAsync("work"));
            await stranger.SendAsync(money.Access.TaskEscrow, claim);
            var claimed = (await EventsAsync<TaskEscrow.Event.Claimed>(first, 1))[0];
            using (var powers = new LocalChainPowers(money.Address))
                await powers.SkipToAsync((ulong)(UInt128)claimed.PayableAt + 1);
            await EventsAsync<Contract.Event.BatchPosted>(first, 1);
            await stranger.SendAsync(money.Access.TaskEscrow, pay);
        }
        await using var node = await StartAsync(directory: directory);
        Assert.Equal(0UL, (await EventsAsync<Contract.Event.BatchVoided>(node, 1))[0].Number);
        await LocalMoneyTests.RequireEqualAsync(node, await LocalMoneyTests.RestAsync(node));
    }

    /// <summary>The requester hands the order of a task that the book settles in at the contract as well.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Money_for_a_task_that_a_batch_contains_goes_back_before_it_is_paid_a_second_time(bool isDisputed)
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await StartAsync(
            refuteBefore: isDisputed ? TimeSpan.Zero : TimeSpan.FromDays(30));
        var money = node.Network.Money!;
        await using var requester = await WithCoinsAsync(node, node.Network.Requester);
        var (order, verdict, _, votes) = FormsOf(node, await node.RunTaskAsync("work"));
        await EventsAsync<Contract.Event.BatchPosted>(node, 1);
        await requester.SendAsync(money.Access.TaskEscrow, TaskEscrow.Calls.SubmitTask(order, default));
        await requester.SendAsync(money.Access.TaskEscrow, TaskEscrow.Calls.CompleteTask(order, verdict, votes, []));
        if (isDisputed)
        {
            await Task.Delay(1_500);
            Assert.Empty(await EventsAsync<TaskEscrow.Event.TaskReturned>(node, 0));
            await requester.SendAsync(money.Access.TaskEscrow, TaskEscrow.Calls.Dispute(order, verdict.Round));
        }
        var returned = (await EventsAsync<TaskEscrow.Event.TaskReturned>(node, 1))[0];
        Assert.Equal((verdict.Task, order.PriceLimit), (returned.Task, returned.Refund));
        Assert.Empty(await EventsAsync<TaskEscrow.Event.TaskSettled>(node, 0));
    }

    private static async Task PostAsync(LiveNode node, Stranger thief, ChainBatch batch)
    {
        using var validator = OpenKey(node, "validator-0");
        ValueList<byte> signature =
            [.. SignatureBytes.Compact(validator.Sign(TypedData.Digest(node.Network.Terms.Domain, batch)))];
        await thief.SendAsync(node.Network.Money!.Access.Escrow, Contract.Calls.Post(
            new Contract.Batch(batch.Number, batch.Root, batch.Tasks, batch.Moves), signature));
    }

    private static async Task MineAsync(LiveNode node, int blocks)
    {
        using var http = new HttpClient { BaseAddress = node.Network.Money!.Address };
        using var body = new StringContent(
            $$"""{"jsonrpc":"2.0","id":1,"method":"anvil_mine","params":["0x{{blocks:x}}"]}""",
            System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static Task<LiveNode> StartAsync(
        Duration? batchEvery = null, TimeSpan? refuteBefore = null, string? directory = null,
        TimeSpan? every = null) =>
        LiveNode.StartAsync(directory: directory, hasChain: true, change: options => options with
        {
            SkipsWindows = false,
            BatchEvery = batchEvery ?? options.BatchEvery,
            Watch = new WatchOptions(
                TimeSpan.FromSeconds(1), every ?? TimeSpan.FromMilliseconds(100),
                refuteBefore ?? TimeSpan.FromDays(30)),
        });

    private static (byte[] Claim, byte[] Pay) ClaimOf(LiveNode node, string id)
    {
        var (order, verdict, signature, votes) = FormsOf(node, id);
        return (TaskEscrow.Calls.Claim(order, signature, verdict, votes), TaskEscrow.Calls.PayClaim(order, verdict));
    }

    private static (TaskEscrow.TaskOrder Order, TaskEscrow.Verdict Verdict, ValueList<byte> Signature,
        ValueList<byte> Votes) FormsOf(LiveNode node, string id)
    {
        Assert.True(FormReader.TryTaskId(id, out var task));
        var queries = new ReadModelQueries(node.Database);
        var (order, signed) = (queries.FindTask(task)!.Order, queries.Verdict(task)!.Verdict!);
        var verdict = signed.Verdict;
        var orderForm = new TaskEscrow.TaskOrder(
            order.Order.Requester, order.Order.IdempotencyKey, TypedData.SpecDigest(order.Order.Spec),
            (ulong)order.Order.RunTimeMax.Micros, order.Order.PriceLimit.Units, (ulong)order.Order.Deadline.Micros,
            (byte)order.Order.Priority, order.Order.ModelCreator, order.Order.Home.Code);
        var verdictForm = new TaskEscrow.Verdict(
            verdict.Task, verdict.Round, (byte)verdict.Outcome, verdict.Result,
            [
                .. verdict.Findings.Select(finding => new TaskEscrow.Finding(
                    finding.Attempt.Value, finding.Provider, (byte)finding.Judgement, finding.Pay.Units)),
            ], verdict.CheatPassPpb);
        ValueList<byte> votes =
            [.. signed.Signatures.SelectMany(vote => SignatureBytes.Compact(vote.Signature))];
        return (orderForm, verdictForm, [.. SignatureBytes.Compact(order.Signature)], votes);
    }

    private static EvmKey OpenKey(LiveNode node, string name)
    {
        using var password = Stun.Node.Keys.Password.FromFile(Path.Combine(node.Directory, "password"));
        return new Stun.Node.Keys.Keystore(Path.Combine(node.Directory, "keys")).Open(name, password);
    }

    private static async Task<UInt256> AskAsync(LiveNode node, byte[] call) => Contract.Answers.Claimable(
        await node.Network.Money!.Rpc.CallAsync(new CallRequest(node.Network.Money.Access.Escrow, call)));

    private static Task<List<EscrowEvent>> LogAsync(LiveNode node) => node.Process.Pump.VisitAsync(() =>
        ((EscrowMachine)node.Process.Pump.Find(node.Network.Terms.Book)!.Machine).Log.ToList());

    /// <summary>Waits until there are so many of this kind.</summary>
    private static async Task<List<T>> EventsAsync<T>(LiveNode node, int count) where T : class
    {
        var access = node.Network.Money!.Access;
        var filter = LogFilter.Of(access.Escrow, access.Court, access.TaskEscrow);
        for (var until = Environment.TickCount64 + Within.TotalMilliseconds; ;)
        {
            var logs = await access.Rpc.GetLogsAsync(filter, 0, await access.Rpc.GetBlockNumberAsync());
            var found = logs.Select(log => Read(access, log)).OfType<T>().ToList();
            if (found.Count >= count) return found;
            if (Environment.TickCount64 > until)
                throw new InvalidOperationException($"There are {found.Count} of {typeof(T)} and not {count}; last: "
                    + string.Join(", ", logs.Select(log => Read(access, log)).TakeLast(5)));
            await Task.Delay(50);
        }
    }

    private static object? Read(ChainAccess access, EvmLog log)
    {
        var text = log.ToAbi();
        return log.Address == access.Escrow ? Contract.Event.TryDecode(text)
            : log.Address == access.Court ? Court.Event.TryDecode(text)
            : TaskEscrow.Event.TryDecode(text);
    }

    private static Task<Stranger> StrangerAsync(LiveNode node) => WithCoinsAsync(node, EvmKey.Generate());

    private static async Task<Stranger> WithCoinsAsync(LiveNode node, EvmKey key)
    {
        var money = node.Network.Money!;
        using (var powers = new LocalChainPowers(money.Address))
            await powers.GiveAsync(key.Address, new Amount(NetworkPlan.Coin * 100));
        await money.FundAsync(key.Address, new Amount(NetworkPlan.Coin * 100), CancellationToken.None);
        var stranger = new Stranger(
            key, await TransactionSender.OpenAsync(money.Rpc, key, EvmNetwork.Local, new MemorySendingJournal()));
        await stranger.SendAsync(money.Contracts[ContractNames.Token].Address,
            StunToken.Calls.Approve(money.Access.Escrow, NetworkPlan.Coin * 100));
        return stranger;
    }

    /// <summary>Somebody with coins, and no part in the network.</summary>
    private sealed class Stranger(EvmKey key, TransactionSender sender) : IAsyncDisposable
    {
        public async Task SendAsync(Address to, byte[] call)
        {
            var receipt = await sender.SendAsync(new TransactionRequest(to, call));
            Assert.True(receipt.Succeeded);
        }

        public async ValueTask DisposeAsync()
        {
            await sender.DisposeAsync();
            key.Dispose();
        }
    }
}
