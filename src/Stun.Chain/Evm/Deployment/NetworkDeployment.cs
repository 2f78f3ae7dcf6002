using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Chain.Evm.Deployment;

/// <summary>
/// Makes all contracts of a network and connects them. Every step looks first whether it is done, so that a run that
/// broke off is finished by another, and one too many changes nothing.
/// </summary>
public sealed class NetworkDeployment(EvmRpc rpc, TransactionSender sender)
{
    private const uint VotingDelay = 86_400, VotingPeriod = 5 * 86_400;
    private const uint QuorumPercent = 4;
    private const uint ChannelCloseDelay = 86_400;

    public async Task<AddressBook> RunAsync(
        NetworkPlan plan, AddressBook? known = null, CancellationToken cancel = default)
    {
        if (plan.Deployer != sender.Address)
            throw new ChainException("chain.other-deployer",
                $"The plan names {plan.Deployer} as its deployer, and the transactions are {sender.Address}'s.",
                "Use the deployer's key, or name this one in the plan.");
        var book = await new ContractDeployer(rpc, sender).DeployAsync(ContractsOf(plan), known, cancel)
            .ConfigureAwait(false);
        await ConnectAsync(book, cancel).ConfigureAwait(false);
        await HandOverAsync(plan, book, cancel).ConfigureAwait(false);
        return book;
    }

    /// <summary>Each is told the addresses of those before it, which follow from their code.</summary>
    private static DeploymentPlan ContractsOf(NetworkPlan plan)
    {
        List<PlannedContract> contracts = [];
        Address Add(string name, byte[] code)
        {
            var contract = new PlannedContract(name, code, default);
            contracts.Add(contract);
            return new DeploymentPlan(plan.Salt, []).AddressOf(contract);
        }

        var token = plan.Currency ?? Add(ContractNames.Token, StunToken.Deploy(plan.Treasury));
        var timelock = Add(ContractNames.Timelock,
            StunTimelock.Deploy(plan.GovernanceDelay, [], [Address.Zero], plan.Deployer));
        Add(ContractNames.Governor, StunGovernor.Deploy(
            token, timelock, VotingDelay, VotingPeriod, NetworkPlan.Coin * 1_000, QuorumPercent));
        var guardians = plan.Guardians.Count > 0 ? plan.Guardians : plan.Validators;
        var guardian = Add(ContractNames.Guardian, Guardian.Deploy(guardians, (ulong)(guardians.Count / 2) + 1));
        var staking = Add(ContractNames.Staking,
            Staking.Deploy(token, timelock, plan.Deployer, plan.UnbondingDelay));
        var escrow = Add(ContractNames.Escrow, Escrow.Deploy(
            token, staking, timelock, guardian, plan.Deployer, plan.Validators, plan.Quorum, plan.Terms,
            new Escrow.Shares(0, plan.TreasuryPpm, plan.CreatorPpm, plan.SlashToRequesterPpm, plan.SlashMultiple,
                plan.Treasury)));
        Add(ContractNames.Court, Court.Deploy(escrow));
        Add(ContractNames.TaskEscrow, TaskEscrow.Deploy(escrow));
        Add(ContractNames.ProviderRegistry, ProviderRegistry.Deploy(staking, timelock, plan.StakeMultiple));
        Add(ContractNames.ModelRegistry, ModelRegistry.Deploy());
        Add(ContractNames.Reputation, Reputation.Deploy(escrow, staking));
        Add(ContractNames.Channel, Channel.Deploy(token, ChannelCloseDelay));
        return new DeploymentPlan(plan.Salt, contracts);
    }

    private async Task ConnectAsync(AddressBook book, CancellationToken cancel)
    {
        var (escrow, staking) = (book[ContractNames.Escrow].Address, book[ContractNames.Staking].Address);
        var connected = Staking.Answers.Escrow(
            await rpc.CallAsync(new CallRequest(staking, Staking.Calls.Escrow()), default, cancel).ConfigureAwait(false));
        if (connected.IsZero)
            await SendAsync(staking, Staking.Calls.Connect(escrow), cancel).ConfigureAwait(false);
        var court = Escrow.Answers.Court(
            await rpc.CallAsync(new CallRequest(escrow, Escrow.Calls.Court()), default, cancel).ConfigureAwait(false));
        if (court.IsZero)
            await SendAsync(escrow, Escrow.Calls.Connect(
                book[ContractNames.Court].Address, book[ContractNames.TaskEscrow].Address), cancel).ConfigureAwait(false);
    }

    /// <summary>From here on governance alone changes anything: the deployer gives its role at the timelock up.</summary>
    private async Task HandOverAsync(NetworkPlan plan, AddressBook book, CancellationToken cancel)
    {
        var (timelock, governor) = (book[ContractNames.Timelock].Address, book[ContractNames.Governor].Address);
        async Task<byte[]> AskAsync(byte[] call) =>
            await rpc.CallAsync(new CallRequest(timelock, call), default, cancel).ConfigureAwait(false);

        var admin = StunTimelock.Answers.DefaultAdminRole(
            await AskAsync(StunTimelock.Calls.DefaultAdminRole()).ConfigureAwait(false));
        var isAdmin = StunTimelock.Answers.HasRole(
            await AskAsync(StunTimelock.Calls.HasRole(admin, plan.Deployer)).ConfigureAwait(false));
        if (!isAdmin) return;
        Digest[] roles =
        [
            StunTimelock.Answers.ProposerRole(await AskAsync(StunTimelock.Calls.ProposerRole()).ConfigureAwait(false)),
            StunTimelock.Answers.CancellerRole(await AskAsync(StunTimelock.Calls.CancellerRole()).ConfigureAwait(false)),
        ];
        foreach (var role in roles)
            await SendAsync(timelock, StunTimelock.Calls.GrantRole(role, governor), cancel).ConfigureAwait(false);
        await SendAsync(timelock, StunTimelock.Calls.RenounceRole(admin, plan.Deployer), cancel).ConfigureAwait(false);
    }

    private async Task SendAsync(Address to, byte[] call, CancellationToken cancel)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(to, call), cancel).ConfigureAwait(false);
        if (!receipt.Succeeded)
            throw new ChainException("chain.deployment-failed", $"Transaction 0x{receipt.TransactionHash} was refused.",
                "Run the deployment again; if it is refused again, look at the trace of that transaction.");
    }
}
