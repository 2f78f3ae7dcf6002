using System.Collections.Concurrent;
using System.Security.Cryptography;
using Stun.Node.Hosting;

namespace Stun.Node.Storage;

/// <summary>
/// Blobs of a few kilobytes. They ride in the journal, where they become durable with whatever speaks of them, and are
/// kept in memory until the read model has them.
/// </summary>
/// <param name="pump">Null where nothing of it may be written down: they are kept in memory alone.</param>
public sealed class SmallBlobs(Pump? pump)
{
    /// <summary>Records under this address are blobs: no role can have it.</summary>
    public static readonly Address Owner = new(0, 0, 1);

    private readonly ConcurrentDictionary<Digest, ReadOnlyMemory<byte>> fresh = new();

    /// <summary>What is posted to the pump after this call is durable after the blob, or with it.</summary>
    public Digest Put(ReadOnlyMemory<byte> bytes)
    {
        var digest = DigestOf(bytes.Span);
        if (fresh.TryAdd(digest, bytes)) pump?.Visit(() => pump.Append(Owner, bytes));
        return digest;
    }

    public bool TryGet(Digest digest, out ReadOnlyMemory<byte> bytes) => fresh.TryGetValue(digest, out bytes);

    public int FreshCount => fresh.Count;

    /// <summary>A record of an earlier life.</summary>
    public void Replayed(JournalRecord record)
    {
        if (record.Role == Owner) fresh.TryAdd(DigestOf(record.Frame.Span), record.Frame);
    }

    /// <summary>It can be read from elsewhere now.</summary>
    public void Forget(Digest digest) => fresh.TryRemove(digest, out _);

    public static Digest DigestOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(bytes, hash);
        return Digest.Read(hash);
    }
}
