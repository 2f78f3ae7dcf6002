using Stun.Engine.Settlement;

namespace Stun.Simulation;

/// <summary>Where the escrow lives: on a simulated chain, or as a role of the network.</summary>
public interface IEscrowHost
{
    Escrow Escrow { get; }

    IEnumerable<EscrowEvent> Log { get; }

    void Start(IEnumerable<(Address Caller, EscrowCall Call)> genesis);

    void Call(SimNode node, ulong ask, EscrowCall call);

    /// <summary>A transaction of somebody who is no node and waits for no answer.</summary>
    void Call(Address caller, EscrowCall call);

    void Follow(SimNode node, ulong from);

    void Forget(SimNode node);
}

/// <summary>
/// A chain: transactions wait, are included, may be thrown back by a reorganisation, and are executed when their
/// block is
/// final. Roles hear of final things only.
/// </summary>
public sealed class SimChain(World world, NetworkTerms terms) : IEscrowHost
{
    private sealed record Transaction(Address Caller, EscrowCall Call, SimNode? Node, int Life, ulong Ask);

    private readonly List<Transaction> mempool = [];
    private readonly List<List<Transaction>> tip = [];
    private readonly List<(Instant At, EscrowEvent Event)> log = [];
    private readonly SortedDictionary<int, ulong> cursors = [];
    private int spikeBlocks;
    private int lateBlocks;

    public Escrow Escrow { get; } = new(terms, world.Keys.Check);

    public IEnumerable<EscrowEvent> Log => log.Select(entry => entry.Event);

    public void Start(IEnumerable<(Address Caller, EscrowCall Call)> genesis)
    {
        foreach (var (caller, call) in genesis) Execute(new Transaction(caller, call, null, 0, 0));
        PlanBlock();
    }

    public void Call(SimNode node, ulong ask, EscrowCall call) =>
        Submit(new Transaction(node.Address, call, node, node.Life, ask));

    public void Call(Address caller, EscrowCall call) => Submit(new Transaction(caller, call, null, 0, 0));

    public void Follow(SimNode node, ulong from)
    {
        cursors[node.Index] = from;
        world.At(world.Now + Duration.Millis(20), TellFollowers);
    }

    public void Forget(SimNode node) => cursors.Remove(node.Index);

    private void Submit(Transaction transaction)
    {
        if (world.Faults.AreOn && world.Dice.Chance(world.Options.DropTransactionPpm)) return;
        mempool.Add(transaction);
    }

    private void PlanBlock() => world.At(world.Now + world.Options.BlockTime, () =>
    {
        MakeBlock();
        PlanBlock();
    });

    private void MakeBlock()
    {
        var (options, dice) = (world.Options, world.Dice);
        if (world.Faults.AreOn)
        {
            if (dice.Chance(options.ReorgPpm)) Reorganise();
            if (dice.Chance(options.FeeSpikePpm)) spikeBlocks = dice.Below(20);
            if (dice.Chance(options.LateFinalityPpm)) lateBlocks = dice.Below(20);
        }
        else
        {
            (spikeBlocks, lateBlocks) = (0, 0);
        }
        if (spikeBlocks > 0)
        {
            spikeBlocks--;
            tip.Add([]);
        }
        else
        {
            tip.Add([.. mempool]);
            mempool.Clear();
        }
        if (lateBlocks > 0)
        {
            lateBlocks--;
            return;
        }
        while (tip.Count > options.FinalityDepth)
        {
            foreach (var transaction in tip[0]) Execute(transaction);
            tip.RemoveAt(0);
        }
        TellFollowers();
    }

    /// <summary>
    /// Some blocks that are not final vanish; their transactions come back in another order, or not at all.
    /// </summary>
    private void Reorganise()
    {
        if (tip.Count == 0) return;
        world.Tally.Reorgs++;
        var depth = 1 + world.Dice.Below(tip.Count);
        for (; depth > 0; depth--)
        {
            foreach (var transaction in tip[^1])
                if (!world.Dice.Chance(100_000)) mempool.Insert(world.Dice.Below(mempool.Count + 1), transaction);
            tip.RemoveAt(tip.Count - 1);
        }
    }

    private void Execute(Transaction transaction)
    {
        List<EscrowEvent> fresh = [];
        var refusal = Escrow.Execute(world.Now, transaction.Caller, transaction.Call, fresh);
        foreach (var item in fresh) log.Add((world.Now, item));
        Escrow.Ledger.RequireConserved();
        if (transaction.Node is { } node && node.Life == transaction.Life)
            world.Hands.Answer(node, transaction.Ask, new Answer.CallFinal(refusal), Duration.Millis(10));
    }

    private void TellFollowers()
    {
        foreach (var index in cursors.Keys.ToArray())
        {
            var node = world.Cast.Nodes[index];
            for (var next = cursors[index]; next < (ulong)log.Count; next++)
                node.Deliver(new Input(
                    node.Address, new Message.EscrowLogged(next, log[(int)next].At, log[(int)next].Event)));
            cursors[index] = (ulong)log.Count;
        }
    }
}

/// <summary>The escrow as a role: calls, answers and its log are messages that may be lost.</summary>
public sealed class EscrowRole(World world, SimNode role) : IEscrowHost
{
    private ulong callCount;

    public Escrow Escrow => ((EscrowMachine)role.Machine).Escrow;

    public IEnumerable<EscrowEvent> Log => ((EscrowMachine)role.Machine).Log;

    public void Start(IEnumerable<(Address Caller, EscrowCall Call)> genesis)
    {
        foreach (var (caller, call) in genesis)
            role.Deliver(new Input(caller, new Message.CallEscrow(++callCount, call)));
    }

    public void Call(SimNode node, ulong ask, EscrowCall call)
    {
        world.Hands.ExpectCall(node, ask);
        world.Network.Send(node.Address, role.Address, new Message.CallEscrow(ask, call));
    }

    public void Call(Address caller, EscrowCall call) =>
        world.Network.Send(caller, role.Address, new Message.CallEscrow(++callCount, call));

    public void Follow(SimNode node, ulong from) =>
        world.Network.Send(node.Address, role.Address, new Message.FollowEscrow(from));

    public void Forget(SimNode node) { }
}
