using Stun.Chain.Evm;
using Stun.Engine.Admission;
using Stun.Engine.Leases;
using Stun.Engine.Placement;
using Stun.Engine.Scheduling;
using Stun.Engine.Settlement;
using Stun.Engine.Verification;
using Stun.Node.Gateway;
using Stun.Node.Provider;
using Stun.Node.Money;
using Stun.Node.Storage;
using Stun.Node.Validator;

namespace Stun.Node.Hosting;

/// <summary>The roles of one process, put together after a plan.</summary>
public sealed class NodeProcess : IAsyncDisposable, IOutlet
{
    private readonly NodePlan plan;
    private readonly WorkBench bench;
    private readonly RunningWork runs;
    private readonly Tools tools;
    private ulong lastNonce;

    /// <summary>What the roles need of this machine.</summary>
    public sealed record Tools(
        IJournal Journal, Func<SmallBlobs, IExecutor> Executor, IResults Results, TimeProvider Clock)
    {
        /// <summary>Where messages go that are for another process.</summary>
        public Action<Address, Address, Message> Elsewhere { get; init; } = (_, _, _) => { };

        /// <summary>Whether proofs and evidence hold.</summary>
        public IProofDesk Proofs { get; init; } = new NoProofDesk();

        public Action<RoleHost, Effect.Note> Noted { get; init; } = (_, _) => { };

        public Action<AttemptId, Execution.Containers.LogStream, ReadOnlyMemory<byte>> Log { get; init; } =
            (_, _, _) => { };

        public Action<AttemptId> LogEnded { get; init; } = _ => { };

        /// <summary>What a batch cost on its way to the chain.</summary>
        public Action<BatchGas> Spent { get; init; } = _ => { };

        /// <summary>What failed beside the pump.</summary>
        public Action<Exception> Trouble { get; init; } = _ => { };
    }

    public NodeProcess(NodePlan plan, Tools tools)
    {
        (this.plan, this.tools) = (plan, tools);
        Pump = new Pump(tools.Journal, this, tools.Clock);
        bench = new WorkBench(Pump);
        runs = new RunningWork(tools.Trouble);
        SmallBlobs = new SmallBlobs(Pump);
        var executor = new Lazy<IExecutor>(() => tools.Executor(SmallBlobs));
        if (plan.Escrow is { } escrow)
            Add(escrow, new EscrowMachine(plan.Terms, Signatures.Check, Dice()), HandsOfEscrow(escrow), MayCallEscrow);
        if (plan.Scheduler is { } scheduler)
            Add(scheduler, SchedulerOf(scheduler), Comparing(scheduler, executor), AnybodyMay);
        if (plan.Gateway is { } gateway)
        {
            Add(gateway, new GatewayMachine(plan.SchedulerAddress, plan.Terms), Plain(gateway), AnybodyMay);
            Intake = new Intake(Pump, gateway.Address, plan.Terms, Board, Signatures);
        }
        foreach (var validator in plan.Validators)
            Add(validator, new ValidatorMachine(validator.Address, plan.Terms, Dice()),
                Comparing(validator, executor), AnybodyMay);
        foreach (var provider in plan.Providers) AddProvider(provider, executor);
    }

    public Pump Pump { get; }

    public SmallBlobs SmallBlobs { get; }

    public SignatureBook Signatures { get; } = new();

    public TaskBoard Board { get; } = new();

    /// <summary>Runs, re-runs and comparisons that are under way.</summary>
    public int RunningCount => runs.Count;

    /// <summary>Only where the process holds a gateway.</summary>
    public Intake? Intake { get; }

    /// <param name="replayed">Is told every record of earlier lives, in order, before anything new.</param>
    /// <param name="followedTo">How far those who follow the journal have come.</param>
    public Task StartAsync(Action<JournalRecord> replayed, ulong followedTo, CancellationToken cancel) =>
        Pump.StartAsync(record =>
        {
            if (record.Position > followedTo) SmallBlobs.Replayed(record);
            replayed(record);
        }, followedTo, cancel);

    public void Send(RoleHost from, Address to, Message message)
    {
        if (from.Address == plan.Gateway?.Address && message is Message.TaskAccepted or Message.TaskRefused
            or Message.ResultReady or Message.TaskEnded) Board.Tell(message);
        else tools.Elsewhere(from.Address, to, message);
    }

    /// <summary>
    /// A transaction of somebody of this process who is no role: an owner who puts money in. Not to be had from
    /// outside.
    /// </summary>
    /// <seealso cref="NextNonce"/>
    public void CallEscrow(Address caller, EscrowCall call)
    {
        if (plan.Terms.Chain is not null)
            throw new NodeException("escrow.on-chain", "The money of this network lies on a chain.",
                "Put it in there: 'stun wallet deposit'.");
        if (Pump.Find(plan.Terms.Book) is not { } escrow)
            throw new NodeException("escrow.elsewhere", "This process does not hold the escrow.",
                "Ask the process that does.");
        Pump.Visit(() => escrow.Take(new Input(caller, new Message.CallEscrow(Intake.NewKey(), call))));
    }

    /// <summary>
    /// The escrow takes only a higher number than it has seen from an account. Microseconds rise over all lives of all
    /// processes, as far as their clocks do.
    /// </summary>
    public ulong NextNonce()
    {
        while (true)
        {
            var last = Volatile.Read(ref lastNonce);
            var next = Math.Max(last + 1, (ulong)Pump.Now.Micros);
            if (Interlocked.CompareExchange(ref lastNonce, next, last) == last) return next;
        }
    }

    /// <summary>Whether a provider of this process has run something to its end, and still waits to be heard.</summary>
    public async Task<bool> HasUntoldResultsAsync()
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Pump.Visit(() => answer.SetResult(plan.Providers.Any(provider =>
            Pump.Find(provider.Key.Address)?.Machine is ProviderMachine machine
            && machine.Held.Any(lease => !lease.IsRunning))));
        return await Task.WhenAny(answer.Task, Pump.Ended).ConfigureAwait(false) == answer.Task
            && await answer.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await runs.FinishAsync().ConfigureAwait(false);
        await Pump.DisposeAsync().ConfigureAwait(false);
        // What the pump began while the others ended.
        await runs.FinishAsync().ConfigureAwait(false);
    }

    private void AddProvider(ProviderPlan provider, Lazy<IExecutor> executor)
    {
        var machine = new ProviderMachine(
            provider.Key.Address, plan.SchedulerAddress, provider.Offers, plan.Terms, Dice());
        var hands = new ProviderHands(Hands(provider.Key), new ProviderTools(
            provider.Executor is { } own ? new Lazy<IExecutor>(() => own(executor.Value)) : executor,
            provider.Policy, tools.Log, tools.LogEnded, runs)
        {
            HasScheduler = plan.Scheduler is not null,
        });
        Add(provider.Key, machine, hands, AnybodyMay);
    }

    private void Add(EvmKey key, Machine machine, IHands hands, Func<Address, Message, bool> admits) =>
        Pump.Add(new RoleHost(key.Address, machine, hands) { Escrow = plan.Terms.Book, Admits = admits });

    private SchedulerMachine SchedulerOf(EvmKey key) =>
        new(key.Address, plan.Terms, PlacementWeights.Default, ProximityTable.Empty, Dice());

    private RoleHands Plain(EvmKey key) => new(Hands(key));

    private RoleHands HandsOfEscrow(EvmKey key)
    {
        if (plan.Terms.Chain is not { } terms) return Plain(key);
        var access = plan.Chain ?? throw new NodeException("chain.no-access",
            "The escrow role keeps the book of a chain, and this process has no way to that chain.",
            "Give chain.rpc and chain.contracts in the configuration.");
        return new ChainHands(
            Hands(key), access, terms.FirstBlock, runs, new BatchCost(access, tools.Spent, tools.Trouble));
    }

    /// <summary>A scheduler compares replicas, as validators do.</summary>
    private ValidatorHands Comparing(EvmKey key, Lazy<IExecutor> executor) =>
        new(Hands(key), new ValidatorTools(executor, tools.Results, tools.Proofs, runs, tools.Trouble));

    private HandTools Hands(EvmKey key) => new(Pump, bench, Signatures, key, plan.Terms, tools.Noted);

    private static Prng Dice() => new(Intake.NewKey());

    private static bool AnybodyMay(Address from, Message message) => true;

    /// <summary>
    /// Where no chain keeps the money, nobody may make it from outside. The log, which names everybody's results, is
    /// for those who need it to judge; and only those hold, post and settle who would lose by doing it idly.
    /// </summary>
    private bool MayCallEscrow(Address from, Message message)
    {
        var isOfNetwork = plan.Terms.Schedulers.Contains(from) || plan.Terms.Validators.Contains(from);
        return message switch
        {
            Message.FollowEscrow => isOfNetwork,
            Message.CallEscrow { EscrowCall: EscrowCall.Deposit } => false,
            Message.CallEscrow
            {
                EscrowCall: EscrowCall.HoldFunds or EscrowCall.PostBatch or EscrowCall.Settle or EscrowCall.ExpireHold
            } => isOfNetwork,
            Message.CallEscrow => true,
            _ => false,
        };
    }
}
