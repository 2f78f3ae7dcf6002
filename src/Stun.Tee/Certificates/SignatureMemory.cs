using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stun.Tee.Certificates;

/// <summary>
/// Remembers which signatures were good, so that chains and statements which come with every quote are checked once.
/// The key is a digest over all that was checked, so that another byte is another question. What is bad is never
/// remembered: a stranger could fill the table with it.
/// </summary>
internal sealed class SignatureMemory
{
    private readonly Lock gate = new();
    private readonly HashSet<Digest> good = [];
    private readonly Queue<Digest> oldest = [];

    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D);

    public bool Verify(PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme) =>
        Recall(key, data, signature, scheme, isFixed: false);

    public bool VerifyFixed(
        PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme) =>
        Recall(key, data, signature, scheme, isFixed: true);

    private bool Recall(
        PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme, bool isFixed)
    {
        var digest = DigestOf(key, data, signature, scheme, isFixed);
        lock (gate)
        {
            if (good.Contains(digest)) return true;
        }
        var isGood = isFixed ? key.VerifyFixed(data, signature, scheme) : key.Verify(data, signature, scheme);
        if (isGood) Remember(digest);
        return isGood;
    }

    private void Remember(Digest digest)
    {
        lock (gate)
        {
            if (!good.Add(digest)) return;
            oldest.Enqueue(digest);
            if (oldest.Count > TeeLimits.SignaturesRemembered) good.Remove(oldest.Dequeue());
        }
    }

    private static Digest DigestOf(
        PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme, bool isFixed)
    {
        // Lengths before their parts, so that no two questions have the same bytes.
        Span<byte> head = stackalloc byte[14];
        head[0] = (byte)scheme;
        head[1] = isFixed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(head[2..], key.Info.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[6..], data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[10..], signature.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(key.Info);
        hash.AppendData(data);
        hash.AppendData(signature);
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(sum);
        return new Digest(
            BinaryPrimitives.ReadUInt64LittleEndian(sum), BinaryPrimitives.ReadUInt64LittleEndian(sum[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sum[16..]), BinaryPrimitives.ReadUInt64LittleEndian(sum[24..]));
    }
}
