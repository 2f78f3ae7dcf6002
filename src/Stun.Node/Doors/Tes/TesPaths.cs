using System.Text;

namespace Stun.Node.Doors.Tes;

/// <summary>Paths inside a container, as the documents of strangers have them.</summary>
internal static class TesPaths
{
    public const int BytesMax = 1_000;

    private const int PartBytesMax = 255, DepthMax = 60;

    /// <summary>Mounted by whoever runs the container.</summary>
    private static readonly string[] Reserved = ["in", "out", "dev", "proc", "sys", "run", ".stun"];

    /// <summary>Null where it can be a file's or a directory's.</summary>
    public static string? Fault(string? path)
    {
        if (string.IsNullOrEmpty(path)) return "is missing";
        if (path[0] != '/') return "must be an absolute path";
        if (Encoding.UTF8.GetByteCount(path) > BytesMax) return $"has more than {BytesMax} bytes";
        var parts = Trim(path)[1..].Split('/');
        if (parts is [""]) return "is the root itself";
        if (parts.Length > DepthMax) return $"is deeper than {DepthMax} directories";
        foreach (var part in parts)
        {
            if (part is "" or "." or "..") return "must not have an empty part, '.' or '..'";
            if (part.Any(char.IsControl)) return "has a control character";
            if (Encoding.UTF8.GetByteCount(part) > PartBytesMax) return $"has a part of more than {PartBytesMax} bytes";
        }
        return Reserved.Contains(parts[0]) ? $"must not be in any of /{string.Join(", /", Reserved)}" : null;
    }

    /// <summary>Without the slash that directories may have at their end.</summary>
    public static string Trim(string path) => path.Length > 1 && path[^1] == '/' ? path[..^1] : path;

    /// <summary>The directory in which it lies; empty right below the root.</summary>
    public static string ParentOf(string path)
    {
        var sign = path.LastIndexOf('/');
        return sign <= 0 ? "" : path[..sign];
    }

    public static bool IsWithin(string path, string directory) =>
        path.Length > directory.Length && path.StartsWith(directory, StringComparison.Ordinal)
        && path[directory.Length] == '/';

    /// <summary>Of these the ones that lie in no other.</summary>
    public static IReadOnlyList<string> Outermost(IEnumerable<string> directories)
    {
        List<string> outermost = [];
        foreach (var path in directories.Where(path => path.Length > 0).Distinct(StringComparer.Ordinal)
            .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal))
            if (!outermost.Exists(outer => path == outer || IsWithin(path, outer))) outermost.Add(path);
        outermost.Sort(StringComparer.Ordinal);
        return outermost;
    }
}
