namespace Stun.Node.Settings;

/// <summary>Finds what was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The nearest of the known words, if it is near enough to be worth saying.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        // Nobody mistypes a whole word: a third of its letters, and at least one slip is forgiven.
        var distanceMax = Math.Max(1, Math.Min(word.Length, 40) / 3);
        string? nearest = null;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - word.Length) > distanceMax) continue;
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance > distanceMax) continue;
            (nearest, distanceMax) = (candidate, distance - 1);
        }
        return nearest;
    }

    /// <summary>Letters to add, drop, change, or swap with their neighbour (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var row = 0; row <= left.Length; row++) rows[row, 0] = row;
        for (var column = 0; column <= right.Length; column++) rows[0, column] = column;
        for (var row = 1; row <= left.Length; row++)
            for (var column = 1; column <= right.Length; column++)
            {
                var change = left[row - 1] == right[column - 1] ? 0 : 1;
                var least = Math.Min(
                    Math.Min(rows[row - 1, column], rows[row, column - 1]) + 1, rows[row - 1, column - 1] + change);
                var isSwap = row > 1 && column > 1
                    && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
                rows[row, column] = isSwap ? Math.Min(least, rows[row - 2, column - 2] + 1) : least;
            }
        return rows[left.Length, right.Length];
    }
}
