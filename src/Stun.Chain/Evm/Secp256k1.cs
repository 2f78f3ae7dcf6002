using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Stun.Chain.Evm;

/// <summary>
/// The curve, by libsecp256k1. The library promises that a context may be used by many threads at once as long as
/// nobody changes it; ours is made and blinded once and never changed again.
/// </summary>
internal static unsafe partial class Secp256k1
{
    public const int SecretSize = 32;

    /// <summary>Uncompressed, without the leading 04: x and y.</summary>
    public const int PublicKeySize = 64;

    public const int SignatureSize = 64;

    // The name with its version: version 1 is the one whose layout is written down here.
    private const string Library = "libsecp256k1.so.1";
    private const uint ContextNone = 1;
    private const uint Uncompressed = 2;
    private const int OpaqueKeySize = 64;
    private const int OpaqueSignatureSize = 65;

    private static readonly Lazy<nint> SharedContext = new(MakeContext);

    private static nint Context => SharedContext.Value;

    public static bool IsSecret(ReadOnlySpan<byte> secret)
    {
        fixed (byte* key = secret) return secp256k1_ec_seckey_verify(Context, key) == 1;
    }

    public static void PublicKey(ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        var opaque = stackalloc byte[OpaqueKeySize];
        fixed (byte* key = secret)
            if (secp256k1_ec_pubkey_create(Context, opaque, key) != 1) throw new CryptographicException();
        Serialize(opaque, destination);
    }

    /// <summary>Deterministic (RFC 6979), with low s. Returns the recovery id.</summary>
    public static int Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, Span<byte> destination)
    {
        var opaque = stackalloc byte[OpaqueSignatureSize];
        int recoveryId;
        fixed (byte* key = secret, hash = digest, output = destination)
        {
            if (secp256k1_ecdsa_sign_recoverable(Context, opaque, hash, key, 0, 0) != 1)
                throw new CryptographicException();
            _ = secp256k1_ecdsa_recoverable_signature_serialize_compact(Context, output, &recoveryId, opaque);
        }
        return recoveryId;
    }

    /// <summary>False where no key can have made this signature.</summary>
    public static bool TryRecover(
        ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, int recoveryId, Span<byte> destination)
    {
        var opaqueSignature = stackalloc byte[OpaqueSignatureSize];
        var opaqueKey = stackalloc byte[OpaqueKeySize];
        fixed (byte* hash = digest, input = signature)
        {
            if (secp256k1_ecdsa_recoverable_signature_parse_compact(
                Context, opaqueSignature, input, recoveryId) != 1) return false;
            if (secp256k1_ecdsa_recover(Context, opaqueKey, opaqueSignature, hash) != 1) return false;
        }
        Serialize(opaqueKey, destination);
        return true;
    }

    private static void Serialize(byte* opaque, Span<byte> destination)
    {
        var whole = stackalloc byte[1 + PublicKeySize];
        nuint length = 1 + PublicKeySize;
        _ = secp256k1_ec_pubkey_serialize(Context, whole, &length, opaque, Uncompressed);
        new ReadOnlySpan<byte>(whole + 1, PublicKeySize).CopyTo(destination);
    }

    private static nint MakeContext()
    {
        try
        {
            var context = secp256k1_context_create(ContextNone);
            // Blinds the multiplication with the secret against side channels.
            Span<byte> seed = stackalloc byte[SecretSize];
            RandomNumberGenerator.Fill(seed);
            fixed (byte* bytes = seed)
                if (secp256k1_context_randomize(context, bytes) != 1) throw new CryptographicException();
            CryptographicOperations.ZeroMemory(seed);
            return context;
        }
        catch (Exception failure) when (failure is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(failure);
        }
    }

    internal static ChainException Missing(Exception? failure) => new("key.library-missing",
        $"Signatures need {Library} with its recovery module, which cannot be loaded.",
        "Install libsecp256k1 (eng/prerequisites names the package); ./check does it as root.", failure);

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(nint context, byte* seed);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_seckey_verify(nint context, byte* secret);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_create(nint context, byte* publicKey, byte* secret);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_serialize(
        nint context, byte* output, nuint* length, byte* publicKey, uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_sign_recoverable(
        nint context, byte* signature, byte* digest, byte* secret, nint nonceFunction, nint nonceData);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        nint context, byte* output, int* recoveryId, byte* signature);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(
        nint context, byte* signature, byte* input, int recoveryId);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recover(
        nint context, byte* publicKey, byte* signature, byte* digest);
}
