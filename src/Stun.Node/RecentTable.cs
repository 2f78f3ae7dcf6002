using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Stun.Node;

/// <summary>A table that keeps the youngest entries only, for what can be had from elsewhere when it is gone.</summary>
/// <remarks>
/// An entry that is removed keeps its place in line, so that a stranger who adds and removes makes nothing grow; and
/// when that place's turn comes, an entry of the same key that came later stays.
/// </remarks>
internal sealed class RecentTable<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> entries = new();
    private readonly ConcurrentQueue<KeyValuePair<TKey, TValue>> line = new();
    private int lineCount;

    public int Count => entries.Count;

    public bool Has(TKey key) => entries.ContainsKey(key);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => entries.TryGetValue(key, out value);

    /// <returns>False where there is one of this key; <paramref name="held"/> is then that one.</returns>
    public bool TryAdd(TKey key, TValue value, out TValue held)
    {
        held = value;
        while (!entries.TryAdd(key, value))
            if (entries.TryGetValue(key, out var known))
            {
                held = known;
                return false;
            }
        line.Enqueue(new(key, value));
        if (Interlocked.Increment(ref lineCount) <= most || !line.TryDequeue(out var oldest)) return true;
        Interlocked.Decrement(ref lineCount);
        entries.TryRemove(oldest);
        return true;
    }

    public bool TryRemove(TKey key, [MaybeNullWhen(false)] out TValue value) => entries.TryRemove(key, out value);
}
