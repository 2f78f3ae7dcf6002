using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Plonk;

/// <summary>
/// What prover and verifier have said so far, from which a challenge is drawn: numbers of 32 bytes, most significant
/// first, hashed with Keccak-256 and taken modulo the prime of scalars. A challenge empties it.
/// </summary>
internal sealed class Transcript
{
    private readonly List<byte> said = [];

    public Transcript Say(params ReadOnlySpan<AffinePoint<Fq>> points)
    {
        Span<byte> bytes = stackalloc byte[32];
        foreach (var point in points)
        {
            point.X.WriteBigEndian(bytes);
            said.AddRange(bytes);
            point.Y.WriteBigEndian(bytes);
            said.AddRange(bytes);
        }
        return this;
    }

    public Transcript Say(params ReadOnlySpan<Fr> scalars)
    {
        Span<byte> bytes = stackalloc byte[32];
        foreach (var scalar in scalars)
        {
            scalar.WriteBigEndian(bytes);
            said.AddRange(bytes);
        }
        return this;
    }

    public Fr Challenge()
    {
        var hash = Keccak.Hash(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(said));
        said.Clear();
        return Fr.FromBigInteger(new System.Numerics.BigInteger(hash, isUnsigned: true, isBigEndian: true));
    }
}
