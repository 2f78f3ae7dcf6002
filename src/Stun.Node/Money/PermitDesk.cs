using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>
/// Signs permits for a currency, if it knows them. Which fields its domain has is found out by trying: the currency
/// itself says what their hash must be.
/// </summary>
internal sealed class PermitDesk(EvmRpc rpc, MoneyContracts contracts, EvmKey key)
{
    /// <summary>Long enough for a transaction that has to be raised a few times.</summary>
    private const ulong ValidSeconds = 3_600;

    private static readonly string?[] Versions = ["1", "2", null];

    /// <summary>Null where the currency knows no permits of a form that is known here.</summary>
    public async Task<byte[]?> TryDepositAsync(Amount amount, CancellationToken cancel)
    {
        try
        {
            if (await DomainAsync(cancel).ConfigureAwait(false) is not { } domain) return null;
            var nonce = StunToken.Answers.Nonces(
                await AskAsync(StunToken.Calls.Nonces(key.Address), cancel).ConfigureAwait(false));
            var head = await rpc.GetBlockAsync(BlockTag.Latest, cancel).ConfigureAwait(false);
            var deadline = head!.Timestamp + ValidSeconds;
            var permit = new Permit(key.Address, contracts.Escrow, amount, nonce, deadline);
            var signature = key.Sign(permit.Digest(domain));
            return Escrow.Calls.DepositWithPermit(
                amount, deadline, (byte)(27 + signature.RecoveryId), signature.R, signature.S);
        }
        catch (ChainException none) when (IsNone(none))
        {
            return null;
        }
    }

    private async Task<TokenDomain?> DomainAsync(CancellationToken cancel)
    {
        var name = StunToken.Answers.Name(await AskAsync(StunToken.Calls.Name(), cancel).ConfigureAwait(false));
        var separator = StunToken.Answers.DomainSeparator(
            await AskAsync(StunToken.Calls.DomainSeparator(), cancel).ConfigureAwait(false));
        return Versions
            .Select(version => new TokenDomain(name, version, contracts.Network.ChainId, contracts.Token))
            .FirstOrDefault(domain => domain.Separator == separator);
    }

    private Task<byte[]> AskAsync(byte[] call, CancellationToken cancel) =>
        rpc.CallAsync(new CallRequest(contracts.Token, call), default, cancel);

    private static bool IsNone(ChainException failure) => failure.Code == "chain.reverted"
        || failure.Code.StartsWith("abi.", StringComparison.Ordinal);
}
