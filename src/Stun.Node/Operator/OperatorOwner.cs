using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Node.Operator;

/// <summary>
/// What the owner of an operator's contract does: makes it, says who answers there, takes what was earned, as each
/// node does with its own. Each step looks first whether it is done, so that a command that broke off is finished by
/// the same command.
/// </summary>
public sealed class OperatorOwner(EvmRpc rpc, TransactionSender sender)
{
    private const string Name = "Operator";

    /// <summary>Whose key sends.</summary>
    public Address Address => sender.Address;

    /// <summary>Makes the contract for this token, owned by whoever sends; one that is there is taken as it is.
    /// </summary>
    /// <param name="known">Of the file that an earlier run wrote, for the block.</param>
    /// <exception cref="NodeException"><c>operator.no-token</c>, <c>operator.other-federation</c></exception>
    public async Task<(Address Contract, ulong? Block)> DeployAsync(
        Address token, Federation? known, CancellationToken cancel)
    {
        var planned = new PlannedContract(Name, OperatorContract.Deploy(token, sender.Address), default);
        var plan = new DeploymentPlan(Digest.Zero, [planned]);
        var contract = plan.AddressOf(planned);
        if (known is not null && (known.Contract != contract || known.Network.ChainId != rpc.ChainId))
            throw new NodeException("operator.other-federation",
                $"The file is of {known.Contract} on chain {known.Network.ChainId}, and this key and token make "
                + $"{contract} on chain {rpc.ChainId}.",
                "Use the key and the token that it was made with, or write to another file.");
        if ((await rpc.GetCodeAsync(token, default, cancel).ConfigureAwait(false)).Length == 0)
            throw new NodeException("operator.no-token", $"There is no token at {token} on chain {rpc.ChainId}.",
                "Give a token of this chain whose transfers tell their receiver (transferAndCall).");
        var before = known is null ? null
            : new AddressBook(rpc.ChainId, [new DeployedContract(Name, contract, null, known.Block, Digest.Zero)]);
        var book = await new ContractDeployer(rpc, sender).DeployAsync(plan, before, cancel).ConfigureAwait(false);
        return (contract, book[Name].Block);
    }

    /// <summary>Puts the nodes among the authorised senders. Whoever is there and not in the list stays.</summary>
    /// <returns>Whether anything had to be changed.</returns>
    /// <exception cref="NodeException"><c>operator.not-the-owner</c>, <c>operator.too-many-nodes</c></exception>
    public Task<bool> AdmitAsync(Address contract, IReadOnlyCollection<Address> nodes, CancellationToken cancel) =>
        ChangeAsync(contract, senders => senders.Count + nodes.Except(senders).Count() is var count
            && count > Federation.NodesMax
                ? throw new NodeException("operator.too-many-nodes",
                    $"With them {contract} would have {count} nodes, and takes {Federation.NodesMax}.",
                    "Dismiss one first, or deploy a second contract with another key.")
                : [.. senders, .. nodes.Except(senders)], cancel);

    /// <summary>Takes a node out of the authorised senders: the chain refuses its answers from then on.</summary>
    /// <returns>Whether anything had to be changed.</returns>
    /// <exception cref="NodeException"><c>operator.not-the-owner</c>, <c>operator.last-node</c></exception>
    public Task<bool> DismissAsync(Address contract, Address node, CancellationToken cancel) =>
        ChangeAsync(contract, senders => senders.Count == 1 && senders.Contains(node)
            ? throw new NodeException("operator.last-node", $"{node} is the only node that {contract} has.",
                "Admit another one first: a contract without nodes would take money and answer nobody.")
            : [.. senders.Where(each => each != node)], cancel);

    /// <summary>Takes what the sender has at the contract: a node its shares, the owner what is nobody's.</summary>
    /// <returns>How much that was, in the token's smallest unit.</returns>
    /// <exception cref="NodeException"><c>operator.nothing-to-collect</c></exception>
    public async Task<UInt256> CollectAsync(Address contract, Address to, CancellationToken cancel)
    {
        var own = sender.Address;
        var standing = await StandingAsync(contract, cancel).ConfigureAwait(false);
        var shares = OperatorContract.Answers.Shares(
            await AskAsync(contract, OperatorContract.Calls.Shares(own), cancel).ConfigureAwait(false));
        var free = standing.Owner != own
            ? UInt256.Zero
            : OperatorContract.Answers.Withdrawable(
                await AskAsync(contract, OperatorContract.Calls.Withdrawable(), cancel).ConfigureAwait(false));
        if (shares.IsZero && free.IsZero)
            throw new NodeException("operator.nothing-to-collect", $"{own} has nothing at {contract}.",
                "Shares are of nodes that were named in a request and agreed; all else is the owner's.");
        if (!shares.IsZero)
            await SendAsync(contract, OperatorContract.Calls.WithdrawShare(to), cancel).ConfigureAwait(false);
        if (!free.IsZero)
            await SendAsync(contract, OperatorContract.Calls.Withdraw(to, free), cancel).ConfigureAwait(false);
        return shares + free;
    }

    private async Task<byte[]> AskAsync(Address contract, byte[] call, CancellationToken cancel) =>
        [.. await rpc.CallAsync(new CallRequest(contract, call), default, cancel).ConfigureAwait(false)];

    private async Task SendAsync(Address contract, byte[] call, CancellationToken cancel)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(contract, call), cancel).ConfigureAwait(false);
        if (!receipt.Succeeded)
            throw new ChainException("operator.refused", $"{contract} refused 0x{receipt.TransactionHash}.",
                "Run the same again; if it is refused again, look at the trace of that transaction.");
    }

    private async Task<ContractStanding> StandingAsync(Address contract, CancellationToken cancel)
    {
        var standing = await ContractStanding.ReadAsync(rpc, contract, cancel).ConfigureAwait(false);
        return standing.IsOurs ? standing : throw new NodeException("operator.other-code",
            $"What stands at {contract} on chain {rpc.ChainId} is no operator's contract of this version.",
            "Look at the address and at the endpoint.");
    }

    private async Task<bool> ChangeAsync(
        Address contract, Func<ValueList<Address>, ValueList<Address>> change, CancellationToken cancel)
    {
        var standing = await StandingAsync(contract, cancel).ConfigureAwait(false);
        var senders = change(standing.Senders);
        if (senders == standing.Senders) return false;
        if (standing.Owner != sender.Address)
            throw new NodeException("operator.not-the-owner",
                $"{contract} belongs to {standing.Owner}, and the key is {sender.Address}'s.",
                "Use the owner's key, or ask the owner.");
        await SendAsync(contract, OperatorContract.Calls.SetAuthorizedSenders(senders), cancel).ConfigureAwait(false);
        return true;
    }
}
