using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;

namespace Stun.Node.Money;

/// <summary>
/// What an account signs once, so that a sponsor may fund it and gets back what leaves it: EIP-712 in the escrow's
/// domain, as the contract computes it.
/// </summary>
public static class AllowanceConsent
{
    private const string Type = "Allowance(address account,address sponsor)";

    public static byte[] Sign(EvmKey account, Address sponsor, TypedDataDomain domain) =>
        SignatureBytes.Compact(account.Sign(DigestOf(account.Address, sponsor, domain)));

    public static Digest DigestOf(Address account, Address sponsor, TypedDataDomain domain)
    {
        var words = new AbiWriter(3 * AbiWriter.WordSize);
        words.Bytes32(Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(Type)));
        words.Account(account);
        words.Account(sponsor);
        var final = new AbiWriter(2 * AbiWriter.WordSize, [0x19, 0x01]);
        final.Bytes32(domain.Separator);
        final.Bytes32(Keccak256.Hash(words.ToArray()));
        return Keccak256.Hash(final.ToArray());
    }
}
