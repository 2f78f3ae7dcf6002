namespace Stun.Chain.Evm;

/// <summary>The two forms in which contracts take signatures.</summary>
public static class SignatureBytes
{
    public const int Size = 65;
    public const int CompactSize = 64;

    /// <summary>Added to the recovery id since Bitcoin.</summary>
    private const byte FirstV = 27;

    private const ulong TopBit = 1UL << 63;

    /// <summary>r, s, v: v is 27 or 28.</summary>
    public static byte[] Of(Signature signature)
    {
        var bytes = new byte[Size];
        signature.R.Write(bytes);
        signature.S.Write(bytes.AsSpan(Digest.Size));
        bytes[^1] = (byte)(FirstV + signature.RecoveryId);
        return bytes;
    }

    /// <summary>EIP-2098: the recovery id in the top bit of s, which a low s leaves free.</summary>
    public static byte[] Compact(Signature signature)
    {
        if ((signature.S.A & TopBit) != 0 || signature.RecoveryId > 1)
            throw new ChainException("signature.form", "A signature with a high s has no compact form.",
                "Sign again with a key that makes signatures of one form (EIP-2).");
        var bytes = new byte[CompactSize];
        signature.R.Write(bytes);
        (signature.S with { A = signature.S.A | (signature.RecoveryId == 1 ? TopBit : 0) }).Write(
            bytes.AsSpan(Digest.Size));
        return bytes;
    }

    /// <summary>The compact forms one behind the other, in rising order of the signers: as contracts count a quorum.
    /// </summary>
    public static ValueList<byte> Compact(ValueList<VoteSignature> votes) =>
        [.. votes.OrderBy(vote => vote.Validator).SelectMany(vote => Compact(vote.Signature))];

    /// <summary>Either form, by its length. Wallets also write 0 and 1 for 27 and 28.</summary>
    /// <exception cref="ChainException">Another length, or another v.</exception>
    public static Signature Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (Size or CompactSize))
            throw new ChainException("signature.form", $"A signature has {Size} or {CompactSize} bytes, not "
                + $"{bytes.Length}.", "Give r, s and v, or the compact form of EIP-2098.");
        var (r, s) = (Digest.Read(bytes[..Digest.Size]), Digest.Read(bytes.Slice(Digest.Size, Digest.Size)));
        if (bytes.Length == CompactSize)
            return new Signature(r, s with { A = s.A & ~TopBit }, (byte)(s.A >> 63));
        var v = bytes[^1] >= FirstV ? bytes[^1] - FirstV : bytes[^1];
        return v <= 1 ? new Signature(r, s, (byte)v) : throw new ChainException("signature.form",
            $"The last byte of a signature is 27 or 28, not {bytes[^1]}.", "Give r, s and v as the wallet made them.");
    }
}
