using Stun.Engine.Settlement;
using Stun.Engine.Verification;

namespace Stun.Tests.Scenes;

/// <summary>A book, three validators and a chain, and tasks that are judged and settled between them.</summary>
internal sealed class ChainScene
{
    private readonly SortedDictionary<TaskId, List<Vote>> votes = [];
    private int told;
    private ulong lastCall;

    public ChainScene()
    {
        Book = new MachineHarness(dice => new EscrowMachine(Scene.ChainTerms, Scene.Keys.Check, dice), Scene.Escrow)
        {
            Host = ask => ask is Ask.SubmitBatch submit && !IsHalted ? Submitted(submit) : null,
        };
        Validators = [.. Enumerable.Range(0, 3).Select(NewValidator)];
    }

    public PaperChain Chain { get; } = new(Scene.ChainTerms, Duration.Seconds(30));

    public MachineHarness Book { get; }

    public MachineHarness[] Validators { get; }

    /// <summary>Validators that hear and say nothing.</summary>
    public HashSet<int> Down { get; } = [];

    public bool IsHalted { get; set; }

    /// <summary>What the chain was given, and what it said.</summary>
    public List<(Ask.SubmitBatch Given, EscrowRefusal Refusal)> Submissions { get; } = [];

    public Escrow Escrow => ((EscrowMachine)Book.Machine).Escrow;

    public ChainBook ChainBook => Escrow.Chain!;

    public IEnumerable<T> LogOf<T>() where T : EscrowEvent => ((EscrowMachine)Book.Machine).Log.OfType<T>();

    /// <summary>An order with money behind it, judged and paid in the book.</summary>
    public void Settle(OrderBuilder order, int provider, ulong result = 5, long seconds = 3)
    {
        Hold(order);
        Judge(order, provider, result, seconds);
        Pay(order);
    }

    public void Hold(OrderBuilder order) => Call(Scene.Scheduler, new EscrowCall.HoldFunds(order.Signed));

    public void Judge(OrderBuilder order, int provider, ulong result, long seconds)
    {
        var evidence = new EvidenceBuilder(order).Finish(provider, result, seconds: seconds).Evidence;
        for (var index = 0; index < Validators.Length; index++)
            if (!Down.Contains(index)) Validators[index].Tell(Scene.Scheduler, new Message.JudgeTask(evidence));
        Exchange();
    }

    /// <summary>The scheduler's part: brings the quorum's verdict to the book, and has it paid when its time is over.
    /// </summary>
    public void Pay(OrderBuilder order)
    {
        Post(order);
        Pass(Scene.ChainTerms.DisputeWindow + (order.RunTimeMax * 2));
        Call(Scene.Stranger, new EscrowCall.Settle([order.Id]));
    }

    public void Post(OrderBuilder order)
    {
        var groups = votes[order.Id].GroupBy(vote => vote.Verdict).OrderByDescending(group => group.Count());
        var verdict = new SignedVerdict(groups.First().Key, [.. groups.First().OrderBy(vote => vote.Validator)
            .Select(vote => new VoteSignature(vote.Validator, vote.Signature))]);
        var leaf = TypedData.Digest(Scene.ChainTerms.Domain, verdict.Verdict);
        Call(Scene.Scheduler, new EscrowCall.PostBatch(MerkleTree.Root([leaf]), [verdict]));
    }

    public void Call(Address caller, EscrowCall call)
    {
        Book.Tell(caller, new Message.CallEscrow(++lastCall, call));
        Exchange();
    }

    public void Pass(Duration time)
    {
        for (var step = Duration.Seconds(1); time > Duration.Zero; time -= step)
        {
            if (time < step) step = time;
            Chain.Now += step;
            Book.Pass(step);
            foreach (var validator in Validators) validator.Pass(step);
            Exchange();
        }
    }

    /// <summary>Lets time pass until all that was settled in the book is settled on the chain.</summary>
    public void ComeToRest()
    {
        for (var count = 0; count < 4_000; count++)
        {
            if (ChainBook.WaitingCount == 0 && !ChainBook.Open.Any() && !ChainBook.HasLeavers) return;
            Pass(Duration.Seconds(5));
        }
        Assert.Fail($"{ChainBook.WaitingCount} entries wait; open: {string.Join(", ",
            ChainBook.Open.Select(batch => $"{batch.Batch.Number} {batch.Phase} of {batch.Entries.Count}"))}");
    }

    /// <summary>Account by account, to the last unit.</summary>
    public void RequireEqual()
    {
        Escrow.Ledger.RequireConserved();
        Assert.Equal(Chain.Balances, Sums(AccountKind.Available, AccountKind.Held));
        var staked = Chain.Stakes.Keys.Union(Chain.Unbonding.Keys).Order().Select(owner => KeyValuePair.Create(
            owner, Chain.Stakes.GetValueOrDefault(owner) + Chain.Unbonding.GetValueOrDefault(owner)));
        Assert.Equal(staked, Sums(AccountKind.Stake, AccountKind.Unbonding));
    }

    /// <summary>Carries what they say to one another until nobody says anything more.</summary>
    public void Exchange()
    {
        for (var quiet = false; !quiet;)
        {
            quiet = !TellChain() & !TellLog();
            for (var index = 0; index < Validators.Length; index++) quiet &= !Carry(index);
        }
    }

    private Answer.CallFinal Submitted(Ask.SubmitBatch submit)
    {
        var refusal = Chain.Submit(submit);
        Submissions.Add((submit, refusal));
        return new Answer.CallFinal(refusal);
    }

    private MachineHarness NewValidator(int index)
    {
        var self = Scene.Validator(index);
        var host = SceneHost.Of(self);
        return new MachineHarness(dice => new ValidatorMachine(self, Scene.ChainTerms, dice), self)
        {
            Host = ask => ask is Ask.Rerun run
                ? new Answer.RerunDone(run.Task, run.Rank, Scene.DigestOf(5))
                : host(ask),
        };
    }

    private bool TellChain()
    {
        var next = Chain.Events.FindIndex(item => item.Position.CompareTo(ChainBook.Position) > 0);
        if (IsHalted || next < 0) return false;
        foreach (var (position, happened) in Chain.Events[next..])
            Book.Tell(Scene.Escrow, new Message.ChainLogged(position, Chain.Now, happened));
        return true;
    }

    private bool TellLog()
    {
        var log = ((EscrowMachine)Book.Machine).Log.ToList();
        var any = told < log.Count;
        for (; told < log.Count; told++)
            foreach (var validator in Validators)
                validator.Tell(
                    Scene.Escrow, new Message.EscrowLogged((ulong)told, Book.Now, log[told]));
        return any;
    }

    private bool Carry(int index)
    {
        var validator = Validators[index];
        var votes = validator.SentOf<Message.CastVote>().ToList();
        var calls = validator.Asked.Where(ask => ask.Asked is Ask.CallEscrow).ToList();
        validator.Forget();
        if (Down.Contains(index)) return false;
        foreach (var cast in votes) Keep(cast.Vote);
        foreach (var call in calls)
        {
            Book.Forget();
            Book.Tell(validator.Self, new Message.CallEscrow(call.Id, ((Ask.CallEscrow)call.Asked).Call));
            foreach (var answer in Book.SentTo<Message.EscrowAnswered>(validator.Self).ToList())
                validator.Tell(
                    validator.Self, new Message.Answered(answer.Call, new Answer.CallFinal(answer.Refusal)));
        }
        return calls.Count > 0;
    }

    private void Keep(Vote vote)
    {
        if (!votes.TryGetValue(vote.Verdict.Task, out var cast)) votes[vote.Verdict.Task] = cast = [];
        if (!cast.Contains(vote)) cast.Add(vote);
    }

    private SortedDictionary<Address, Amount> Sums(AccountKind one, AccountKind other)
    {
        SortedDictionary<Address, Amount> sums = [];
        foreach (var (account, balance) in Escrow.Ledger.Balances)
        {
            if (account.Kind != one && account.Kind != other) continue;
            Assert.True(account.Kind != AccountKind.Held, "At rest nothing is held.");
            sums[account.Owner] = sums.GetValueOrDefault(account.Owner) + balance;
        }
        if (one != AccountKind.Available) return sums;
        foreach (var (account, missing) in Escrow.Ledger.Balances)
        {
            if (account.Kind != AccountKind.Missing) continue;
            sums[account.Owner] = sums.GetValueOrDefault(account.Owner) - missing;
            if (sums[account.Owner].IsZero) sums.Remove(account.Owner);
        }
        return sums;
    }
}
