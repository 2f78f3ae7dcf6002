namespace Stun.Simulation;

/// <summary>
/// Signatures of the simulated world: keyed hashes that only this class can make or check. Nobody in the world has
/// another's key, so they are as unforgeable as the real ones, at a hundredth of the cost.
/// </summary>
public sealed class Keys(ulong seed)
{
    public static Address AddressOf(string kind, int index)
    {
        var code = 0UL;
        foreach (var letter in kind) code = (code << 8) | letter;
        return new Address(code, (ulong)index + 1, 0x5eed);
    }

    public Signature Sign(Address signer, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[8 + Address.Size + Digest.Size];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, seed);
        signer.Write(bytes[8..]);
        digest.Write(bytes[(8 + Address.Size)..]);
        var tag = Keccak256.Hash(bytes);
        return new Signature(tag, digest, 0);
    }

    public bool Check(Address signer, Digest digest, Signature signature) => signature == Sign(signer, digest);
}
