using System.Numerics;
using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>Any calls in any order: the escrow and its slow twin agree on every balance after every call.</summary>
public sealed class EscrowPropertyTests
{
    private const int Seeds = 200;
    private const int CallsPerSeed = 150;

    [Fact]
    public void Any_order_of_escrow_calls_conserves_money()
    {
        var (settled, disputed, slashed) = (0, 0, 0);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var (bank, slow, calls) = (new Bank(Scene.Terms), new SlowEscrow(), new RandomCalls(seed));
            foreach (var (caller, call) in calls.Beginning())
            {
                bank.Call(caller, call);
                slow.Execute(bank.Now, caller, call);
            }
            for (var count = 0; count < CallsPerSeed; count++)
            {
                bank.Now += calls.NextPause();
                var (caller, call) = calls.Next();
                // The bank checks the sum of all balances at each call.
                bank.Call(caller, call);
                slow.Execute(bank.Now, caller, call);
                RequireEqual(bank, slow, calls, $"seed {seed}, call {count}: {call}");
            }
            settled += bank.LogOf<EscrowEvent.TaskSettled>().Count();
            disputed += bank.LogOf<EscrowEvent.DisputeOpened>().Count();
            slashed += bank.LogOf<EscrowEvent.TaskSettled>().Sum(done => done.Settlement.Slashings.Count);
        }
        // A property that never gets to the interesting states shows nothing.
        Assert.True(settled > Seeds, $"Only {settled} tasks were settled.");
        Assert.True(disputed > Seeds / 4, $"Only {disputed} tasks were disputed.");
        Assert.True(slashed > Seeds / 4, $"Only {slashed} frauds were slashed.");
    }

    [Fact]
    public void A_call_sent_twice_changes_nothing()
    {
        var repeated = 0;
        for (var seed = 1_001UL; seed <= 1_000 + (Seeds / 2); seed++)
        {
            var (bank, calls) = (new Bank(Scene.Terms), new RandomCalls(seed));
            foreach (var (caller, call) in calls.Beginning()) bank.Call(caller, call);
            List<(Address Caller, EscrowCall Call)> done = [];
            var prng = new Prng(seed);
            for (var count = 0; count < CallsPerSeed; count++)
            {
                bank.Now += calls.NextPause();
                var (caller, call) = calls.Next();
                if (bank.Call(caller, call) == EscrowRefusal.None && IsOfOneThing(call)) done.Add((caller, call));
                var after = bank.Digest();
                bank.Call(caller, call);
                Assert.Equal(after, bank.Digest());
                if (done.Count == 0) continue;
                // Much later too: whatever was done once is not done again.
                var (earlier, old) = done[prng.Below(done.Count)];
                var before = Balances(bank, calls);
                Assert.NotEqual(EscrowRefusal.None, Repeat(bank, earlier, old));
                Assert.Equal(before, Balances(bank, calls));
                repeated++;
            }
        }
        Assert.True(repeated > 5_000, $"Only {repeated} calls were repeated.");
    }

    [Fact]
    public void A_refused_call_moves_no_money()
    {
        for (var seed = 2_001UL; seed <= 2_050; seed++)
        {
            var (bank, calls) = (new Bank(Scene.Terms), new RandomCalls(seed));
            foreach (var (caller, call) in calls.Beginning()) bank.Call(caller, call);
            for (var count = 0; count < CallsPerSeed; count++)
            {
                bank.Now += calls.NextPause();
                var (caller, call) = calls.Next();
                var before = Balances(bank, calls);
                if (bank.Call(caller, call) != EscrowRefusal.None && IsOfOneThing(call))
                    Assert.Equal(before, Balances(bank, calls));
            }
        }
    }

    /// <summary>Settling what is settled is fine and says so; everything else is refused the second time.</summary>
    private static EscrowRefusal Repeat(Bank bank, Address caller, EscrowCall call)
    {
        var refusal = bank.Call(caller, call);
        return call is EscrowCall.Settle && refusal == EscrowRefusal.None ? EscrowRefusal.AlreadyFinal : refusal;
    }

    private static bool IsOfOneThing(EscrowCall call) => call switch
    {
        EscrowCall.PostBatch post => post.Verdicts.Count == 1,
        EscrowCall.Settle settle => settle.Tasks.Count == 1,
        _ => true,
    };

    private static void RequireEqual(Bank bank, SlowEscrow slow, RandomCalls calls, string what)
    {
        foreach (var account in Accounts(calls))
            Assert.True(
                (BigInteger)bank.Of(account).Units == slow.BalanceOf(account),
                $"{what}\n{account}: {bank.Of(account)} here, {slow.BalanceOf(account)} in the slow escrow.");
    }

    private static Amount[] Balances(Bank bank, RandomCalls calls) => [.. Accounts(calls).Select(bank.Of)];

    private static IEnumerable<Account> Accounts(RandomCalls calls) =>
    [
        .. calls.People.SelectMany(
            person => new[] { Account.Available(person), Account.Stake(person), Account.Unbonding(person) }),
        .. calls.Tasks.SelectMany(task => new[] { Account.Held(task), Account.Bond(task) }),
    ];
}
