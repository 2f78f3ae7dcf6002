using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Money;

/// <summary>Sends calls to the contracts, and says why one was refused in the contract's own words.</summary>
internal sealed class ContractCaller(ChainAccess chain, Action<Exception> report, CancellationToken stop)
{
    /// <returns>Whether it was carried out. A refusal was reported; other faults are thrown.</returns>
    public async Task<bool> TryAsync(Address contract, byte[] call)
    {
        try
        {
            var receipt = await chain.Sender.SendAsync(new TransactionRequest(contract, call), stop)
                .ConfigureAwait(false);
            return receipt.Succeeded;
        }
        catch (ChainException refused) when (refused.Code == "chain.reverted")
        {
            report(ReasonOf(refused.RevertData.GetValueOrDefault().Span) is { } reason
                ? new NodeException("settlement.refused", $"{NameOf(contract)} answered {reason}.",
                    "Nothing needs to be done if it goes on; else look whether it is paused.", refused)
                : refused);
            return false;
        }
    }

    private static object? ReasonOf(ReadOnlySpan<byte> data) => Escrow.Error.TryDecode(data)
        ?? Court.Error.TryDecode(data) ?? (object?)TaskEscrow.Error.TryDecode(data);

    private string NameOf(Address contract) => contract == chain.Escrow ? "The escrow's contract"
        : contract == chain.Court ? "The court" : "The contract of tasks on the chain";
}
