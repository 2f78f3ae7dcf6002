using System.Collections;

namespace Stun.Protocol;

/// <summary>
/// An immutable list that compares by content, so that records which hold one compare by content too.
/// Its default value is the empty list. Build one with a collection expression: <c>[a, b]</c>.
/// </summary>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public readonly struct ValueList<T> : IEquatable<ValueList<T>>, IReadOnlyList<T>
{
    private readonly T[]? items;

    internal ValueList(T[] items) => this.items = items;

    public int Count => items?.Length ?? 0;

    public T this[int index] => items![index];

    public ReadOnlySpan<T> Span => items;

    public ReadOnlySpan<T>.Enumerator GetEnumerator() => Span.GetEnumerator();
    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => (items ?? []).GetEnumerator();

    public bool Contains(T item) => items is not null && Array.IndexOf(items, item) >= 0;

    public ValueList<T> Add(T item) => new([.. Span, item]);

    public bool Equals(ValueList<T> other)
    {
        if (Count != other.Count) return false;
        for (var index = 0; index < Count; index++)
            if (!EqualityComparer<T>.Default.Equals(this[index], other[index])) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is ValueList<T> other && Equals(other);

    /// <summary>The count alone: the same in every process, and lists are never the keys of anything large.</summary>
    public override int GetHashCode() => Count;

    public static bool operator ==(ValueList<T> left, ValueList<T> right) => left.Equals(right);
    public static bool operator !=(ValueList<T> left, ValueList<T> right) => !left.Equals(right);

    public override string ToString()
    {
        var text = new System.Text.StringBuilder("[");
        for (var index = 0; index < Count; index++) text.Append(index == 0 ? "" : ", ").Append(this[index]);
        return text.Append(']').ToString();
    }
}

public static class ValueList
{
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    public static ValueList<T> From<T>(List<T> items) => new(items.ToArray());
}
