namespace Stun.Node.Storage;

/// <summary>
/// Finds the whole records of a segment and tells a torn end from damage. Torn is what a crash leaves: the last group,
/// never acknowledged, in part. Whatever else does not check is damage, and is never cut off.
/// </summary>
internal static class SegmentScan
{
    /// <param name="next">Where the segment that follows begins: it proves that all of this one was durable.</param>
    /// <returns>The places of the records and where they end.</returns>
    public static (List<int> Starts, int End) Find(string path, ReadOnlySpan<byte> bytes, ulong first, ulong? next)
    {
        if (!SegmentFile.HasHeader(bytes, first)) throw Damaged(path, 0);
        List<int> starts = [];
        var (end, expected) = (SegmentFile.HeaderSize, first);
        while (RecordFraming.TryRead(bytes[end..], out var face) && face.Position == expected)
        {
            starts.Add(end);
            end = Math.Min(bytes.Length, end + face.Size);
            expected++;
        }
        if (next is { } following && following != expected) throw Damaged(path, end);
        if (ProvesMore(bytes, end, expected)) throw Damaged(path, end);
        return (starts, end);
    }

    /// <summary>Whether a whole record stands behind this place whose group began behind it too.</summary>
    private static bool ProvesMore(ReadOnlySpan<byte> bytes, int end, ulong expected)
    {
        for (var at = (end + 7) & ~7; at < bytes.Length; at += 8)
        {
            var zeros = bytes[at..].IndexOfAnyExcept((byte)0);
            if (zeros < 0) return false;
            at += zeros & ~7;
            if (RecordFraming.LooksLater(bytes[at..], expected, at - end)
                && RecordFraming.TryRead(bytes[at..], out _)) return true;
        }
        return false;
    }

    private static StorageException Damaged(string path, long offset) => new("journal.damaged",
        $"The journal is damaged at byte {offset} of {path}, and whole records follow.",
        "Nothing was changed. Restore the directory from a copy, or start with an empty one and let this node learn "
        + "again from the others; then look after the disk.");
}
