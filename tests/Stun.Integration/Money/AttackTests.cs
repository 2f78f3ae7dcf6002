using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Engine.Settlement;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>What validators can do who are too few, or whose keys somebody else has.</summary>
public sealed class AttackTests
{
    private static readonly BookSceneOptions Slow = new()
    {
        BlockEvery = TimeSpan.FromMilliseconds(40),
        WindowSeconds = 3_600,
    };

    [Fact]
    public async Task Fewer_validators_than_the_quorum_bring_nothing_to_the_chain()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var scene = await BookScene.StartAsync(Slow);
        using var stranger = EvmKey.Generate();
        var bogus = Bogus(scene, 0, stranger.Address).Batch;
        Assert.IsType<Contract.Error.TooFewSignatures>(await RefusalAsync(scene, stranger, bogus));
        Assert.IsType<Contract.Error.TooFewSignatures>(
            await RefusalAsync(scene, stranger, bogus, scene.Validators[0]));
        var strange = Assert.IsType<Contract.Error.NotAValidator>(
            await RefusalAsync(scene, stranger, bogus, scene.Validators[0], stranger));
        Assert.Equal(stranger.Address, strange.Signer);
        Assert.IsType<Contract.Error.ValidatorsNotRising>(
            await RefusalAsync(scene, stranger, bogus, scene.Validators[0], scene.Validators[0]));
        // Two that have signed something else.
        var other = bogus with { Number = 1 };
        Assert.IsType<Contract.Error.NotAValidator>(await RefusalAsync(
            scene, stranger, bogus, Signatures(scene, other, scene.Validators[0], scene.Validators[1])));
        Assert.DoesNotContain(await scene.EventsAsync(), happened => happened is Contract.Event.BatchPosted);
        scene.AddTask();
        await scene.RestAsync();
        await scene.RequireEqualAsync();
    }

    [Theory]
    [InlineData("challenge")]
    [InlineData("demand")]
    [InlineData("contest")]
    public async Task What_a_quorum_of_stolen_keys_posts_anybody_has_voided_and_no_money_moves(string means)
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var scene = await BookScene.StartAsync(Slow);
        scene.AddTask();
        await scene.RestAsync();
        using var thief = EvmKey.Generate();
        using var anybody = EvmKey.Generate();
        var victim = scene.Requesters[0].Address;
        var before = await scene.Chain.AskAsync(scene.Chain.Escrow, Contract.Calls.BalanceOf(victim));
        var bogus = Bogus(scene, 1, thief.Address, before);
        await scene.Chain.SendAsync(thief, scene.Chain.Escrow, Contract.Calls.Post(
            bogus.Batch, Signatures(scene, bogus.Batch, scene.Validators[0], scene.Validators[2])));
        await scene.UntilAsync(() => scene.Node.Book.Log.Contains(new EscrowEvent.BatchVoided(1)),
            "the book says that this batch is not its own");
        var posted = PostedOf((await scene.EventsAsync()).OfType<Contract.Event.BatchPosted>().Last());
        var opened = await ChallengeAsync(scene, anybody, posted, means);
        // What the honest ones settle meanwhile waits behind it, and comes when it is gone.
        scene.AddTask();
        await scene.UntilAsync(() => scene.Node.Book.Escrow.Chain!.Open.Any(batch => batch.Batch.Number == 2
            && batch.Phase == BatchPhase.Posted), "the next batch is posted");
        await scene.Chain.SkipToAsync(posted.PayableAt + 1);
        var settle = Contract.Calls.Settle(posted, [.. bogus.Moves]);
        Assert.IsType<Contract.Error.BatchUnknown>(await RefusalAsync(scene, thief, scene.Chain.Escrow, settle));
        await scene.Chain.SkipToAsync(opened.AnswerBy + 1);
        await scene.Chain.SendAsync(anybody, scene.Chain.Court, Court.Calls.VoidBatch(
            new Court.Posted(posted.Number, posted.Root, posted.Tasks, posted.Moves, posted.PayableAt),
            new Court.Challenge(
                opened.Kind, opened.Challenger, opened.Bond, opened.Index, opened.Line, opened.AnswerBy)));
        Assert.Contains(new Contract.Event.BatchVoided(1), await scene.EventsAsync());
        Assert.Equal(opened.Bond,
            await scene.Chain.AskAsync(scene.Chain.Escrow, Contract.Calls.Claimable(anybody.Address)));
        await scene.Chain.SendAsync(anybody, scene.Chain.Escrow, Contract.Calls.Withdraw());
        await scene.RestAsync();
        await scene.RequireEqualAsync();
        Assert.Equal(UInt128.Zero,
            await scene.Chain.AskAsync(scene.Chain.Escrow, Contract.Calls.BalanceOf(thief.Address)));
        Assert.Equal(before - 4_000,
            await scene.Chain.AskAsync(scene.Chain.Escrow, Contract.Calls.BalanceOf(victim)));
        Assert.Equal([0UL, 2UL], (await scene.EventsAsync())
            .OfType<Contract.Event.BatchSettled>().Select(settled => settled.Number));
    }

    /// <summary>All that the first requester has goes to somebody else, by a line of a task that never was.</summary>
    private static (Contract.Batch Batch, byte[] Moves) Bogus(
        BookScene scene, ulong number, Address to, UInt128? amount = null)
    {
        var all = new Amount(amount ?? 3_000_000);
        var settlement = new Settlement(
            new TaskId(1, 2), Outcome.Complete, scene.Requesters[0].Address, all, Amount.Zero, Amount.Zero,
            Address.Zero, Amount.Zero, [new Payout(new AttemptId(1), to, all)], []);
        var verdict = new Verdict(new TaskId(1, 2), 0, Outcome.Complete, default, [], 0);
        var made = SettlementBatch.Of(
            number, [new BatchEntry(new EscrowEvent.TaskSettled(settlement, verdict), new Digest(3, 3, 3, 3))],
            scene.Terms.Treasury);
        var moves = new byte[made.Moves.Count * Digest.Size];
        for (var at = 0; at < made.Moves.Count; at++) made.Moves[at].Write(moves.AsSpan(at * Digest.Size));
        return (new Contract.Batch(number, made.Batch.Root, made.Batch.Tasks, made.Batch.Moves), moves);
    }

    private static async Task<Court.Event.BatchChallenged> ChallengeAsync(
        BookScene scene, EvmKey who, Contract.Posted batch, string means)
    {
        var bond = new Amount(NetworkPlan.Coin * (means == "contest" ? 100U : 10U));
        await scene.Chain.SendAsync(
            scene.Treasury, scene.Chain.Token, StunToken.Calls.Transfer(who.Address, bond));
        await scene.Chain.SendAsync(who, scene.Chain.Token, StunToken.Calls.Approve(scene.Chain.Escrow, bond));
        var posted = new Court.Posted(batch.Number, batch.Root, batch.Tasks, batch.Moves, batch.PayableAt);
        var line = TypedData.LineOf(new TaskId(1, 2), new Digest(3, 3, 3, 3),
            TypedData.StructHash(new Verdict(new TaskId(1, 2), 0, Outcome.Complete, default, [], 0)));
        var receipt = await scene.Chain.SendAsync(who, scene.Chain.Court, means switch
        {
            "challenge" => Court.Calls.Challenge(posted, 0, line, []),
            "demand" => Court.Calls.Demand(posted, 0),
            _ => Court.Calls.Contest(posted),
        });
        return receipt.Logs.Where(log => log.Address == scene.Chain.Court)
            .Select(log => Court.Event.TryDecode(BookScene.Text(log))).OfType<Court.Event.BatchChallenged>().Single();
    }

    private static Contract.Posted PostedOf(Contract.Event.BatchPosted batch) =>
        new(batch.Number, batch.Root, batch.Tasks, batch.Moves, batch.PayableAt);

    private static ValueList<byte> Signatures(BookScene scene, Contract.Batch batch, params EvmKey[] keys)
    {
        var digest = TypedData.Digest(
            scene.Terms.Domain, new ChainBatch(batch.Number, batch.Root, batch.Tasks, batch.Moves));
        return [.. keys.OrderBy(key => key.Address).SelectMany(key => SignatureBytes.Compact(key.Sign(digest)))];
    }

    private static Task<Contract.Error?> RefusalAsync(
        BookScene scene, EvmKey who, Contract.Batch batch, params EvmKey[] keys) =>
        RefusalAsync(scene, who, batch, Signatures(scene, batch, keys));

    private static Task<Contract.Error?> RefusalAsync(
        BookScene scene, EvmKey who, Contract.Batch batch, ValueList<byte> signatures) =>
        RefusalAsync(scene, who, scene.Chain.Escrow, Contract.Calls.Post(batch, signatures));

    private static async Task<Contract.Error?> RefusalAsync(BookScene scene, EvmKey who, Address to, byte[] call)
    {
        var refused = await Assert.ThrowsAsync<ChainException>(() => scene.Chain.SendAsync(who, to, call));
        Assert.Equal("chain.reverted", refused.Code);
        return Contract.Error.TryDecode(refused.RevertData.GetValueOrDefault().Span);
    }
}
