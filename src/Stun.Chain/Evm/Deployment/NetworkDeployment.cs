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
        var connected = await AskAsync(staking, Staking.Calls.Escrow(), cancel).ConfigureAwait(false);
        if (Staking.Answers.Escrow(connected).IsZero)
            await SendAsync(staking, Staking.Calls.Connect(escrow), cancel).ConfigureAwait(false);
        var court = await AskAsync(escrow, Escrow.Calls.Court(), cancel).ConfigureAwait(false);
        if (!Escrow.Answers.Court(court).IsZero) return;
        var connect = Escrow.Calls.Connect(
            book[ContractNames.Court].Address, book[ContractNames.TaskEscrow].Address);
        await SendAsync(escrow, connect, cancel).ConfigureAwait(false);
    }

    /// <summary>From here on governance alone changes anything: the deployer gives up its role at the timelock.
    /// </summary>
    private async Task HandOverAsync(NetworkPlan plan, AddressBook book, CancellationToken cancel)
    {
        var (timelock, governor) = (book[ContractNames.Timelock].Address, book[ContractNames.Governor].Address);
        var admin = StunTimelock.Answers.DefaultAdminRole(
            await AskAsync(timelock, StunTimelock.Calls.DefaultAdminRole(), cancel).ConfigureAwait(false));
        var isAdmin = await AskAsync(timelock, StunTimelock.Calls.HasRole(admin, plan.Deployer), cancel)
            .ConfigureAwait(false);
        if (!StunTimelock.Answers.HasRole(isAdmin)) return;
        var proposer = await AskAsync(timelock, StunTimelock.Calls.ProposerRole(), cancel).ConfigureAwait(false);
        var canceller = await AskAsync(timelock, StunTimelock.Calls.CancellerRole(), cancel).ConfigureAwait(false);
        foreach (var role in (Digest[])
                 [StunTimelock.Answers.ProposerRole(proposer), StunTimelock.Answers.CancellerRole(canceller)])
            await SendAsync(timelock, StunTimelock.Calls.GrantRole(role, governor), cancel).ConfigureAwait(false);
        await SendAsync(timelock, StunTimelock.Calls.RenounceRole(admin, plan.Deployer), cancel).ConfigureAwait(false);
    }

    private Task<byte[]> AskAsync(Address contract, byte[] call, CancellationToken cancel) =>
        rpc.CallAsync(new CallRequest(contract, call), default, cancel);

    private async Task SendAsync(Address to, byte[] call, CancellationToken cancel)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(to, call), cancel).ConfigureAwait(false);
        if (!receipt.Succeeded)
            throw new ChainException("chain.deployment-failed", $"Transaction 0x{receipt.TransactionHash} was refused.",
                "Run the deployment again; if it is refused again, look at the trace of that transaction.");
    }
}
