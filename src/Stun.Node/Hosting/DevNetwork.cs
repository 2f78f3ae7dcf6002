using Stun.Chain.Evm;
using Stun.Node.Provider;

namespace Stun.Node.Hosting;

/// <summary>A whole network in one process, for trying out: everybody is this machine's owner.</summary>
public sealed class DevNetwork
{
    /// <summary>What the requester begins with, and what each provider has at stake.</summary>
    public static readonly Amount Purse = new(1_000_000_000_000), Stake = new(1_000_000_000);

    private readonly EvmKey gateway = EvmKey.Generate();
    private readonly EvmKey scheduler = EvmKey.Generate();
    private readonly EvmKey escrow = EvmKey.Generate();
    private readonly List<EvmKey> validators;
    private readonly List<ProviderPlan> providers = [];

    public DevNetwork(int validatorCount)
    {
        validators = [.. Enumerable.Range(0, validatorCount).Select(_ => EvmKey.Generate())
            .OrderBy(key => key.Address)];
        Terms = new NetworkTerms
        {
            Validators = [.. validators.Select(key => key.Address)],
            Schedulers = [scheduler.Address],
            Quorum = (validatorCount / 2) + 1,
            Domain = new TypedDataDomain(31337, escrow.Address),
            Treasury = EvmKey.Generate().Address,
            // Times in which a person can watch what happens; a network of strangers takes minutes.
            DisputeWindow = Duration.Millis(500),
            BatchPause = Duration.Millis(200),
        };
    }

    public NetworkTerms Terms { get; }

    public EvmKey Requester { get; } = EvmKey.Generate();

    public IReadOnlyList<ProviderPlan> Providers => providers;

    public void AddProvider(Hardware hardware, Amount price, Region region, Func<IExecutor, IExecutor>? executor)
    {
        var key = EvmKey.Generate();
        var offer = new Offer(
            new OfferId(1), key.Address, hardware, price, region, [], Stake, Digest.Zero, 1);
        providers.Add(new ProviderPlan(key, [offer], (_, _) => null) { Executor = executor });
    }

    public NodePlan Plan() => new(Terms, scheduler.Address)
    {
        Gateway = gateway,
        Scheduler = scheduler,
        Escrow = escrow,
        Validators = validators,
        Providers = providers,
    };

    /// <summary>Everybody gets what they need to take part.</summary>
    public void Fund(NodeProcess process)
    {
        process.CallEscrow(Requester.Address, new EscrowCall.Deposit(1, Purse));
        foreach (var validator in validators)
            process.CallEscrow(validator.Address, new EscrowCall.Deposit(1, Terms.DisputeBond * 1_000));
        foreach (var provider in providers)
        {
            process.CallEscrow(provider.Key.Address, new EscrowCall.Deposit(1, Stake));
            process.CallEscrow(provider.Key.Address, new EscrowCall.AddStake(2, Stake));
        }
    }
}
