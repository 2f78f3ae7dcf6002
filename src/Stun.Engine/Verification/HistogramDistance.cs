using System.Numerics;
using System.Text.Json;

namespace Stun.Engine.Verification;

/// <summary>
/// Compares histograms <c>{"edges": [n + 1 numbers], "counts": [n numbers, none negative]}</c> as distributions: half
/// the sum of |a/A - b/B| over the bins, the largest difference in probability that any set of bins can show.
/// </summary>
/// <remarks>
/// Exact: with totals A and B it is sum |a*B - b*A| * 10^6 against 2 * ppm * A * B. Two empty histograms are the same,
/// an empty one and another are not: no events is not a distribution.
/// </remarks>
internal static class HistogramDistance
{
    // Counts are events or weights; more digits than this are not measured, and they bound the arithmetic.
    private const int DigitsMax = 40;
    private const int ExponentMax = 60;

    private const uint Million = 1_000_000;

    /// <summary>Where the numbers of one histogram stand in its text.</summary>
    private sealed class Layout
    {
        public List<(int Start, int Length)>? Edges;
        public List<(int Start, int Length)>? Counts;
    }

    public static bool Within(uint ppm, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (TryRead(left) is not { } leftLayout || TryRead(right) is not { } rightLayout) return false;
        if (!SameEdges(leftLayout, left, rightLayout, right)) return false;
        if (Counts(leftLayout, left) is not { } leftCounts || Counts(rightLayout, right) is not { } rightCounts)
            return false;

        var (leftTotal, rightTotal) = (Total(leftCounts), Total(rightCounts));
        if (leftTotal.IsZero || rightTotal.IsZero) return leftTotal.IsZero && rightTotal.IsZero;
        var apart = BigInteger.Zero;
        for (var bin = 0; bin < leftCounts.Length; bin++)
            apart += BigInteger.Abs((leftCounts[bin] * rightTotal) - (rightCounts[bin] * leftTotal));
        return apart * Million <= 2 * ppm * leftTotal * rightTotal;
    }

    private static bool SameEdges(Layout left, ReadOnlySpan<byte> leftText, Layout right, ReadOnlySpan<byte> rightText)
    {
        var (leftEdges, rightEdges) = (left.Edges!, right.Edges!);
        if (leftEdges.Count != rightEdges.Count) return false;
        for (var index = 0; index < leftEdges.Count; index++)
        {
            if (!DecimalText.TryRead(Slice(leftText, leftEdges[index]), out var leftEdge)) return false;
            if (!DecimalText.TryRead(Slice(rightText, rightEdges[index]), out var rightEdge)) return false;
            if (!leftEdge.SameValue(rightEdge)) return false;
        }
        return true;
    }

    /// <summary>All counts in units of the same power of ten, which cancels out; null if one is no count.</summary>
    private static BigInteger[]? Counts(Layout layout, ReadOnlySpan<byte> text)
    {
        var counts = new BigInteger[layout.Counts!.Count];
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (!DecimalText.TryRead(Slice(text, layout.Counts[bin]), out var count)) return null;
            if (count.IsZero) continue;
            if (count.IsNegative || count.DigitCount > DigitsMax || Math.Abs(count.Exponent) > ExponentMax) return null;
            counts[bin] = count.Significand() * BigInteger.Pow(10, (int)count.Exponent + ExponentMax);
        }
        return counts;
    }

    private static BigInteger Total(BigInteger[] counts)
    {
        var total = BigInteger.Zero;
        foreach (var count in counts) total += count;
        return total;
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> text, (int Start, int Length) place) =>
        text.Slice(place.Start, place.Length);

    /// <summary>Null unless it is an object of these two members, each once, of numbers only.</summary>
    private static Layout? TryRead(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            var layout = new Layout();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ref var member = ref layout.Edges;
                if (reader.ValueTextEquals("counts"u8)) member = ref layout.Counts;
                else if (!reader.ValueTextEquals("edges"u8)) return null;
                if (member is not null || Numbers(ref reader) is not { } numbers) return null;
                member = numbers;
            }
            if (reader.Read() || layout is not { Edges: { } edges, Counts: { } counts }) return null;
            return edges.Count == counts.Count + 1 ? layout : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<(int Start, int Length)>? Numbers(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
        List<(int Start, int Length)> numbers = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
            numbers.Add(((int)reader.TokenStartIndex, reader.ValueSpan.Length));
        return reader.TokenType == JsonTokenType.EndArray ? numbers : null;
    }
}
