using Stun.Engine.Settlement;

namespace Stun.Tests.Scenes;

/// <summary>A real escrow with its log, a clock, and callers whose nonces rise by themselves.</summary>
internal sealed class Bank(NetworkTerms terms)
{
    private ulong nonce;

    public Escrow Escrow { get; } = new(terms, Scene.Keys.Check);

    public List<(Instant At, EscrowEvent Event)> Log { get; } = [];

    public Instant Now { get; set; } = Scene.Start;

    /// <summary>All balances together never change but by what comes in and goes out; checked at each call.</summary>
    public EscrowRefusal Call(Address caller, EscrowCall call)
    {
        List<EscrowEvent> fresh = [];
        var refusal = Escrow.Execute(Now, caller, call, fresh);
        foreach (var happened in fresh) Log.Add((Now, happened));
        Escrow.Ledger.RequireConserved();
        return refusal;
    }

    public ulong NextNonce() => ++nonce;

    public void Fund(Address owner, Amount amount) =>
        Assert.Equal(EscrowRefusal.None, Call(owner, new EscrowCall.Deposit(NextNonce(), amount)));

    public void Stake(Address provider, Amount amount)
    {
        Fund(provider, amount);
        Assert.Equal(EscrowRefusal.None, Call(provider, new EscrowCall.AddStake(NextNonce(), amount)));
    }

    public EscrowRefusal BeginUnstake(Address provider, Amount amount) =>
        Call(provider, new EscrowCall.BeginUnstake(NextNonce(), amount));

    public EscrowRefusal FinishUnstake(Address provider) =>
        Call(provider, new EscrowCall.FinishUnstake(NextNonce()));

    /// <summary>Gives the requester what the order may cost, and holds it.</summary>
    public TaskId Hold(OrderBuilder order)
    {
        Fund(order.Requester, order.PriceLimit);
        Assert.Equal(EscrowRefusal.None, Call(Scene.Stranger, new EscrowCall.HoldFunds(order.Signed)));
        return order.Id;
    }

    public EscrowRefusal Post(params SignedVerdict[] verdicts)
    {
        Digest[] leaves = [.. verdicts.Select(signed => TypedData.Digest(terms.Domain, signed.Verdict))];
        return Call(Scene.Scheduler, new EscrowCall.PostBatch(MerkleTree.Root(leaves), [.. verdicts]));
    }

    public EscrowRefusal Settle(TaskId task) => Call(Scene.Stranger, new EscrowCall.Settle([task]));

    public EscrowRefusal Dispute(Address caller, TaskId task, ushort round = 0) =>
        Call(caller, new EscrowCall.OpenDispute(task, round));

    public EscrowRefusal Expire(TaskId task) => Call(Scene.Stranger, new EscrowCall.ExpireHold(task));

    public void PassWindow(OrderBuilder order) => Now += terms.DisputeWindow + (order.RunTimeMax * 2);

    public Amount Of(Account account) => Escrow.Ledger.BalanceOf(account);

    public Amount Available(Address owner) => Of(Account.Available(owner));

    public ulong Digest()
    {
        var digest = new StateDigest();
        Escrow.DigestState(digest);
        return digest.Value;
    }

    public IEnumerable<T> LogOf<T>() where T : EscrowEvent => Log.Select(entry => entry.Event).OfType<T>();
}
