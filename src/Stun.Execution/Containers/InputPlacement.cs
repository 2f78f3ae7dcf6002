using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// Puts the inputs of a run where its container sees them. A second name costs nothing, and the container sees the
/// directory through a read-only mount, as a user who owns none of it.
/// </summary>
internal static class InputPlacement
{
    private const UnixFileMode Readable = (UnixFileMode)0b100_100_100;

    public static void Place(string directory, ValueList<InputFile> inputs)
    {
        foreach (var input in inputs)
        {
            var target = Path.Combine(directory, Checked(input.Name));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (File.Exists(target))
                throw new ExecutionException(
                    "run.input-twice", $"Two inputs are called '{input.Name}'.", "Rename one.");
            var source = new FileInfo(input.Path);
            if (!source.Exists || source.LinkTarget is not null)
                throw new ExecutionException("run.input-missing", $"The input '{input.Name}' is not at {input.Path}.",
                    "Fetch it again.");
            if (source.UnixFileMode.HasFlag(UnixFileMode.OtherRead) && Kernel.TryLink(input.Path, target)) continue;
            source.CopyTo(target);
            File.SetUnixFileMode(target, Readable);
        }
    }

    /// <summary>A name comes from a stranger: it must stay below the directory, by its spelling alone.</summary>
    private static string Checked(string name)
    {
        var parts = name.Split('/');
        if (name.Contains('\0') || parts.Any(part => part is "" or "." or ".." || part.Length > 255))
            throw new ExecutionException("run.input-name", $"'{TerminalText.Of(name)}' is no name for an input.",
                "Use names of at most 255 characters, joined by '/', without '.' and '..'.");
        return name;
    }
}
