using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>Calls to an escrow as anybody might send them: sensible ones, late ones, doubled and forged ones.</summary>
internal sealed class RandomCalls
{
    private readonly Prng prng;
    private readonly List<OrderBuilder> orders = [];
    private readonly SortedDictionary<Address, ulong> nonces = [];

    public RandomCalls(ulong seed)
    {
        prng = new Prng(seed);
        for (var key = 1; key <= 6; key++)
            orders.Add(new OrderBuilder
            {
                Requester = Scene.Requester(prng.Below(2)),
                Key = (ulong)key,
                PriceLimit = new Amount((UInt128)prng.Between(1, 4_000)),
                Deadline = Scene.Start + Duration.Seconds(prng.Between(50, 2_000)),
                RunTimeMax = Duration.Seconds(prng.Between(1, 20)),
                Creator = prng.Chance(500_000) ? Scene.Creator : Address.Zero,
                Verification = prng.Chance(200_000)
                    ? new VerificationPolicy.None()
                    : new VerificationPolicy.SampledAudit(50_000),
            });
        People =
        [
            Scene.Requester(0), Scene.Requester(1), Scene.Provider(0), Scene.Provider(1), Scene.Validator(0),
            Scene.Treasury, Scene.Creator, Address.Zero,
        ];
        Tasks = [.. orders.Select(order => order.Id)];
    }

    public Address[] People { get; }

    public TaskId[] Tasks { get; }

    /// <summary>Something to begin with: worlds that stay poor never come to the interesting states.</summary>
    public IEnumerable<(Address Caller, EscrowCall Call)> Beginning()
    {
        foreach (var person in People[..5])
        {
            yield return (person, new EscrowCall.Deposit(1, new Amount(30_000)));
            yield return (person, new EscrowCall.AddStake(2, new Amount(10_000)));
            nonces[person] = 2;
        }
    }

    public Duration NextPause() => prng.Below(4) switch
    {
        0 => Duration.Seconds(prng.Between(0, prng.Chance(200_000) ? 300 : 30)),
        1 => Duration.Seconds(prng.Between(0, 3)),
        _ => Duration.Zero,
    };

    public (Address Caller, EscrowCall Call) Next()
    {
        var caller = People[prng.Below(5)];
        var amount = new Amount((UInt128)prng.Between(0, 6_000));
        EscrowCall call = prng.Below(14) switch
        {
            0 or 1 => new EscrowCall.Deposit(Nonce(caller), amount),
            2 => new EscrowCall.Withdraw(Nonce(caller), amount),
            3 or 4 => new EscrowCall.AddStake(Nonce(caller), amount),
            5 => new EscrowCall.BeginUnstake(Nonce(caller), amount),
            6 => new EscrowCall.FinishUnstake(Nonce(caller)),
            7 or 8 => new EscrowCall.HoldFunds(AnyOrder()),
            9 or 10 => AnyBatch(),
            11 => new EscrowCall.OpenDispute(AnyTask(), (ushort)(prng.Chance(800_000) ? 0 : 1)),
            12 => new EscrowCall.Settle([.. Enumerable.Range(0, prng.Below(4)).Select(_ => AnyTask())]),
            _ => new EscrowCall.ExpireHold(AnyTask()),
        };
        return (caller, call);
    }

    private ulong Nonce(Address caller)
    {
        var last = nonces.GetValueOrDefault(caller);
        if (prng.Chance(150_000)) return last;
        return nonces[caller] = last + 1 + (ulong)prng.Below(2);
    }

    private SignedOrder AnyOrder()
    {
        var order = orders[prng.Below(orders.Count)];
        return prng.Chance(50_000) ? Scene.SignAs(Scene.Stranger, order.Order) : order.Signed;
    }

    private TaskId AnyTask() => prng.Chance(30_000) ? new TaskId(1, 1) : Tasks[prng.Below(Tasks.Length)];

    private EscrowCall.PostBatch AnyBatch()
    {
        var verdicts = Enumerable.Range(0, 1 + prng.Below(3)).Select(_ => AnyVerdict()).ToArray();
        Digest[] leaves = [.. verdicts.Select(one => TypedData.Digest(Scene.Terms.Domain, one.Verdict))];
        return new EscrowCall.PostBatch(MerkleTree.Root(leaves), [.. verdicts]);
    }

    private SignedVerdict AnyVerdict()
    {
        var index = prng.Below(orders.Count);
        var verdict = new VerdictBuilder(Tasks[index])
        {
            Round = (ushort)(prng.Chance(700_000) ? 0 : 1),
            Outcome = (Outcome)prng.Below(3),
        };
        for (var count = prng.Below(3); count > 0; count--)
        {
            var provider = Scene.Provider(prng.Below(2));
            var most = (long)orders[index].PriceLimit.Units;
            if (prng.Chance(700_000)) verdict.Pay(provider, new Amount((UInt128)prng.Between(0, most * 6 / 10)));
            else if (prng.Chance(500_000)) verdict.Fraud(provider);
            else verdict.Unpaid(provider);
        }
        Address[] voters = prng.Below(6) switch
        {
            0 => [Scene.Validator(0)],
            1 => [Scene.Validator(1), Scene.Validator(0)],
            2 => [Scene.Validator(0), Scene.Validator(1), Scene.Validator(2)],
            _ => [Scene.Validator(0), Scene.Validator(1 + prng.Below(2))],
        };
        return Scene.Sign(verdict.Verdict, voters);
    }
}
