namespace Stun.Protocol;

/// <summary>
/// A hash that a record remembers of itself: it is asked for by every role. It belongs to one instance, so that a copy
/// with another content never inherits it; and it is no part of what makes two records equal.
/// </summary>
internal struct HashMemo : IEquatable<HashMemo>
{
    private Entry? entry;

    private sealed record Entry(object Owner, Digest Hash);

    public readonly bool TryGet(object owner, out Digest hash)
    {
        // Read once: another thread may be writing the same hash just now.
        var known = entry;
        hash = known?.Hash ?? default;
        return known is not null && ReferenceEquals(known.Owner, owner);
    }

    public Digest Keep(object owner, Digest hash)
    {
        entry = new Entry(owner, hash);
        return hash;
    }

    public readonly bool Equals(HashMemo other) => true;

    public override readonly bool Equals(object? obj) => obj is HashMemo;

    public override readonly int GetHashCode() => 0;
}
