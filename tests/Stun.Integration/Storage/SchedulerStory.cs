using System.Buffers.Binary;
using Stun.Engine.Scheduling;
using Stun.Node.Storage;
using Stun.Tests.Scenes;
using Cast = Stun.Tests.Scenes.Scene;

namespace Stun.Integration.Storage;

/// <summary>
/// A real scheduler before a real escrow, through all that can become of a task. What it leaves is its journal, as a
/// process would have written it: with records of another role in between.
/// </summary>
internal sealed class SchedulerStory
{
    public static readonly OrderBuilder Complete = new() { Key = 1, Creator = Cast.Creator };
    public static readonly OrderBuilder Judged = new() { Key = 2 };
    public static readonly OrderBuilder Fraud = new() { Key = 3 };
    public static readonly OrderBuilder Silent = new() { Key = 4 };
    public static readonly OrderBuilder Expired = new() { Key = 5 };
    public static readonly OrderBuilder Forged = new() { Key = 6 };
    public static readonly OrderBuilder Unplaced = new()
    {
        Key = 7,
        Requester = Cast.Requester(1),
        PriceLimit = new Amount(10_001),
        Nodes = 4,
    };

    public static readonly OrderBuilder Poor = new() { Key = 8, Requester = Cast.Requester(2) };
    public static readonly OrderBuilder Retried = new() { Key = 9 };
    public static readonly OrderBuilder Open = new()
    {
        Key = 10,
        Deadline = Cast.Start + Duration.Seconds(9_000),
    };

    public static readonly OrderBuilder[] Orders =
        [Complete, Judged, Fraud, Silent, Expired, Forged, Unplaced, Poor, Retried, Open];

    /// <summary>Stakes come out soon, so that the story need not last for weeks.</summary>
    public static readonly NetworkTerms Terms = Cast.Terms with { UnbondingDelay = Duration.Seconds(6_000) };

    private SchedulerStory()
    {
        Scene.Join(0);
        Scene.Join(SchedulerScene.OfferOf(1, price: 2_000));
        Judge(Complete);
        Judge(Judged);
        Dispute(Judged, 2);
        Vote(1, Paid(Judged) with { Round = 1 });
        Judge(Silent);
        Dispute(Silent, 0);
        // What is on its way out is more than the slash: the stake itself will not change.
        Assert.Equal(EscrowRefusal.None, Scene.Bank.BeginUnstake(Cast.Provider(), new Amount(3_000_000)));
        Assert.Equal(EscrowRefusal.None, Scene.Bank.BeginUnstake(Cast.Provider(1), new Amount(500)));
        Judge(Fraud);
        Dispute(Fraud, 2);
        Vote(1, new VerdictBuilder(Fraud.Id) { Round = 1, Outcome = Outcome.Failed }
            .Fraud(Cast.Provider()).Verdict);
        Deliver(Expired);
        Scene.Tell(Cast.Gateway,
            new Message.SubmitTask(Forged.Signed with { Signature = Signature.None }));
        Scene.Submit(Unplaced);
        Scene.Tell(Cast.Gateway, new Message.SubmitTask(Poor.Signed));
        Scene.Submit(Retried);
        Scene.Tell(Scene.Granted(Retried)[^1].Provider,
            new Message.FailAttempt(Scene.Granted(Retried)[^1].Attempt, RunFailure.OutOfMemory, ""));
        Scene.Pass(Duration.Seconds(20), 0, 1);
        Scene.Tell(Scene.Granted(Retried)[^1].Provider, new Message.RefuseLease(
            Scene.Granted(Retried)[^1].Attempt, LeaseRefusal.Policy, "task.memory: more than it gives"));
        Scene.Pass(Duration.Seconds(7_000), 0, 1);
        Scene.Tell(1, new Message.WithdrawOffer(new OfferId(1), 5));
        Assert.Equal(EscrowRefusal.None, Scene.Bank.FinishUnstake(Cast.Provider(1)));
        Assert.Equal(EscrowRefusal.None, Scene.Bank.BeginUnstake(Cast.Provider(1), new Amount(70)));
        Scene.Submit(Open);
        Scene.Accept(Scene.Granted(Open)[^1]);
        Records = Split(Scene.Harness.Journal);
    }

    public static SchedulerStory Told { get; } = new();

    public SchedulerScene Scene { get; } = new(Terms);

    public IReadOnlyList<JournalRecord> Records { get; }

    /// <summary>What the scheduler wrote down, in its order.</summary>
    public IEnumerable<SchedulerEvent> Events => Records.Where(record => record.Role == Cast.Scheduler)
        .SelectMany(record => EventsOf(record.Frame));

    private static List<SchedulerEvent> EventsOf(ReadOnlyMemory<byte> frame)
    {
        List<SchedulerEvent> events = [];
        JournalFrame.TryRead(frame.Span, out _, out var body, out _);
        while (!body.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(body);
            events.Add(EngineWire.DecodeSchedulerEvent(body.Slice(4, length)));
            body = body[(4 + length)..];
        }
        return events;
    }

    private void Deliver(OrderBuilder order)
    {
        Scene.Submit(order);
        var lease = Scene.Granted(order)[^1];
        Scene.Accept(lease);
        Scene.Reveal(order, lease);
    }

    private void Judge(OrderBuilder order)
    {
        Deliver(order);
        Vote(0, Paid(order));
        Scene.Pass(Terms.BatchPause + Duration.Seconds(1), 0, 1);
    }

    private void Vote(int first, Verdict verdict)
    {
        Scene.Vote(first, verdict);
        Scene.Vote(first + 1, verdict);
    }

    private void Dispute(OrderBuilder order, int validator)
    {
        var by = Cast.Validator(validator);
        Scene.Bank.Fund(by, Cast.Terms.DisputeBond);
        Assert.Equal(EscrowRefusal.None, Scene.Bank.Dispute(by, order.Id));
        Scene.Pass(Duration.Seconds(1), 0, 1);
    }

    private Verdict Paid(OrderBuilder order) => new Verdict(
        order.Id, 0, Outcome.Complete, Cast.DigestOf(5),
        [
            new Finding(Scene.Granted(order)[^1].Attempt, Scene.Granted(order)[^1].Provider, Judgement.Paid,
                new Amount(1_000)),
        ], 950_000_000);

    internal static List<JournalRecord> Split(ReadOnlySpan<byte> journal)
    {
        List<JournalRecord> records = [];
        while (JournalFrame.TryRead(journal, out _, out _, out var size))
        {
            if (records.Count % 3 == 0) Add(Cast.Gateway, [1, 2, 3]);
            Add(Cast.Scheduler, journal[..size].ToArray());
            journal = journal[size..];
        }
        return records;

        void Add(Address role, byte[] frame) => records.Add(new JournalRecord((ulong)records.Count + 1, role, frame));
    }
}
