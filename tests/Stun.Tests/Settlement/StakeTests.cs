using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>Stakes, their way out, and what a fraud takes of both.</summary>
public sealed class StakeTests
{
    private static readonly OrderBuilder Order = new();
    private static readonly Address Provider = Scene.Provider();
    private readonly Bank bank = new(Scene.Terms);

    [Fact]
    public void A_stake_comes_out_only_after_the_unbonding_delay()
    {
        bank.Stake(Provider, new Amount(500));
        Assert.Equal(EscrowRefusal.InsufficientStake, bank.FinishUnstake(Provider));
        Assert.Equal(EscrowRefusal.InsufficientStake, bank.BeginUnstake(Provider, new Amount(501)));
        Assert.Equal(EscrowRefusal.None, bank.BeginUnstake(Provider, new Amount(300)));
        Assert.Equal(new Amount(200), bank.Escrow.StakeOf(Provider));
        Assert.Equal(new Amount(300), bank.Of(Account.Unbonding(Provider)));
        bank.Now += Scene.Terms.UnbondingDelay + new Duration(-1);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.FinishUnstake(Provider));
        bank.Now += new Duration(1);
        Assert.Equal(EscrowRefusal.None, bank.FinishUnstake(Provider));
        Assert.Equal(new Amount(300), bank.Available(Provider));
        Assert.Equal(EscrowRefusal.InsufficientStake, bank.FinishUnstake(Provider));
    }

    [Fact]
    public void Beginning_again_starts_the_delay_again()
    {
        bank.Stake(Provider, new Amount(500));
        bank.BeginUnstake(Provider, new Amount(100));
        bank.Now += Scene.Terms.UnbondingDelay + new Duration(-1);
        bank.BeginUnstake(Provider, new Amount(100));
        bank.Now += new Duration(1);
        Assert.Equal(EscrowRefusal.WindowOpen, bank.FinishUnstake(Provider));
    }

    [Fact]
    public void Nobody_stakes_or_withdraws_what_it_does_not_have()
    {
        bank.Fund(Provider, new Amount(100));
        Assert.Equal(EscrowRefusal.InsufficientFunds, bank.Call(
            Provider, new EscrowCall.AddStake(bank.NextNonce(), new Amount(101))));
        Assert.Equal(EscrowRefusal.InsufficientFunds, bank.Call(
            Provider, new EscrowCall.Withdraw(bank.NextNonce(), new Amount(101))));
        Assert.Equal(EscrowRefusal.InsufficientFunds, bank.Call(
            Scene.Stranger, new EscrowCall.Withdraw(bank.NextNonce(), new Amount(1))));
        Assert.Equal(EscrowRefusal.None, bank.Call(
            Provider, new EscrowCall.Withdraw(bank.NextNonce(), new Amount(100))));
        Assert.Equal(new Amount(100), bank.Escrow.Ledger.Withdrawn);
    }

    /// <summary>Whoever sees its fraud found out cannot carry its stake away: what leaves is slashed first.</summary>
    [Theory]
    [InlineData(3_000_000, 0, 1_000_000, 0)]
    [InlineData(3_000_000, 2_500_000, 500_000, 500_000)]
    [InlineData(3_000_000, 1_500_000, 1_000_000, 0)]
    [InlineData(3_000_000, 3_000_000, 0, 1_000_000)]
    [InlineData(1_200_000, 700_000, 0, 0)]
    public void A_slash_takes_what_is_unbonding_before_what_is_staked(
        ulong staked, ulong unbonding, ulong stakeLeft, ulong unbondingLeft)
    {
        bank.Stake(Provider, new Amount(staked));
        if (unbonding > 0) bank.BeginUnstake(Provider, new Amount(unbonding));
        var task = Slashed();
        Assert.Equal(new Amount(stakeLeft), bank.Of(Account.Stake(Provider)));
        Assert.Equal(new Amount(unbondingLeft), bank.Of(Account.Unbonding(Provider)));
        var settlement = Assert.Single(bank.LogOf<EscrowEvent.TaskSettled>()).Settlement;
        var slashing = Assert.Single(settlement.Slashings);
        var taken = Amount.Min(new Amount(staked), new Amount(2_000_000));
        Assert.Equal(taken, slashing.ToRequester + slashing.ToTreasury);
        Assert.Equal(new Amount(100_000), slashing.ToRequester);
        Assert.Equal(new Amount(stakeLeft), bank.LogOf<EscrowEvent.StakeChanged>().Last().Stake);
        Assert.Equal(task, settlement.Task);
    }

    [Fact]
    public void What_was_slashed_while_unbonding_does_not_come_out()
    {
        bank.Stake(Provider, new Amount(2_000_000));
        bank.BeginUnstake(Provider, new Amount(2_000_000));
        Slashed();
        bank.Now += Scene.Terms.UnbondingDelay;
        Assert.Equal(EscrowRefusal.None, bank.FinishUnstake(Provider));
        Assert.Equal(Amount.Zero, bank.Available(Provider));
    }

    private TaskId Slashed()
    {
        var task = bank.Hold(Order);
        var fraud = new VerdictBuilder(task) { Outcome = Outcome.Failed }.Fraud(Provider);
        Assert.Equal(EscrowRefusal.None, bank.Post(fraud.Signed));
        bank.PassWindow(Order);
        Assert.Equal(EscrowRefusal.None, bank.Settle(task));
        return task;
    }
}
