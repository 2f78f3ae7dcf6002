using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Chain.Evm.Transactions;

namespace Stun.Chain.Evm.Deployment;

/// <summary>
/// Brings the contracts of a plan to a chain. What is there already, by whomever, is left as it is: the address says
/// which code made it. So it may run again after any failure, and twice by mistake.
/// </summary>
public sealed class ContractDeployer(EvmRpc rpc, TransactionSender sender)
{
    // The transaction of the proxy's authors: gas price 100 gwei, gas limit 100,000, and a signature that nobody made
    // (r and s are 0x22...), so that it holds on every chain and for nothing else.
    private const string ProxyTransaction =
        "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe"
        + "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
        + "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0"
        + "2222222222222222222222222222222222222222222222222222222222222222a0"
        + "2222222222222222222222222222222222222222222222222222222222222222";

    private static readonly Amount ProxyCost = new(100_000 * 100_000_000_000UL);

    /// <summary>The book of all contracts of the plan, whether made now or found.</summary>
    /// <param name="known">What an earlier run wrote, for the transactions of what is found.</param>
    public async Task<AddressBook> DeployAsync(
        DeploymentPlan plan, AddressBook? known = null, CancellationToken cancel = default)
    {
        if (known is not null && known.ChainId != rpc.ChainId)
            throw new ChainException("chain.wrong-id",
                $"The address book is of chain {known.ChainId}, and this is {rpc.ChainId}.",
                "Give the book of this network.");
        await EnsureProxyAsync(cancel).ConfigureAwait(false);
        // Side by side, since their addresses are known. A constructor that asks a contract before it has to wait for
        // that: it comes again, in its turn.
        var tries = plan.Contracts.Select(async contract =>
        {
            try
            {
                return await EnsureAsync(plan, contract, known, cancel).ConfigureAwait(false);
            }
            catch (ChainException early) when (early.Code == "chain.reverted")
            {
                return null;
            }
        });
        var contracts = await Task.WhenAll(tries).ConfigureAwait(false);
        for (var index = 0; index < contracts.Length; index++)
            contracts[index] ??= await EnsureAsync(plan, plan.Contracts[index], known, cancel).ConfigureAwait(false);
        return new AddressBook(rpc.ChainId, contracts!);
    }

    /// <summary>Throws where the chain does not have what the book says.</summary>
    public static async Task VerifyAsync(EvmRpc rpc, AddressBook book, CancellationToken cancel = default)
    {
        if (book.ChainId != rpc.ChainId)
            throw new ChainException("chain.wrong-id",
                $"The address book is of chain {book.ChainId}, and this is {rpc.ChainId}.",
                "Give the book of this network.");
        var codes = await Task.WhenAll(
            book.Contracts.Select(each => rpc.GetCodeAsync(each.Address, default, cancel))).ConfigureAwait(false);
        foreach (var (contract, code) in book.Contracts.Zip(codes))
            if (code.Length == 0 || Keccak256.Hash(code) != contract.CodeHash)
                throw new ChainException("chain.code-differs",
                    $"{contract.Name} at {contract.Address} has {(code.Length == 0 ? "no" : "other")} code on chain.",
                    "Check the network, and deploy again.");
    }

    private async Task<DeployedContract> EnsureAsync(
        DeploymentPlan plan, PlannedContract contract, AddressBook? known, CancellationToken cancel)
    {
        var address = plan.AddressOf(contract);
        var code = await rpc.GetCodeAsync(address, default, cancel).ConfigureAwait(false);
        var before = known?.Contracts.FirstOrDefault(each => each.Address == address);
        if (code.Length > 0)
            return new DeployedContract(
                contract.Name, address, before?.Transaction, before?.Block, Keccak256.Hash(code));
        Span<byte> salt = stackalloc byte[Digest.Size];
        plan.Salt.Write(salt);
        byte[] data = [.. salt, .. contract.Code];
        var receipt = await sender.SendAsync(new TransactionRequest(DeploymentPlan.Proxy, data), cancel)
            .ConfigureAwait(false);
        code = await rpc.GetCodeAsync(address, default, cancel).ConfigureAwait(false);
        if (!receipt.Succeeded || code.Length == 0)
            throw new ChainException("chain.deployment-failed",
                $"{contract.Name} was not made by 0x{receipt.TransactionHash} in block {receipt.BlockNumber}.",
                "Look at the trace of that transaction: its constructor refused, or the gas did not suffice.");
        return new DeployedContract(
            contract.Name, address, receipt.TransactionHash, receipt.BlockNumber, Keccak256.Hash(code));
    }

    private async Task EnsureProxyAsync(CancellationToken cancel)
    {
        if (await HasProxyAsync(cancel).ConfigureAwait(false)) return;
        var raw = Encoding.Hex.ParseData(ProxyTransaction, "the proxy");
        // Whoever the signature that nobody made belongs to: it pays, so it is paid first.
        var author = SignedEvmTransaction.Decode(raw).Sender!.Value;
        var balance = await rpc.GetBalanceAsync(author, default, cancel).ConfigureAwait(false);
        if (balance < ProxyCost)
            await sender.SendAsync(
                new TransactionRequest(author, default) { Value = ProxyCost - balance }, cancel).ConfigureAwait(false);
        Digest hash;
        try
        {
            hash = await rpc.SendRawTransactionAsync(raw, cancel).ConfigureAwait(false);
        }
        catch (ChainException refused) when (refused.Code == "chain.rpc-error")
        {
            throw new ChainException("chain.no-proxy",
                $"This chain has no deployment proxy at {DeploymentPlan.Proxy}, and refuses what would make it.",
                "Have the chain's operator put it there; some chains refuse transactions without a chain id.", refused);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (await rpc.GetTransactionReceiptAsync(hash, limit.Token).ConfigureAwait(false) is null)
            await Task.Delay(250, limit.Token).ConfigureAwait(false);
        if (!await HasProxyAsync(cancel).ConfigureAwait(false))
            throw new ChainException("chain.no-proxy",
                $"The transaction 0x{hash} left no deployment proxy at {DeploymentPlan.Proxy}.",
                "The chain charges more gas than that transaction has; have its operator put the proxy there.");
    }

    private async Task<bool> HasProxyAsync(CancellationToken cancel) =>
        (await rpc.GetCodeAsync(DeploymentPlan.Proxy, default, cancel).ConfigureAwait(false)).Length > 0;
}
