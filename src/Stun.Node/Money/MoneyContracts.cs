using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>The contracts that an owner of money deals with; the escrow itself says which the others are.</summary>
public sealed record MoneyContracts(EvmNetwork Network, Address Escrow, Address Staking, Address Token)
{
    /// <exception cref="NodeException"><c>chain.no-escrow</c>: something else is there, or nothing.</exception>
    public static async Task<MoneyContracts> FindAsync(
        EvmRpc rpc, EvmNetwork network, Address escrow, CancellationToken cancel)
    {
        try
        {
            var token = rpc.CallAsync(new CallRequest(escrow, Stun.Chain.Evm.Contracts.Escrow.Calls.Token()),
                default, cancel);
            var staking = rpc.CallAsync(new CallRequest(escrow, Stun.Chain.Evm.Contracts.Escrow.Calls.Staking()),
                default, cancel);
            return new MoneyContracts(network, escrow,
                Stun.Chain.Evm.Contracts.Escrow.Answers.Staking(await staking.ConfigureAwait(false)),
                Stun.Chain.Evm.Contracts.Escrow.Answers.Token(await token.ConfigureAwait(false)));
        }
        catch (ChainException strange) when (strange.Code == "chain.reverted"
            || strange.Code.StartsWith("abi.", StringComparison.Ordinal))
        {
            throw new NodeException("chain.no-escrow",
                $"At {escrow} on chain {rpc.ChainId} is no escrow of Stun.",
                "Look at the address book, and at the endpoint: it may be of another chain.", strange);
        }
    }
}
