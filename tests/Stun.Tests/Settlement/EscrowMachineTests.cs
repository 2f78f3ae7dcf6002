using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>The escrow as a role: answers callers, tells its log, and is rebuilt from its journal.</summary>
public sealed class EscrowMachineTests
{
    private static readonly OrderBuilder Order = new();

    private readonly MachineHarness role =
        new(_ => new EscrowMachine(Scene.Terms, Scene.Keys.Check), Scene.Escrow);

    [Fact]
    public void A_follower_is_told_the_log_once_and_in_order_from_where_it_asks()
    {
        Call(new EscrowCall.Deposit(1, new Amount(5)));
        Call(new EscrowCall.Deposit(2, new Amount(6)));
        role.Forget();
        role.Tell(Scene.Scheduler, new Message.FollowEscrow(1));
        Call(new EscrowCall.Deposit(3, new Amount(7)));
        Assert.Equal([1UL, 2UL], Told(Scene.Scheduler).Select(logged => logged.Index));
        role.Tell(Scene.Scheduler, new Message.FollowEscrow(0));
        Assert.Equal([1UL, 2UL, 0UL, 1UL, 2UL], Told(Scene.Scheduler).Select(logged => logged.Index));
    }

    [Fact]
    public void A_follower_that_is_ahead_of_the_log_is_told_what_comes()
    {
        role.Tell(Scene.Scheduler, new Message.FollowEscrow(900));
        Call(new EscrowCall.Deposit(1, new Amount(5)));
        Assert.Equal(0UL, Assert.Single(Told(Scene.Scheduler)).Index);
    }

    [Fact]
    public void A_call_is_answered_with_its_number_and_only_what_changed_something_is_in_the_journal()
    {
        Call(new EscrowCall.Deposit(1, new Amount(5)), 41);
        var size = role.Journal.Length;
        Call(new EscrowCall.Deposit(1, new Amount(5)), 42);
        Call(new EscrowCall.Withdraw(2, new Amount(50)), 43);
        Assert.Equal(size, role.Journal.Length);
        Assert.Equal(
            [(41UL, EscrowRefusal.None), (42UL, EscrowRefusal.AlreadyDone), (43UL, EscrowRefusal.InsufficientFunds)],
            role.SentTo<Message.EscrowAnswered>(Order.Requester).Select(told => (told.Call, told.Refusal)));
        role.RequireReplayable();
    }

    [Fact]
    public void Any_calls_replayed_from_the_journal_give_the_same_escrow()
    {
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var machine = new MachineHarness(_ => new EscrowMachine(Scene.Terms, Scene.Keys.Check), Scene.Escrow);
            var calls = new RandomCalls(seed);
            for (var count = 0; count < 100; count++)
            {
                machine.Pass(calls.NextPause());
                var (caller, call) = calls.Next();
                machine.Tell(caller, new Message.CallEscrow((ulong)count, call));
            }
            var log = ((EscrowMachine)machine.Machine).Log.ToArray();
            machine.RequireReplayable();
            machine.Restart();
            Assert.Equal(log, ((EscrowMachine)machine.Machine).Log);
        }
    }

    [Fact]
    public void What_is_no_call_is_noted_and_changes_nothing()
    {
        role.Tell(Scene.Stranger, new Message.EndNoted(default));
        Assert.Equal(1, role.NoteCount(NoteKind.UnexpectedMessage));
        Assert.Empty(role.Sent);
    }

    /// <summary>Found by review: the sum of what a verdict pays was taken before anybody had signed it.</summary>
    [Fact]
    public void A_verdict_whose_sum_is_beyond_all_numbers_is_refused_and_ends_nothing()
    {
        Call(new EscrowCall.Deposit(1, Order.PriceLimit));
        Call(new EscrowCall.HoldFunds(Order.Signed));
        var most = new Amount(UInt128.MaxValue);
        var verdict = new VerdictBuilder(Order.Id).Pay(Scene.Provider(0), most).Pay(Scene.Provider(1), most).Verdict;
        var root = MerkleTree.Root([TypedData.Digest(Scene.Terms.Domain, verdict)]);
        Call(new EscrowCall.PostBatch(root, [Scene.Sign(verdict)]), 7);
        Assert.Equal(EscrowRefusal.OverLimit, role.SentOf<Message.EscrowAnswered>().Last().Refusal);
    }

    /// <summary>
    /// Found by review: sums of money beyond 128 bits, and times beyond 64, threw instead of being refused.
    /// </summary>
    [Fact]
    public void Deposits_beyond_all_the_money_there_is_are_refused()
    {
        Call(new EscrowCall.Deposit(1, new Amount(5)));
        Call(new EscrowCall.Deposit(2, new Amount(UInt128.MaxValue)));
        Assert.Equal(EscrowRefusal.OverLimit, role.SentOf<Message.EscrowAnswered>().Last().Refusal);
        Assert.Equal(new Amount(5), Escrow.Ledger.Deposited);
        role.RequireReplayable();
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1_000_000)]
    [InlineData(0)]
    public void An_order_whose_run_time_makes_no_sense_is_not_held_for(long micros)
    {
        var order = Order with { RunTimeMax = new Duration(micros) };
        Call(new EscrowCall.Deposit(1, Order.PriceLimit));
        Call(new EscrowCall.HoldFunds(order.Signed));
        Assert.Equal(EscrowRefusal.OverLimit, role.SentOf<Message.EscrowAnswered>().Last().Refusal);
        Assert.Empty(Escrow.OpenHolds);
    }

    private Escrow Escrow => ((EscrowMachine)role.Machine).Escrow;

    private void Call(EscrowCall call, ulong number = 0) =>
        role.Tell(Order.Requester, new Message.CallEscrow(number, call));

    private IEnumerable<Message.EscrowLogged> Told(Address follower) => role.SentTo<Message.EscrowLogged>(follower);
}
