using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Stun.Chain.Evm;

namespace Stun.Node.Policies;

/// <summary>
/// A policy that its provider stands for. As text it is the canonical form and one line of comment with the signature:
/// still a file that anybody can read and the same reader understands.
/// </summary>
/// <remarks>
/// Signed is keccak-256(0x19, 0x00, the escrow, "Stun.Policy.1", the chain, the digest of the policy): data for an
/// intended validator as in EIP-191. So a signature holds in one network only and is no signature of anything else.
/// </remarks>
public sealed partial record SignedPolicy(ProviderPolicy Policy, Address Provider, Signature Signature)
{
    private static readonly byte[] Purpose = "Stun.Policy.1"u8.ToArray();

    public static SignedPolicy Sign(ProviderPolicy policy, EvmKey key, TypedDataDomain domain) =>
        new(policy, key.Address, key.Sign(DigestToSign(policy.Digest, domain)));

    public bool IsValid(TypedDataDomain domain) =>
        EvmKey.Recover(DigestToSign(Policy.Digest, domain), Signature) == Provider;

    public string ToText() =>
        $"{Policy.Canonical}# signed by {Provider} {Signature.R}{Signature.S}{Signature.RecoveryId:x2}\n";

    /// <exception cref="NodeException"><c>policy.unsigned</c>, <c>policy.changed</c> or <c>policy.invalid</c>.
    /// </exception>
    public static SignedPolicy Parse(string text, string source)
    {
        if (Form().Match(text) is not { Success: true } match)
            throw new NodeException("policy.unsigned", $"{source} does not end with the line of a signature.",
                "Sign it again, or take the file as it was signed.");
        var policy = ProviderPolicy.Parse(match.Groups["policy"].Value, source);
        if (policy.Canonical != match.Groups["policy"].Value)
            throw new NodeException("policy.changed", $"{source} is not in the form in which policies are signed.",
                "Take the file as it was signed, or sign it again.");
        var provider = Address.Read(Convert.FromHexString(match.Groups["provider"].Value));
        var bytes = Convert.FromHexString(match.Groups["signature"].Value);
        return new SignedPolicy(policy, provider, new Signature(
            Digest.Read(bytes.AsSpan(0, Digest.Size)), Digest.Read(bytes.AsSpan(Digest.Size, Digest.Size)), bytes[^1]));
    }

    internal static Digest DigestToSign(Digest policy, TypedDataDomain domain)
    {
        Span<byte> bytes = stackalloc byte[2 + Address.Size + Purpose.Length + sizeof(ulong) + Digest.Size];
        bytes[0] = 0x19;
        bytes[1] = 0x00;
        var rest = bytes[2..];
        domain.Contract.Write(rest);
        rest = rest[Address.Size..];
        Purpose.CopyTo(rest);
        rest = rest[Purpose.Length..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, domain.ChainId);
        policy.Write(rest[sizeof(ulong)..]);
        return Keccak256.Hash(bytes);
    }

    [GeneratedRegex(@"\A(?<policy>(?:[^\n]*\n)*)# signed by 0x(?<provider>[0-9a-f]{40}) "
        + @"(?<signature>[0-9a-f]{130})\n\z",
        RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
