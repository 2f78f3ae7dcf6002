using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Money;

namespace Stun.Bench.Chains;

/// <summary>
/// The peer: a registry as one writes it first, which keeps a record of each task and pays at its completion. Two
/// transactions for each task, in the escrow's currency, and nobody looks at the result.
/// </summary>
/// <remarks>
/// The code is NaiveTokenRegistry of contracts/evm/test/baselines, by solc 0.8.30 for cancun with 2,000 optimizer runs.
/// The gas limits are given, so that nothing is spent on estimates; all that can be under way is.
/// </remarks>
internal sealed class NaiveSettlement(BookScene scene, string codeFile)
{
    private const ulong SubmitGas = 260_000;
    private const ulong CompleteGas = 200_000;

    private static readonly Amount Price = new(4_000);
    private static readonly byte[] Submit = Selector("submitTask(bytes32,uint256)");
    private static readonly byte[] Complete = Selector("completeTask(uint256,bytes32)");

    public async Task<SettlementLap> RunAsync(int taskCount)
    {
        using var requesterKey = EvmKey.Generate();
        using var providerKey = EvmKey.Generate();
        var treasury = await scene.Chain.SenderAsync(scene.Treasury);
        await using var requester = await OpenAsync(requesterKey);
        await using var provider = await OpenAsync(providerKey);
        var code = Convert.FromHexString(File.ReadAllText(codeFile).ReplaceLineEndings(""));
        var made = await treasury.SendAsync(
            new TransactionRequest(null, (byte[])[.. code, .. Word(scene.Chain.Token)]));
        var registry = made.ContractAddress!.Value;
        var purse = Price * (uint)taskCount;
        await treasury.SendAsync(new TransactionRequest(
            scene.Chain.Token, StunToken.Calls.Transfer(requesterKey.Address, purse)));
        await requester.SendAsync(new TransactionRequest(scene.Chain.Token, StunToken.Calls.Approve(registry, purse)));

        var meter = await SettlementMeter.StartAsync(scene.Chain);
        await Task.WhenAll(Enumerable.Range(0, taskCount).Select(async at =>
        {
            // Nonces are given in the order of asking, and so the registry's numbers.
            var submitted = await requester.SendAsync(new TransactionRequest(
                registry, (byte[])[.. Submit, .. Word((ulong)at + 1), .. Word((ulong)Price.Units)])
            {
                GasLimit = SubmitGas,
            });
            var completed = await provider.SendAsync(new TransactionRequest(
                registry, (byte[])[.. Complete, .. Word((ulong)at), .. Word((ulong)at + 1)])
            {
                GasLimit = CompleteGas,
            });
            if (!submitted.Succeeded || !completed.Succeeded)
                throw new InvalidOperationException(
                    $"Task {at} of the peer failed: submitted {submitted.Succeeded} for {submitted.GasUsed} gas, "
                    + $"completed {completed.Succeeded} for {completed.GasUsed}.");
        }));
        var lap = await meter.StopAsync(taskCount);
        var paid = await scene.Chain.AskAsync(scene.Chain.Token, StunToken.Calls.BalanceOf(providerKey.Address));
        if (paid != purse.Units) throw new InvalidOperationException($"The peer paid {paid} instead of {purse}.");
        return lap;
    }

    private async Task<TransactionSender> OpenAsync(EvmKey key)
    {
        await scene.Chain.GiveGasAsync(key.Address);
        return await TransactionSender.OpenAsync(
            scene.Chain.Rpc, key, EvmNetwork.Local, new MemorySendingJournal(), new TransactionSenderOptions
            {
                Confirmations = MinedChain.Depth,
                PollInterval = MinedChain.Sending.PollInterval,
            });
    }

    private static byte[] Selector(string signature)
    {
        var hash = new byte[Digest.Size];
        Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).Write(hash);
        return hash[..4];
    }

    private static byte[] Word(Address account)
    {
        var word = new byte[32];
        account.Write(word.AsSpan(12));
        return word;
    }

    private static byte[] Word(ulong value)
    {
        var word = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }
}
