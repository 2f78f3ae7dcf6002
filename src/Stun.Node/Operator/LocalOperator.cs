using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Configuration;
using Stun.Node.Money;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Node.Operator;

/// <summary>What a chain on this machine needs so that contracts can ask.</summary>
/// <param name="Chain">Where it is.</param>
/// <param name="Owner">Deploys, and has the token.</param>
/// <param name="Nodes">Who may answer.</param>
public sealed record LocalOperatorPlan(
    EvmNetwork Network, Uri Chain, EvmRpc Rpc, TransactionSender Owner, Address Token, ValueList<Address> Nodes);

/// <summary>
/// An operator's contract and a consumer of it on a chain of this machine: for trying out, and to see how contracts
/// ask. Made once; a later life finds them where they are.
/// </summary>
public sealed class LocalOperator : IAsyncDisposable
{
    /// <summary>As in the prototype's development network, so that its scripts find it.</summary>
    public const string SpecName = "a3fa982792ad486785be5d89ac333ab5";

    private const string OperatorName = "Operator";

    private static readonly Amount Gas = new(NetworkPlan.Coin * 1_000);

    private readonly LocalOperatorPlan plan;
    private readonly TransactionSender user;

    private LocalOperator(LocalOperatorPlan plan, TransactionSender user, AddressBook book)
    {
        (this.plan, this.user) = (plan, user);
        Contract = book[OperatorName].Address;
        Consumer = book[nameof(ExampleConsumer)].Address;
    }

    public Address Contract { get; }

    /// <summary>A contract that asks what it is told to ask, and keeps the answers.</summary>
    public Address Consumer { get; }

    /// <summary>Who has the consumer ask, pays, and gets the rest back.</summary>
    public Address User => user.Address;

    /// <summary>For the configuration of a node that answers.</summary>
    public OperatorChainSettings Settings =>
        new(plan.Network, [plan.Chain.ToString()], Contract, 0, false, false, 200_000);

    /// <param name="user">No other sender may use its key on this chain.</param>
    public static async Task<LocalOperator> OpenAsync(
        LocalOperatorPlan plan, EvmKey user, CancellationToken cancel)
    {
        using var powers = new LocalChainPowers(plan.Chain);
        foreach (var account in plan.Nodes.Span.ToArray().Append(user.Address))
            await powers.GiveAsync(account, Gas, cancel).ConfigureAwait(false);
        var owner = plan.Owner;
        var book = await new ContractDeployer(plan.Rpc, owner).DeployAsync(new DeploymentPlan(Digest.Zero,
        [
            new PlannedContract(OperatorName, OperatorContract.Deploy(plan.Token, owner.Address), default),
            new PlannedContract(nameof(ExampleConsumer), ExampleConsumer.Deploy(), default),
        ]), null, cancel).ConfigureAwait(false);
        var sender = await TransactionSender.OpenAsync(
            plan.Rpc, user, plan.Network, new MemorySendingJournal(), cancel: cancel).ConfigureAwait(false);
        var local = new LocalOperator(plan, sender, book);
        await local.ConnectAsync(cancel).ConfigureAwait(false);
        return local;
    }

    /// <summary>The user's coins of the token grow by this.</summary>
    public Task FundAsync(Amount coins, CancellationToken cancel) =>
        LocalMoney.SendAsync(plan.Owner, plan.Token, StunToken.Calls.Transfer(User, coins), cancel);

    /// <summary>Has the consumer ask. What is not spent goes back to the user.</summary>
    /// <returns>The request's id.</returns>
    public async Task<Digest> AskAsync(
        string service, string data, string keyPath, string abi, string multiplier, Amount payment,
        CancellationToken cancel)
    {
        await LocalMoney.SendAsync(user, plan.Token, StunToken.Calls.Approve(Consumer, payment), cancel)
            .ConfigureAwait(false);
        var receipt = await LocalMoney.SendAsync(user, Consumer, ExampleConsumer.Calls.DoTransferAndRequest(
            service, data, keyPath, abi, multiplier, payment), cancel).ConfigureAwait(false);
        return receipt.Logs.Select(log => ExampleConsumer.Event.TryDecode(log.ToAbi()))
            .OfType<ExampleConsumer.Event.ChainlinkRequested>().Single().Id;
    }

    /// <summary>What the consumer was called back with; empty before that.</summary>
    public async Task<byte[]> AnswerAsync(Digest request, CancellationToken cancel) =>
        [.. ExampleConsumer.Answers.Results(await plan.Rpc.CallAsync(
            new CallRequest(Consumer, ExampleConsumer.Calls.Results(request)), default, cancel)
            .ConfigureAwait(false)).Span];

    public async Task<UInt256> BalanceAsync(Address account, CancellationToken cancel) =>
        StunToken.Answers.BalanceOf(await plan.Rpc.CallAsync(
            new CallRequest(plan.Token, StunToken.Calls.BalanceOf(account)), default, cancel).ConfigureAwait(false));

    public ValueTask DisposeAsync() => user.DisposeAsync();

    private async Task ConnectAsync(CancellationToken cancel)
    {
        var named = OperatorContract.Answers.GetAuthorizedSenders(await plan.Rpc.CallAsync(
            new CallRequest(Contract, OperatorContract.Calls.GetAuthorizedSenders()), default, cancel)
            .ConfigureAwait(false));
        if (named != plan.Nodes)
            await LocalMoney.SendAsync(
                plan.Owner, Contract, OperatorContract.Calls.SetAuthorizedSenders(plan.Nodes), cancel)
                .ConfigureAwait(false);
        var asks = ExampleConsumer.Answers.OracleId(await plan.Rpc.CallAsync(
            new CallRequest(Consumer, ExampleConsumer.Calls.OracleId()), default, cancel).ConfigureAwait(false));
        if (asks.IsZero)
            await LocalMoney.SendAsync(plan.Owner, Consumer,
                ExampleConsumer.Calls.Initialize(Contract, SpecName, 0UL, plan.Token), cancel).ConfigureAwait(false);
    }
}
