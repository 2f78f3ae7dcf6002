using System.Numerics;
using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>
/// The escrow a second time, in the plainest way: a list of all movements there ever were, and balances that are added
/// up from it each time. It decides for itself what a call may do.
/// </summary>
internal sealed class SlowEscrow
{
    private readonly List<(string From, string To, BigInteger Amount)> movements = [];
    private readonly SortedDictionary<Address, ulong> nonces = [];
    private readonly SortedDictionary<Address, Instant> unbondedAt = [];
    private readonly SortedDictionary<TaskId, SlowHold> holds = [];

    private sealed class SlowHold(TaskOrder order)
    {
        public TaskOrder Order => order;
        public Verdict? Verdict { get; set; }
        public bool IsDisputed { get; set; }
        public bool IsFinal { get; set; }
        public Instant PayableAt { get; set; }
        public Instant DisputeEndsAt { get; set; }
        public Address Disputer { get; set; }
    }

    public BigInteger BalanceOf(Account account) => Balance(Name(account));

    public bool IsFinal(TaskId task) => holds.TryGetValue(task, out var hold) && hold.IsFinal;

    /// <summary>Says whether the call changes anything.</summary>
    public bool Execute(Instant now, Address caller, EscrowCall call) => call switch
    {
        EscrowCall.Deposit deposit => Fresh(caller, deposit.Nonce) && Done(caller, deposit.Nonce,
            () => Move("outside", Mine(caller), deposit.Amount)),
        EscrowCall.Withdraw withdraw => Fresh(caller, withdraw.Nonce) && Has(Mine(caller), withdraw.Amount)
            && Done(caller, withdraw.Nonce, () => Move(Mine(caller), "outside", withdraw.Amount)),
        EscrowCall.AddStake add => Fresh(caller, add.Nonce) && Has(Mine(caller), add.Amount)
            && Done(caller, add.Nonce, () => Move(Mine(caller), Staked(caller), add.Amount)),
        EscrowCall.BeginUnstake begin => Fresh(caller, begin.Nonce) && Has(Staked(caller), begin.Amount)
            && Done(caller, begin.Nonce, () =>
            {
                Move(Staked(caller), Leaving(caller), begin.Amount);
                unbondedAt[caller] = now + Scene.Terms.UnbondingDelay;
            }),
        EscrowCall.FinishUnstake finish => Fresh(caller, finish.Nonce)
            && unbondedAt.TryGetValue(caller, out var at) && now >= at
            && Done(caller, finish.Nonce, () =>
            {
                unbondedAt.Remove(caller);
                Move(Leaving(caller), Mine(caller), Balance(Leaving(caller)));
            }),
        EscrowCall.HoldFunds hold => Hold(now, hold.Order),
        EscrowCall.PostBatch post => Any(post.Verdicts, verdict => Post(now, verdict)),
        EscrowCall.OpenDispute dispute => Dispute(now, caller, dispute),
        EscrowCall.Settle settle => Any(settle.Tasks, task => Settle(now, task)),
        EscrowCall.ExpireHold expire => Expire(now, expire.Task),
        _ => throw new InvalidOperationException(),
    };

    private bool Hold(Instant now, SignedOrder signed)
    {
        var task = Scene.IdOf(signed.Order);
        var order = signed.Order;
        if (holds.ContainsKey(task) || order.Deadline <= now || !Scene.IsSigned(signed)) return false;
        if (!Has(Mine(order.Requester), order.PriceLimit)) return false;
        Move(Mine(order.Requester), Held(task), order.PriceLimit);
        holds.Add(task, new SlowHold(order));
        return true;
    }

    private bool Post(Instant now, SignedVerdict signed)
    {
        var verdict = signed.Verdict;
        if (!holds.TryGetValue(verdict.Task, out var hold) || hold.IsFinal) return false;
        if (hold.Verdict is not null && !hold.IsDisputed) return false;
        if (verdict.Round != (hold.Verdict is null ? 0 : hold.Verdict.Round + 1)) return false;
        BigInteger charged = 0;
        foreach (var finding in verdict.Findings)
            if (finding.Judgement == Judgement.Paid) charged += (BigInteger)finding.Pay.Units;
        if (charged > (BigInteger)hold.Order.PriceLimit.Units) return false;
        var voters = signed.Signatures.Select(vote => vote.Validator).ToList();
        var isVoted = voters.Count >= Scene.Terms.Quorum && voters.Distinct().Order().SequenceEqual(voters)
            && signed.Signatures.All(vote => Scene.Terms.Validators.Contains(vote.Validator)
                && Scene.VoteOf(vote.Validator, verdict).Signature == vote.Signature);
        if (!isVoted) return false;
        if (hold.IsDisputed)
        {
            var isSame = verdict.Outcome == hold.Verdict!.Outcome
                && verdict.Findings.SequenceEqual(hold.Verdict.Findings);
            Move(Bond(verdict.Task), Mine(isSame ? Scene.Treasury : hold.Disputer), Balance(Bond(verdict.Task)));
            hold.Verdict = verdict;
            Pay(verdict.Task, hold);
            return true;
        }
        hold.Verdict = verdict;
        hold.PayableAt = hold.Order.Spec.Verification is VerificationPolicy.None
            ? now
            : now + Scene.Terms.DisputeWindow + (hold.Order.RunTimeMax * 2);
        return true;
    }

    private bool Dispute(Instant now, Address caller, EscrowCall.OpenDispute dispute)
    {
        if (!holds.TryGetValue(dispute.Task, out var hold) || hold.IsFinal || hold.IsDisputed) return false;
        if (hold.Verdict?.Round != dispute.Round || now >= hold.PayableAt) return false;
        if (!Has(Mine(caller), Scene.Terms.DisputeBond)) return false;
        Move(Mine(caller), Bond(dispute.Task), Scene.Terms.DisputeBond);
        (hold.IsDisputed, hold.Disputer) = (true, caller);
        hold.DisputeEndsAt = now + Scene.Terms.DisputeTimeout + (hold.Order.RunTimeMax * 2);
        return true;
    }

    private bool Settle(Instant now, TaskId task)
    {
        if (!holds.TryGetValue(task, out var hold) || hold.IsFinal || hold.Verdict is null) return false;
        if (now < (hold.IsDisputed ? hold.DisputeEndsAt : hold.PayableAt)) return false;
        if (hold.IsDisputed) Move(Bond(task), Mine(hold.Disputer), Balance(Bond(task)));
        Pay(task, hold);
        return true;
    }

    private bool Expire(Instant now, TaskId task)
    {
        if (!holds.TryGetValue(task, out var hold) || hold.IsFinal || hold.Verdict is not null) return false;
        if (now < Scene.Terms.ExpiresAt(hold.Order)) return false;
        Move(Held(task), Mine(hold.Order.Requester), Balance(Held(task)));
        hold.IsFinal = true;
        return true;
    }

    private void Pay(TaskId task, SlowHold hold)
    {
        foreach (var finding in hold.Verdict!.Findings)
        {
            if (finding.Judgement != Judgement.Paid) continue;
            var pay = (BigInteger)finding.Pay.Units;
            var fee = pay * 15 / 100;
            var share = hold.Order.ModelCreator.IsZero ? 0 : pay * 5 / 100;
            Move(Held(task), Mine(finding.Provider), pay - fee - share);
            Move(Held(task), Mine(Scene.Treasury), fee);
            Move(Held(task), Mine(hold.Order.ModelCreator), share);
        }
        Move(Held(task), Mine(hold.Order.Requester), Balance(Held(task)));
        foreach (var finding in hold.Verdict.Findings)
            if (finding.Judgement == Judgement.Fraud) Slash(finding.Provider, hold.Order);
        hold.IsFinal = true;
    }

    private void Slash(Address provider, TaskOrder order)
    {
        var left = (BigInteger)order.PriceLimit.Units * Scene.Terms.SlashMultiple;
        var compensation = (BigInteger)order.PriceLimit.Units;
        foreach (var account in new[] { Leaving(provider), Staked(provider) })
        {
            var part = BigInteger.Min(left, Balance(account));
            var good = BigInteger.Min(part / 2, compensation);
            Move(account, Mine(order.Requester), good);
            Move(account, Mine(Scene.Treasury), part - good);
            left -= part;
            compensation -= good;
        }
    }

    private static bool Any<T>(ValueList<T> items, Predicate<T> act)
    {
        var changed = false;
        foreach (var item in items) changed |= act(item);
        return changed;
    }

    private bool Fresh(Address caller, ulong nonce) => !nonces.TryGetValue(caller, out var last) || nonce > last;

    private bool Done(Address caller, ulong nonce, Action act)
    {
        nonces[caller] = nonce;
        act();
        return true;
    }

    private bool Has(string account, Amount amount) => Balance(account) >= (BigInteger)amount.Units;

    private BigInteger Balance(string account)
    {
        BigInteger sum = 0;
        foreach (var (from, to, amount) in movements)
        {
            if (from == account) sum -= amount;
            if (to == account) sum += amount;
        }
        return sum;
    }

    private void Move(string from, string to, Amount amount) => Move(from, to, (BigInteger)amount.Units);

    private void Move(string from, string to, BigInteger amount)
    {
        if (!amount.IsZero) movements.Add((from, to, amount));
    }

    private static string Name(Account account) => account.Kind switch
    {
        AccountKind.Available => Mine(account.Owner),
        AccountKind.Stake => Staked(account.Owner),
        AccountKind.Unbonding => Leaving(account.Owner),
        AccountKind.Bond => Bond(account.Task),
        _ => Held(account.Task),
    };

    private static string Mine(Address owner) => $"available {owner}";
    private static string Staked(Address owner) => $"stake {owner}";
    private static string Leaving(Address owner) => $"unbonding {owner}";
    private static string Held(TaskId task) => $"held {task}";
    private static string Bond(TaskId task) => $"bond {task}";
}
