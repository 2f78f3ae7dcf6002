namespace Stun.Protocol;

/// <summary>A recoverable secp256k1 signature over a 32-byte digest: r, s and the recovery id (0 or 1).</summary>
public readonly record struct Signature(Digest R, Digest S, byte RecoveryId)
{
    public static Signature None => default;
}
