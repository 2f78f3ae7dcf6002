namespace Stun.Engine.Verification;

/// <summary>
/// Whether two results count as the same. Results come from strangers who may want them to be slow or ambiguous to
/// compare, so each comparator is exact, bounded, and falls back to equality of bytes for what it cannot read.
/// </summary>
public static class Comparison
{
    /// <summary>
    /// Beyond this size only equal bytes are the same. Results of this size are data, to be compared by digest; the
    /// limit bounds the memory of a validator, which for JSON is some ten times the text.
    /// </summary>
    public const int SizeMax = 16 << 20;

    public static bool Same(Comparator comparator, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        if (left.Length > SizeMax || right.Length > SizeMax) return false;
        return comparator switch
        {
            Comparator.Bytes => false,
            Comparator.Json => JsonDocumentTree.Same(left, right),
            Comparator.NumericTolerance tolerance => new NumericText(tolerance).Same(left, right),
            Comparator.Histogram histogram => HistogramDistance.Within(histogram.DistancePpm, left, right),
            _ => throw new InvariantException("A comparator has an implementation."),
        };
    }
}
