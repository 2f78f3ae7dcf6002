using System.Globalization;
using Stun.Engine.Scheduling;
using Stun.Simulation;

namespace Stun.Bench;

/// <summary>
/// How long a shard with 100,000 tasks under way is away after a crash, by its journal and by its snapshot. Each task
/// was handed in, paid for, placed, accepted and renewed some times; the longer it runs, the longer is the journal,
/// and never the snapshot.
/// </summary>
internal static class SnapshotScenario
{
    private const int TaskCount = 100_000;
    private const int ProviderCount = 1_000;
    private const int RenewalCount = 10;
    private const int Runs = 3;

    public static bool Run(Report report)
    {
        var world = new World(new SimOptions { Seed = 2027 });
        var crowd = new Crowd(world);
        crowd.Fill();
        var held = crowd.Runner.Machine;
        report.Begin(
            $"A scheduler with {TaskCount:n0} tasks under way, one core", "what", "MB", "entries", "s (CPU)", "same");
        var passed = ((SchedulerMachine)held).State.OpenCount == TaskCount && crowd.RunningCount == TaskCount;
        for (var run = 1; run <= Runs; run++)
        {
            var journal = crowd.Journal;
            var copy = new Runner(world.Cast.BuildScheduler(new Prng(1)));
            var seconds = Time(() => copy.Replay(journal.ToArray()));
            passed &= Tell(report, "replay the journal", journal.Count, crowd.Entries, seconds, Same(held, copy));

            IReadOnlyList<byte[]> snapshot = [];
            seconds = Time(() => snapshot = crowd.Runner.Snapshot());
            var bytes = snapshot.Sum(frame => (long)frame.Length);
            passed &= Tell(report, "write a snapshot", bytes, held.Snapshot().Count(), seconds, true);

            copy = new Runner(world.Cast.BuildScheduler(new Prng(1)));
            seconds = Time(() => copy.Restore(snapshot));
            passed &= Tell(report, "restore it", bytes, held.Snapshot().Count(), seconds, Same(held, copy));
        }
        report.Say("");
        report.Say($"Identical state and identical second snapshots: {(passed ? "met" : "NOT met")}.");
        return passed;
    }

    private static bool Tell(Report report, string what, long bytes, long entries, double seconds, bool same)
    {
        report.Row(
            what, (bytes / 1e6).ToString("f1", CultureInfo.InvariantCulture),
            entries.ToString("n0", CultureInfo.InvariantCulture),
            seconds.ToString("f2", CultureInfo.InvariantCulture), same ? "yes" : "NO");
        return same;
    }

    private static bool Same(Machine held, Runner copy)
    {
        var (one, other) = (new StateDigest(), new StateDigest());
        held.DigestState(one);
        copy.Machine.DigestState(other);
        return one.Value == other.Value
            && held.Snapshot().Zip(copy.Machine.Snapshot()).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    private static double Time(Action act)
    {
        var start = ThreadClock.Nanoseconds();
        act();
        return (ThreadClock.Nanoseconds() - start) / 1e9;
    }

    /// <summary>Everybody around one scheduler: says yes to all that it asks, at once.</summary>
    private sealed class Crowd(World world)
    {
        private readonly Queue<Input> inbox = new();
        private readonly List<Lease> leases = [];
        private ulong logged;

        public Runner Runner { get; } = new(world.Cast.BuildScheduler(new Prng(1)));

        public List<byte> Journal { get; } = [];

        public long Entries { get; private set; }

        public int RunningCount => leases.Count;

        public void Fill()
        {
            Carry(Runner.Resume(world.Now));
            for (var index = 0; index < ProviderCount; index++)
            {
                var address = Keys.AddressOf("prov", index);
                Log(new EscrowEvent.StakeChanged(address, new Amount(UInt128.One << 90)));
                Hear(address, new Message.PostOffer(OfferOf(address)));
            }
            for (var index = 0; index < TaskCount; index++)
                Hear(Keys.AddressOf("gate", 0), new Message.SubmitTask(OrderOf(index)));
            for (var round = 0; round < RenewalCount; round++)
                foreach (var lease in leases) Hear(lease.Provider, new Message.RenewLease(lease.Attempt, null));
        }

        private void Log(EscrowEvent happened) =>
            Hear(world.Cast.SchedulerAddress, new Message.EscrowLogged(logged++, world.Now, happened));

        private void Hear(Address from, Message message)
        {
            inbox.Enqueue(new Input(from, message));
            while (inbox.TryDequeue(out var input)) Carry(Runner.Receive(world.Now, [input]));
        }

        private void Carry(Batch batch)
        {
            Journal.AddRange(batch.Frame.Span);
            if (JournalFrame.TryRead(batch.Frame.Span, out _, out var body, out _))
                for (; !body.IsEmpty; Entries++) body = body[(4 + BitConverter.ToInt32(body))..];
            foreach (var effect in Runner.Acknowledge(batch.Number)) Carry(effect);
        }

        private void Carry(Effect effect)
        {
            var self = world.Cast.SchedulerAddress;
            switch (effect)
            {
                case Effect.Ask { Asked: Ask.CheckOrder } ask:
                    inbox.Enqueue(new Input(self, new Message.Answered(ask.Id, new Answer.Checked([true]))));
                    break;
                case Effect.Ask { Asked: Ask.CallEscrow { Call: EscrowCall.HoldFunds hold } }:
                    var order = hold.Order.Order;
                    var task = TypedData.TaskIdOf(world.Cast.Terms.Domain, order);
                    var held = new EscrowEvent.FundsHeld(task, order.Requester, order.PriceLimit);
                    inbox.Enqueue(new Input(self, new Message.EscrowLogged(logged++, world.Now, held)));
                    break;
                case Effect.Send { Message: Message.GrantLease grant }:
                    leases.Add(grant.Lease);
                    inbox.Enqueue(new Input(grant.Lease.Provider, new Message.AcceptLease(grant.Lease.Attempt)));
                    break;
            }
        }

        private static Offer OfferOf(Address provider) => new(
            new OfferId(1), provider,
            new Hardware(GpuModel.Parse("H100SXM"), 2 * TaskCount / ProviderCount, 81_920, 90, 4_000_000, 4_000_000,
                40_000_000),
            new Amount(1_000), Region.Parse("eu-de"), [], Amount.Zero, Digest.Zero, 1);

        private SignedOrder OrderOf(int index)
        {
            var spec = new TaskSpec(
                new Work.Image(new Digest(1, 2, 3, 4), ""), ["run", "--all"], [], ["*.root"],
                new Resources(1, GpuModel.Any, 16_384, 80, 1_000, 1_024, 1_024, [], 1), Privacy.None,
                new VerificationPolicy.SampledAudit(50_000), new Comparator.Bytes(), RequesterPolicy.Open);
            var order = new TaskOrder(
                Keys.AddressOf("req", index % 100), (ulong)index, spec, Duration.Seconds(3_600), new Amount(10_000_000),
                world.Now + Duration.Seconds(86_400), Priority.Normal, Address.Zero, Region.Anywhere);
            return new SignedOrder(order, Signature.None);
        }
    }
}
