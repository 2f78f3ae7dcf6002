namespace Stun.Execution.Containers;

/// <summary>
/// Finds the program of a command inside an image. Links are followed as the container would, with the image's root as
/// root: nothing of this machine is looked at.
/// </summary>
internal static class ProgramPath
{
    /// <summary>The kernel's own limit on links in one path.</summary>
    private const int LinksMax = 40;

    public static string Find(string root, string program, string searchPath, string workingDirectory)
    {
        // Ours, and in every container: what reads a task's data in begins with it.
        if (program == StartScript.Shell) return program;
        var candidates = program.Contains('/')
            ? [Path.Combine(workingDirectory, program)]
            : searchPath.Split(':').Select(directory => Path.Combine("/", directory, program));
        return candidates.FirstOrDefault(candidate => IsFile(root, candidate))
            ?? throw new ExecutionException("run.no-program", $"The image has no program '{program}'.",
                "Look at the command of the task and at the PATH that the image sets.");
    }

    private static bool IsFile(string root, string path)
    {
        var links = 0;
        return Resolve(root, "/", path, ref links) is { } found && File.Exists(root + found);
    }

    /// <returns>The path without links, as seen inside; null where it leads nowhere.</returns>
    private static string? Resolve(string root, string from, string path, ref int links)
    {
        var at = path.StartsWith('/') ? "/" : from;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }
            var next = Path.Combine(at, part);
            if (new FileInfo(root + next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }
            if (++links > LinksMax || Resolve(root, at, target, ref links) is not { } followed) return null;
            at = followed;
        }
        return at;
    }
}
