using Stun.Engine.Placement;
using Stun.Engine.Scheduling;

namespace Stun.Tests.Scenes;

/// <summary>
/// One scheduler with a real escrow behind it. Providers, validators and gateways are played by the test: it says what
/// they say.
/// </summary>
internal sealed class SchedulerScene
{
    public static readonly Hardware Hardware = new(
        GpuModel.Parse("H100SXM"), 4, 81_920, 90, 64_000, 262_144, 1_048_576);

    private readonly NetworkTerms terms;
    private int told;

    public SchedulerScene(NetworkTerms? terms = null)
    {
        this.terms = terms ?? Scene.Terms;
        Bank = new Bank(this.terms);
        Harness = new MachineHarness(
            dice => new SchedulerMachine(
                Scene.Scheduler, this.terms, PlacementWeights.Default, new ProximityTable([]), dice),
            Scene.Scheduler)
        {
            Host = Answer,
        };
    }

    public Bank Bank { get; }

    public MachineHarness Harness { get; }

    public SchedulerMachine Machine => (SchedulerMachine)Harness.Machine;

    /// <summary>False while transactions are on their way and nobody hears what became of them.</summary>
    public bool HasChain { get; set; } = true;

    public static Amount StakeDefault => new(1_000_000_000);

    public static Offer OfferOf(int provider, ulong price = 1_000, ulong id = 1) => new(
        new OfferId(id), Scene.Provider(provider), Hardware, new Amount(price), Region.Parse("eu-de"),
        [], StakeDefault, Digest.Zero, 1);

    public TaskEntry Task(OrderBuilder order) =>
        Machine.State.Find(order.Id) ?? throw new InvalidOperationException("The scheduler does not know the task.");

    public void Join(int provider, Amount? stake = null) => Join(OfferOf(provider), stake);

    public void Join(Offer offer, Amount? stake = null)
    {
        if (Bank.Escrow.StakeOf(offer.Provider).IsZero && stake != Amount.Zero)
            Bank.Stake(offer.Provider, stake ?? StakeDefault);
        TellLog();
        Tell(offer.Provider, new Message.PostOffer(offer));
    }

    /// <summary>From the gateway to where it is queued or placed.</summary>
    public void Submit(OrderBuilder order)
    {
        Bank.Fund(order.Requester, order.PriceLimit);
        Tell(Scene.Gateway, new Message.SubmitTask(order.Signed));
    }

    public void Tell(Address from, Message message)
    {
        Harness.Tell(from, message);
        TellLog();
        // What is due at once is done at once.
        Harness.Pass(Duration.Zero);
        TellLog();
    }

    public void Tell(int provider, Message message) => Tell(Scene.Provider(provider), message);

    /// <summary>Lets time pass; the providers that are still there beat their hearts.</summary>
    public void Pass(Duration time, params int[] alive)
    {
        for (var left = time; left > Duration.Zero; left -= Limits.HeartbeatEvery)
        {
            Harness.Pass(Duration.Min(left, Limits.HeartbeatEvery));
            Bank.Now = Harness.Now;
            TellLog();
            foreach (var provider in alive) Tell(provider, new Message.Heartbeat(new OfferId(1), 1));
        }
    }

    /// <summary>What was granted and not yet closed, as the providers have heard it.</summary>
    public Lease[] Granted(OrderBuilder order) =>
        [.. Harness.SentOf<Message.GrantLease>().Select(grant => grant.Lease).Where(lease => lease.Task == order.Id)
            .DistinctBy(lease => lease.Attempt)];

    public void Accept(Lease lease) => Tell(lease.Provider, new Message.AcceptLease(lease.Attempt));

    public static Receipt ReceiptOf(OrderBuilder order, Lease lease, ulong result = 5) => new(
        lease.Attempt, lease.Task, lease.Provider, lease.Offer, TypedData.SpecDigest(order.Order.Spec),
        Scene.DigestOf(result), Scene.DigestOf(80), lease.ResumeFrom?.State ?? Digest.Zero, Duration.Seconds(4));

    public void Commit(OrderBuilder order, Lease lease, ulong result = 5) => Tell(
        lease.Provider,
        new Message.CommitResult(lease.Attempt, EvidenceBuilder.CommitmentOf(ReceiptOf(order, lease, result))));

    public void Reveal(OrderBuilder order, Lease lease, ulong result = 5) =>
        Reveal(lease, Scene.Sign(ReceiptOf(order, lease, result), EvidenceBuilder.Salt));

    public void Reveal(Lease lease, SignedReceipt receipt) =>
        Tell(lease.Provider, new Message.RevealResult(lease.Attempt, receipt));

    public void Vote(int validator, Verdict verdict) =>
        Tell(Scene.Validator(validator), new Message.CastVote(Scene.VoteOf(Scene.Validator(validator), verdict)));

    public Evidence LastEvidence => Harness.SentOf<Message.JudgeTask>().Last().Evidence;

    public Answer? Answer(Ask ask) => ask switch
    {
        Ask.CallEscrow call when HasChain => new Answer.CallFinal(Bank.Call(Scene.Scheduler, call.Call)),
        Ask.CallEscrow => null,
        _ => SceneHost.Answer(ask),
    };

    private void TellLog()
    {
        while (HasChain && told < Bank.Log.Count)
        {
            var (at, happened) = Bank.Log[told];
            Harness.Tell(Scene.Scheduler, new Message.EscrowLogged((ulong)told++, at, happened));
        }
    }
}
