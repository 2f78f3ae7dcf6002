using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>
/// A key that is born where secrets are worked on and never leaves: it cannot be written down. Its public half goes
/// into the evidence.
/// </summary>
public sealed class EnclaveKey : IDisposable
{
    private readonly ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public EnclaveKey() => PublicKey = Hpke.PointOf(key);

    public ReadOnlyMemory<byte> PublicKey { get; }

    internal HpkeContext Receive(
        ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info, SharedSecret? shared = null) =>
        Hpke.Receive(encapsulated, key, info, shared);

    public void Dispose() => key.Dispose();
}
