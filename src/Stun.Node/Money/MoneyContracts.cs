using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>The contracts that an owner of money deals with; the escrow itself says which the others are.</summary>
public sealed record MoneyContracts(EvmNetwork Network, Address Escrow, Address Staking, Address Token)
{
    /// <summary>Whether coins of the currency may be called STUN: another has other decimals.</summary>
    public bool IsStun { get; init; }

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
            var currency = Stun.Chain.Evm.Contracts.Escrow.Answers.Token(await token.ConfigureAwait(false));
            return new MoneyContracts(network, escrow,
                Stun.Chain.Evm.Contracts.Escrow.Answers.Staking(await staking.ConfigureAwait(false)), currency)
            {
                IsStun = await IsStunAsync(rpc, currency, cancel).ConfigureAwait(false),
            };
        }
        catch (ChainException strange) when (IsOther(strange))
        {
            throw new NodeException("chain.no-escrow",
                $"At {escrow} on chain {rpc.ChainId} is no escrow of Stun.",
                "Look at the address book, and at the endpoint: it may be of another chain.", strange);
        }
    }

    private static async Task<bool> IsStunAsync(EvmRpc rpc, Address token, CancellationToken cancel)
    {
        try
        {
            var symbol = rpc.CallAsync(new CallRequest(token, StunToken.Calls.Symbol()), default, cancel);
            var decimals = rpc.CallAsync(new CallRequest(token, StunToken.Calls.Decimals()), default, cancel);
            return StunToken.Answers.Symbol(await symbol.ConfigureAwait(false)) == CoinText.Unit
                && StunToken.Answers.Decimals(await decimals.ConfigureAwait(false)) == CoinText.Decimals;
        }
        catch (ChainException none) when (IsOther(none))
        {
            return false;
        }
    }

    private static bool IsOther(ChainException failure) => failure.Code == "chain.reverted"
        || failure.Code.StartsWith("abi.", StringComparison.Ordinal);
}
