using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Stun.Chain.Evm;

/// <summary>
/// A secp256k1 key: who a node is, and what it signs with. Its bytes lie outside the garbage collector's heap, so that
/// no copy of them is left behind, and are overwritten when it is disposed.
/// </summary>
public sealed unsafe class EvmKey : IDisposable
{
    /// <summary>
    /// Half of the group's order. A signature with an s above it has a twin below it; only the lower one counts
    /// (EIP-2), so that a signature has one form.
    /// </summary>
    private static readonly Digest HalfOrder = new(
        0x7fffffffffffffff, 0xffffffffffffffff, 0x5d576e7357a4501d, 0xdfe92f46681b20a0);

    private readonly Lock gate = new();
    private byte* secret;

    private EvmKey(ReadOnlySpan<byte> bytes)
    {
        secret = (byte*)NativeMemory.Alloc(Secp256k1.SecretSize);
        bytes.CopyTo(new Span<byte>(secret, Secp256k1.SecretSize));
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySize];
        Secp256k1.PublicKey(bytes, publicKey);
        Address = AddressOf(publicKey);
    }

    ~EvmKey() => Erase();

    public Address Address { get; }

    public static EvmKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Secp256k1.SecretSize];
        try
        {
            // All but one in 2^128 draws are keys.
            do RandomNumberGenerator.Fill(bytes); while (!Secp256k1.IsSecret(bytes));
            return new EvmKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The caller's bytes stay the caller's to overwrite.</summary>
    public static EvmKey From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Secp256k1.SecretSize)
            throw new ChainException("key.length", $"A key has {Secp256k1.SecretSize} bytes, not {bytes.Length}.",
                "Give 64 hexadecimal digits.");
        if (!Secp256k1.IsSecret(bytes))
            throw new ChainException("key.out-of-range", "These 32 bytes are zero or not below the curve's order.",
                "Make a new key; nothing can be signed with this one.");
        return new EvmKey(bytes);
    }

    public Signature Sign(Digest digest)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        Span<byte> compact = stackalloc byte[Secp256k1.SignatureSize];
        digest.Write(hash);
        int recoveryId;
        // Disposing on another thread must not free the bytes under the library.
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(secret is null, this);
            recoveryId = Secp256k1.Sign(new ReadOnlySpan<byte>(secret, Secp256k1.SecretSize), hash, compact);
        }
        // Ids 2 and 3 say that r was not below the order: nobody has ever found such a signature, and the wire has
        // no place for one.
        if (recoveryId > 1) throw new CryptographicException();
        return new Signature(
            Digest.Read(compact[..Digest.Size]), Digest.Read(compact[Digest.Size..]), (byte)recoveryId);
    }

    /// <summary>Who signed; null where nobody can have, or where the signature has a high s.</summary>
    public static Address? Recover(Digest digest, Signature signature)
    {
        if (signature.RecoveryId > 1 || signature.S.CompareTo(HalfOrder) > 0) return null;
        Span<byte> hash = stackalloc byte[Digest.Size];
        Span<byte> compact = stackalloc byte[Secp256k1.SignatureSize];
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySize];
        digest.Write(hash);
        signature.R.Write(compact);
        signature.S.Write(compact[Digest.Size..]);
        return Secp256k1.TryRecover(hash, compact, signature.RecoveryId, publicKey) ? AddressOf(publicKey) : null;
    }

    public void Dispose()
    {
        lock (gate) Erase();
        GC.SuppressFinalize(this);
    }

    private void Erase()
    {
        if (secret is null) return;
        CryptographicOperations.ZeroMemory(new Span<byte>(secret, Secp256k1.SecretSize));
        NativeMemory.Free(secret);
        secret = null;
    }

    private static Address AddressOf(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        Keccak256.Hash(publicKey).Write(hash);
        return Address.Read(hash[(Digest.Size - Address.Size)..]);
    }
}
