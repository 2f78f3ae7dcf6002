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

    /// <summary>Below the kernel's limit of 128 KiB for one argument, which some drivers need the script to be.</summary>
    public const int LengthMax = 100_000;

    /// <summary>What a shell answers by custom when there is no such place or program.</summary>
    private const int NotFound = 127;

    /// <param name="arguments">
    /// The first is an absolute path: the shell would find its own applets before the image's programs.
    /// </param>
    public static string For(ImageConfig image, IReadOnlyList<string> arguments)
    {
        var script = new StringBuilder();
        if (image.WorkingDirectory.Length > 0)
            script.Append($"cd {Quote(Path.Combine("/", image.WorkingDirectory))} || exit {NotFound}\n");
        // What the shell adds to the environment of its children goes, and so does the pipe that it was told by.
        script.Append("unset SHLVL PWD OLDPWD; exec");
        foreach (var argument in arguments) script.Append(' ').Append(Quote(argument));
        script.Append(" </dev/null\n");
        if (script.Length > LengthMax)
            throw new ExecutionException("run.command-too-long",
                $"The command has {script.Length} characters; {LengthMax} is the limit.",
                "Pass the data as an input instead.");
        return script.ToString();
    }

    /// <summary>Between single quotes every character stands for itself, but for the quote.</summary>
    private static string Quote(string text)
    {
        if (text.Contains('\0'))
            throw new ExecutionException("run.command-nul", "An argument of the command holds a zero character.",
                "No program can be given one; remove it.");
        return "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }
}
