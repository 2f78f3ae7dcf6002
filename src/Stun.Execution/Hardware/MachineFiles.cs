namespace Stun.Execution.Hardware;

/// <summary>
/// The files in which the kernel tells what there is, below a root: the machine's own, or a recorded tree.
/// What is missing, refused or unreadable is empty: sysfs answers some reads with an error, and that is no failure.
/// </summary>
public sealed class MachineFiles(string root)
{
    /// <summary>/proc/cpuinfo of a machine with a thousand threads has two megabytes.</summary>
    private const int TextMax = 4 << 20;

    public static MachineFiles Real => new("/");

    public string PathOf(string path) => Path.Join(root, path);

    public string Text(string path)
    {
        try
        {
            using var file = File.OpenRead(PathOf(path));
            // The length that procfs and sysfs tell is not the length that can be read.
            var kept = new byte[4096];
            var length = 0;
            while (true)
            {
                var count = file.Read(kept, length, kept.Length - length);
                length += count;
                if (count == 0 || length == TextMax) return System.Text.Encoding.UTF8.GetString(kept, 0, length);
                if (length == kept.Length) Array.Resize(ref kept, Math.Min(TextMax, kept.Length * 2));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public string Line(string path) => Text(path).AsSpan().Trim().ToString();

    public string[] Lines(string path) => Text(path).Split('\n');

    public bool Exists(string path) => File.Exists(PathOf(path)) || Directory.Exists(PathOf(path));

    /// <summary>Names in a folder, in ordinal order; none where it cannot be read.</summary>
    public IReadOnlyList<string> Names(string path)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(PathOf(path))
                    .Select(entry => Path.GetFileName(entry))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A whole number, in hexadecimal where it begins with 0x; null for anything else.</summary>
    public long? Number(string path) => NumberText.Parse(Line(path));
}

internal static class NumberText
{
    public static long? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.StartsWith("0x"))
            return long.TryParse(text[2..], System.Globalization.NumberStyles.AllowHexSpecifier, null, out var hex)
                && hex >= 0 ? hex : null;
        return long.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) ? number : null;
    }

    /// <summary>A figure in a larger unit; what does not fit is taken for nonsense and is zero.</summary>
    public static long Scaled(long? count, long unit) =>
        count is { } known && known >= 0 && known <= long.MaxValue / unit ? known * unit : 0;
}
