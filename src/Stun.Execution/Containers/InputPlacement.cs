using System.Text;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// Puts the inputs of a run where its container sees them. A second name costs nothing, and the container sees the
/// directory through a read-only mount, as a user who owns none of it.
/// </summary>
internal static class InputPlacement
{
    /// <summary>The kernel's own limit on one part of a path.</summary>
    private const int NameBytesMax = 255;

    private const UnixFileMode Readable = (UnixFileMode)0b100_100_100;

    public static void Place(string directory, ValueList<InputFile> inputs)
    {
        foreach (var input in inputs)
        {
            // Those lie where they say, since before the start: see RunPlaces.
            if (RunPlaces.IsAbsolute(input.Name)) continue;
            var target = Path.Combine(directory, input.Name);
            MakeFolders(directory, input.Name);
            var source = new FileInfo(input.Path);
            if (!source.Exists || source.LinkTarget is not null)
                throw new ExecutionException("run.input-missing", $"The input '{input.Name}' is not at {input.Path}.",
                    "Fetch it again.");
            if (source.UnixFileMode.HasFlag(UnixFileMode.OtherRead) && Kernel.TryLink(input.Path, target)) continue;
            source.CopyTo(target);
            File.SetUnixFileMode(target, Readable);
        }
    }

    private static void MakeFolders(string directory, string name)
    {
        foreach (var part in name.Split('/')[..^1])
        {
            directory = Path.Combine(directory, part);
            HostGround.MakeDirectory(directory, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>
    /// A name comes from a stranger: it must stay below the directory, by its spelling alone, and be a file in one
    /// input and not a folder of another.
    /// </summary>
    public static void Check(ValueList<InputFile> inputs)
    {
        HashSet<string> files = new(StringComparer.Ordinal), folders = new(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var lead = RunPlaces.IsAbsolute(input.Name) ? "/" : "";
            var parts = input.Name[lead.Length..].Split('/');
            if (input.Name.Contains('\0') || parts.Any(part => part is "" or "." or ".."
                || Encoding.UTF8.GetByteCount(part) > NameBytesMax))
                throw new ExecutionException("run.input-name",
                    $"'{TerminalText.OfName(input.Name)}' is no name for an input.",
                    $"Use names of at most {NameBytesMax} bytes, joined by '/', without '.' and '..'.");
            for (var length = 1; length < parts.Length; length++) folders.Add(lead + string.Join('/', parts[..length]));
            if (!files.Add(input.Name)) Refuse(input.Name);
        }
        if (files.FirstOrDefault(folders.Contains) is { } both) Refuse(both);
    }

    private static void Refuse(string name) => throw new ExecutionException(
        "run.input-twice", $"Two inputs want the name '{TerminalText.OfName(name)}'.", "Rename one.");
}
