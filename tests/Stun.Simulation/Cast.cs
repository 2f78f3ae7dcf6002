using Stun.Engine.Admission;
using Stun.Engine.Leases;
using Stun.Engine.Placement;
using Stun.Engine.Scheduling;
using Stun.Engine.Settlement;
using Stun.Engine.Verification;

namespace Stun.Simulation;

/// <summary>Everybody in the world: the nodes, the people, and who of them cheats.</summary>
public sealed class Cast
{
    private readonly World world;
    private readonly SortedDictionary<Address, SimNode> nodeAt = [];
    private readonly List<SimNode> nodes = [];
    private readonly SortedDictionary<Address, Cheat> cheats = [];
    private readonly SortedSet<Address> liars = [];
    private readonly Address greedy;

    public Cast(World world)
    {
        this.world = world;
        var options = world.Options;
        var validators = Enumerable.Range(0, options.ValidatorCount)
            .Select(index => Keys.AddressOf("valid", index)).Order().ToArray();
        Terms = new NetworkTerms
        {
            Validators = [.. validators],
            Schedulers = [Keys.AddressOf("sched", 0)],
            Quorum = (options.ValidatorCount / 2) + 1,
            Domain = new TypedDataDomain(31337, Keys.AddressOf("escrow", 0)),
            Treasury = Keys.AddressOf("treasury", 0),
            DisputeWindow = Duration.Seconds(120),
            DisputeTimeout = Duration.Seconds(600),
            ExpiryGrace = Duration.Seconds(900),
            ValidatorsRerun = options.ValidatorsRerun,
        };
        Market = new SimMarket(world);
        Requesters = new Requesters(world, Terms);
        SchedulerAddress = Keys.AddressOf("sched", 0);
        for (var index = 0; index < options.LyingValidatorCount; index++) liars.Add(validators[index]);
        for (var index = 0; index < options.CheatCount; index++)
        {
            var vices = VicesOf(options);
            cheats.Add(Keys.AddressOf("prov", index), new Cheat(world, vices[world.Dice.Below(vices.Count)]));
        }
        greedy = options.GreedyGateway ? Keys.AddressOf("gate", 0) : default;
    }

    public NetworkTerms Terms { get; }
    public Truth Truth { get; } = new();
    public SimMarket Market { get; }
    public Requesters Requesters { get; }
    public Address SchedulerAddress { get; }
    public IEscrowHost Escrow { get; private set; } = null!;
    public IReadOnlyList<SimNode> Nodes => nodes;
    public IEnumerable<SimNode> Gateways => nodes.Where(node => node.Machine is GatewayMachine);
    public SchedulerMachine Scheduler => (SchedulerMachine)nodeAt[SchedulerAddress].Machine;

    /// <summary>Deadlines, grace, windows and some room: by then everything that was accepted has ended.</summary>
    public static Duration LongestWait => Duration.Seconds(12_000);

    public bool AllEnded => Requesters.AllEnded && !Escrow.Escrow.OpenHolds.Any() && Scheduler.State.OpenCount == 0;

    public void Start()
    {
        Build();
        foreach (var node in nodes) node.Start();
        Escrow.Start(Genesis());
        Requesters.Start();
    }

    public void Deliver(Address from, Address to, Message message)
    {
        if (nodeAt.TryGetValue(to, out var node))
        {
            if (world.Hands.Translate(node, message) is { } told) node.Deliver(new Input(from, told));
        }
        else
        {
            Requesters.Receive(to, message);
        }
    }

    public bool IsSigned(SignedOrder order) =>
        world.Keys.Check(order.Order.Requester, TypedData.Digest(Terms.Domain, order.Order), order.Signature);

    public bool IsSigned(SignedReceipt receipt) =>
        world.Keys.Check(receipt.Receipt.Provider, TypedData.Digest(Terms.Domain, receipt.Receipt), receipt.Signature);

    public RunPlan PlanRun(SimNode node, Lease lease, SignedOrder order) =>
        cheats.TryGetValue(node.Address, out var cheat)
            ? cheat.PlanRun(lease, order)
            : RunPlan.Honest(world, lease, order);

    /// <summary>What really leaves a node: the same for the honest, something else for those who cheat.</summary>
    public IEnumerable<Effect.Send> Tamper(SimNode node, Effect.Send send)
    {
        if (cheats.TryGetValue(node.Address, out var cheat)) return [cheat.Tamper(send)];
        if (liars.Contains(node.Address)) return [Liar.Tamper(world, node.Address, send)];
        if (node.Address == greedy) return Greed.Tamper(world, node.Address, send);
        return [send];
    }

    public string WhatIsOpen()
    {
        var tasks = Scheduler.State.Tasks.Where(task => task.Phase != TaskPhase.Ended)
            .Select(task => $"{task.Id} is {task.Phase}").Take(3);
        var holds = Escrow.Escrow.OpenHolds.Select(task =>
            $"{task} holds money ({Scheduler.State.Find(task)?.Phase.ToString() ?? "forgotten"})").Take(3);
        return "not everything came to its end: "
            + string.Join("; ", tasks.Concat(holds).Concat(Requesters.Open().Take(3)));
    }

    private static ValueList<Vice> VicesOf(SimOptions options) =>
        options.Vices.Count > 0 ? options.Vices : [Vice.Lazy, Vice.Colluder, Vice.Equivocator, Vice.Replayer];

    private void Build()
    {
        var escrowAddress = Terms.Book;
        Escrow = world.Options.HasChain
            ? new SimChain(world, Terms)
            : new EscrowRole(world, Add(escrowAddress, _ => new EscrowMachine(Terms, world.Keys.Check)));
        Add(SchedulerAddress, BuildScheduler);
        for (var index = 0; index < world.Options.GatewayCount; index++)
            Add(Keys.AddressOf("gate", index), _ => new GatewayMachine(SchedulerAddress, Terms));
        foreach (var validator in Terms.Validators)
            Add(validator, dice => new ValidatorMachine(validator, Terms, dice));
        for (var index = 0; index < world.Options.ProviderCount; index++)
        {
            var address = Keys.AddressOf("prov", index);
            var offers = Market.OffersOf(address);
            Add(address, dice => new ProviderMachine(address, SchedulerAddress, offers, Terms, dice));
        }
    }

    /// <summary>A scheduler of this world, as it is before its journal is replayed.</summary>
    public SchedulerMachine BuildScheduler(Prng dice) =>
        new(SchedulerAddress, Terms, PlacementWeights.Default, Market.Proximity, dice);

    private SimNode Add(Address address, Func<Prng, Machine> build)
    {
        var node = new SimNode(world, nodes.Count, address, build);
        nodes.Add(node);
        nodeAt.Add(address, node);
        return node;
    }

    private IEnumerable<(Address, EscrowCall)> Genesis()
    {
        foreach (var (requester, amount) in Requesters.Deposits())
            yield return (requester, new EscrowCall.Deposit(1, amount));
        foreach (var validator in Terms.Validators.Span.ToArray())
            yield return (validator, new EscrowCall.Deposit(1, Terms.DisputeBond * 10_000));
        foreach (var node in nodes.Where(node => node.Machine is ProviderMachine))
        {
            yield return (node.Address, new EscrowCall.Deposit(1, SimMarket.Stake));
            yield return (node.Address, new EscrowCall.AddStake(2, SimMarket.Stake));
        }
    }
}
