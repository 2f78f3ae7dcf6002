using System.Globalization;
using Stun.Engine.Settlement;
using Stun.Simulation;

namespace Stun.Bench;

/// <summary>
/// What one task costs the escrow: hold, verdict in a batch under a Merkle root with three votes, payout; and what its
/// wire form and digests cost everybody. Signatures are the simulated ones: libsecp256k1 takes 44 µs for each check.
/// </summary>
internal static class SettlementScenario
{
    private const int TaskCount = 20_000;
    private const int BatchSize = 250;

    public static bool Run(Report report)
    {
        var world = new World(new SimOptions { Seed = 7, ValidatorCount = 5 });
        var terms = world.Cast.Terms;
        var escrow = new Escrow(terms, world.Keys.Check);
        var requester = Keys.AddressOf("req", 0);
        List<EscrowEvent> log = [];
        escrow.Execute(World.Beginning, requester, new EscrowCall.Deposit(1, Limits.MoneyMax), log);
        var orders = Orders(world, requester);
        var batches = Batches(world, orders);
        report.Begin("The escrow, one core", "step", "calls", "µs per task (CPU)", "tasks/s");
        Time(report, "hold", orders.Length, () =>
        {
            foreach (var order in orders)
                escrow.Execute(World.Beginning, requester, new EscrowCall.HoldFunds(order), log);
        });
        Time(report, $"verdicts, {BatchSize} a batch", batches.Length, () =>
        {
            foreach (var batch in batches) escrow.Execute(World.Beginning, requester, batch, log);
        });
        var late = World.Beginning + Duration.Seconds(1_000_000);
        Time(report, $"settle, {BatchSize} a batch", batches.Length, () =>
        {
            foreach (var batch in batches) escrow.Execute(late, requester, SettleOf(batch), log);
        });
        escrow.Ledger.RequireConserved();
        var settled = log.OfType<EscrowEvent.TaskSettled>().Count();
        report.Begin("Wire and digests, one core", "what", "bytes", "µs (CPU)", "per s");
        TimeWire(report, world, orders);
        report.Say("");
        report.Say($"{settled:n0} of {TaskCount:n0} tasks settled, ledger conserved.");
        return settled == TaskCount && ChainSettlement.RunAsync(report).GetAwaiter().GetResult();
    }

    private static void TimeWire(Report report, World world, SignedOrder[] orders)
    {
        var encoded = orders.Select(ProtocolWire.Encode).ToArray();
        var size = encoded.Sum(bytes => bytes.Length) / encoded.Length;
        TimeEach(report, "encode a signed order", size, orders.Length, at => ProtocolWire.Encode(orders[at]));
        TimeEach(report, "decode a signed order", size, orders.Length,
            at => ProtocolWire.DecodeSignedOrder(encoded[at]));
        TimeEach(report, "EIP-712 digest of an order", 32, orders.Length,
            at => TypedData.Digest(world.Cast.Terms.Domain, orders[at].Order));
    }

    private static SignedOrder[] Orders(World world, Address requester)
    {
        var dice = new Prng(3);
        var orders = new SignedOrder[TaskCount];
        for (var at = 0; at < orders.Length; at++)
        {
            var order = world.Cast.Market.OrderFor(requester, (ulong)at, dice);
            var digest = TypedData.Digest(world.Cast.Terms.Domain, order);
            orders[at] = new SignedOrder(order, world.Keys.Sign(requester, digest));
        }
        return orders;
    }

    private static EscrowCall.PostBatch[] Batches(World world, SignedOrder[] orders) =>
        [.. orders.Chunk(BatchSize).Select(chunk =>
        {
            var verdicts = chunk.Select(order => VerdictOn(world, order)).ToArray();
            var leaves = verdicts.Select(each => TypedData.Digest(world.Cast.Terms.Domain, each.Verdict)).ToArray();
            return new EscrowCall.PostBatch(MerkleTree.Root(leaves), [.. verdicts]);
        })];

    private static SignedVerdict VerdictOn(World world, SignedOrder order)
    {
        var terms = world.Cast.Terms;
        var task = TypedData.TaskIdOf(terms.Domain, order.Order);
        var provider = Keys.AddressOf("prov", (int)(order.Order.IdempotencyKey % 200));
        var pay = order.Order.PriceLimit.DividedBy(2);
        var verdict = new Verdict(
            task, 0, Outcome.Complete, new Digest(1, 2, 3, 4),
            [new Finding(new AttemptId(order.Order.IdempotencyKey), provider, Judgement.Paid, pay)], 1);
        var digest = TypedData.Digest(terms.Domain, verdict);
        var votes = terms.Validators.Span[..terms.Quorum].ToArray()
            .Select(validator => new VoteSignature(validator, world.Keys.Sign(validator, digest)));
        return new SignedVerdict(verdict, [.. votes]);
    }

    private static EscrowCall.Settle SettleOf(EscrowCall.PostBatch batch) =>
        new([.. batch.Verdicts.Select(signed => signed.Verdict.Task)]);

    private static void Time(Report report, string what, int calls, Action act)
    {
        var start = ThreadClock.Nanoseconds();
        act();
        var perTask = (ThreadClock.Nanoseconds() - start) / 1e3 / TaskCount;
        report.Row(what, Text(calls, "n0"), Text(perTask, "f2"), Text(1e6 / perTask, "n0"));
    }

    private static void TimeEach(Report report, string what, int bytes, int count, Action<int> act)
    {
        for (var at = 0; at < count; at++) act(at);
        var start = ThreadClock.Nanoseconds();
        for (var at = 0; at < count; at++) act(at);
        var each = (ThreadClock.Nanoseconds() - start) / 1e3 / count;
        report.Row(what, Text(bytes, "n0"), Text(each, "f2"), Text(1e6 / each, "n0"));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
