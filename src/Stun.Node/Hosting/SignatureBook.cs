using Stun.Chain.Evm;

namespace Stun.Node.Hosting;

/// <summary>
/// Checks signatures, and each only once in this process: an order's is asked for by the scheduler, by every validator
/// and by the escrow. What a key of this process has just signed need not be checked at all.
/// </summary>
/// <remarks>Only what held is remembered. A bad one is checked again each time, and costs its sender a link.</remarks>
public sealed class SignatureBook
{
    private readonly RecentTable<Entry, bool> good = new(NodeLimits.CheckedSignaturesMax);

    private readonly record struct Entry(Address Signer, Digest Digest, Signature Signature);

    public bool IsKnown(Address signer, Digest digest, Signature signature) =>
        good.Has(new Entry(signer, digest, signature));

    public bool Check(Address signer, Digest digest, Signature signature)
    {
        if (IsKnown(signer, digest, signature)) return true;
        if (EvmKey.Recover(digest, signature) != signer) return false;
        Remember(signer, digest, signature);
        return true;
    }

    public Signature Sign(EvmKey key, Digest digest)
    {
        var signature = key.Sign(digest);
        Remember(key.Address, digest, signature);
        return signature;
    }

    private void Remember(Address signer, Digest digest, Signature signature) =>
        good.TryAdd(new Entry(signer, digest, signature), true, out _);
}
