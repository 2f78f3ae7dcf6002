using System.Text;
using Stun.Execution.Images;

namespace Stun.Execution.Containers;

/// <summary>
/// What a waiting container is told. Inside waits our own static shell, the same for every image, driver and start,
/// cold or warm: so two providers show a program the same world. The shell replaces itself by the program.
/// </summary>
internal static class StartScript
{
    /// <summary>Where the shell lies inside.</summary>
    public const string Shell = "/.stun/sh";

    /// <summary>Where a driver that cannot pass pipes mounts named ones.</summary>
    public const string Output = "/.stun/out", Errors = "/.stun/err";

    /// <summary>Below the kernel's limit of 128 KiB for one argument, which some drivers pass it as.</summary>
    public const int LengthMax = 100_000;

    /// <summary>What a shell answers by custom when there is no such place or program.</summary>
    private const int NotFound = 127;

    /// <param name="arguments">
    /// The first is an absolute path: the shell would find its own applets before the image's programs.
    /// </param>
    public static string For(ImageConfig image, ValueList<string> own, IReadOnlyList<string> arguments)
    {
        if (arguments[0].Contains('='))
            throw new ExecutionException("run.program-name", $"The path of the program, {arguments[0]}, has a '='.",
                "Name it otherwise: it would be taken for a variable.");
        var script = new StringBuilder();
        if (image.WorkingDirectory.Length > 0)
            script.Append($"cd {Quote(Path.Combine("/", image.WorkingDirectory))} || exit {NotFound}\n");
        // Not by the shell's own variables: it drops names that it could not write, such as "a.b", and adds some.
        // The same program called "env" sets them as they are.
        script.Append("exec -a env ").Append(Shell).Append(" -i");
        foreach (var word in Environment(image, own).Concat(arguments)) script.Append(' ').Append(Quote(word));
        // The pipe that the shell was told by is not the program's.
        script.Append(" </dev/null\n");
        if (script.Length > LengthMax)
            throw new ExecutionException("run.command-too-long",
                $"Command and environment have {script.Length} characters; {LengthMax} is the limit.",
                "Pass the data as an input instead.");
        return script.ToString();
    }

    /// <summary>What the image sets, and where it is silent a path and a home that can be written.</summary>
    private static IEnumerable<string> Environment(ImageConfig image, ValueList<string> own) =>
        new[] { "PATH=" + ContainerSpec.DefaultPath, "HOME=/tmp" }
            .Where(entry => !image.Environment.Any(set => Variable(set) == Variable(entry)))
            .Concat(image.Environment)
            .Where(entry => !own.Any(set => Variable(set) == Variable(entry)))
            .Concat(own)
            // What is no setting would be taken for the program.
            .Where(entry => entry.IndexOf('=') > 0);

    private static string Variable(string entry) => entry.Split('=', 2)[0];

    /// <summary>Between single quotes every character stands for itself, but for the quote.</summary>
    private static string Quote(string text)
    {
        if (text.Contains('\0'))
            throw new ExecutionException("run.command-nul", "An argument or a variable holds a zero character.",
                "No program can be given one; remove it.");
        return "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }
}
