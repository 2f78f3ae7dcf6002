using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>The requester's own key, to which outputs are sealed. It can be kept, for outputs come later.</summary>
internal sealed class ReplyKey : IDisposable
{
    public const int SecretSize = 32;

    private readonly ECDiffieHellman key;

    public ReplyKey()
        : this(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256))
    {
    }

    private ReplyKey(ECDiffieHellman key)
    {
        this.key = key;
        PublicKey = Hpke.PointOf(key);
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public static ReplyKey FromSecret(ReadOnlySpan<byte> secret)
    {
        try
        {
            return new ReplyKey(ECDiffieHellman.Create(
                new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret.ToArray() }));
        }
        catch (CryptographicException)
        {
            throw new KeyReleaseException("release.state", "The reply key that was kept is no key of P-256.");
        }
    }

    public byte[] Secret() => key.ExportParameters(true).D!;

    public HpkeContext Receive(ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info, SharedSecret shared) =>
        Hpke.Receive(encapsulated, key, info, shared);

    public void Dispose() => key.Dispose();
}
