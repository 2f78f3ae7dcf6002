using System.Globalization;
using Stun.Execution.Linux;

namespace Stun.Execution.Cgroups;

/// <summary>Reading, writing, emptying and removing group directories, the same in both versions of the tree.</summary>
internal static class CgroupFiles
{
    /// <summary>
    /// How often a directory that is still busy is tried again. A killed process leaves its group when its parent has
    /// reaped it, which takes milliseconds; ten seconds are a machine in trouble.
    /// </summary>
    private static readonly TimeSpan BusyMax = TimeSpan.FromSeconds(10);

    public static void Write(string directory, string file, string value)
    {
        try
        {
            File.WriteAllText(Path.Combine(directory, file), value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExecutionException("cgroup.write", $"Could not write '{value}' to {directory}/{file}.",
                "Is the value within what the parent group has, and is this root's tree?", failure);
        }
    }

    public static string Read(string directory, string file) => File.ReadAllText(Path.Combine(directory, file)).Trim();

    /// <summary>Zero where the file is missing: an older kernel counts less.</summary>
    public static long ReadNumber(string directory, string file) =>
        File.Exists(Path.Combine(directory, file))
        && long.TryParse(Read(directory, file), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>A counter of a file of "name value" lines.</summary>
    public static long ReadCounter(string directory, string file, string name)
    {
        if (!File.Exists(Path.Combine(directory, file))) return 0;
        foreach (var line in Read(directory, file).Split('\n'))
            if (line.StartsWith(name + " ", StringComparison.Ordinal))
                return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
        return 0;
    }

    public static IEnumerable<string> WithChildren(string directory)
    {
        try
        {
            return Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories)
                .OrderByDescending(path => path.Length)
                .Append(directory)
                .ToArray();
        }
        catch (DirectoryNotFoundException)
        {
            // Gone, or going while we look.
            return Directory.Exists(directory) ? [directory] : [];
        }
    }

    public static IEnumerable<int> Processes(string directory) =>
        WithChildren(directory)
            .SelectMany(ReadProcesses)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture))
            // Zero is a process outside our own pid namespace; it cannot be ours.
            .Where(process => process > 0);

    private static string[] ReadProcesses(string group)
    {
        try
        {
            return Read(group, "cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // The runtime has just removed it, so it was empty.
            return [];
        }
    }

    /// <summary>
    /// Kills until the group is empty. A fork bomb loses: the limit on processes holds, and the death of the first
    /// process of a pid namespace takes all others with it.
    /// </summary>
    public static void KillAll(string directory)
    {
        Until($"group {directory} is empty", () =>
        {
            var processes = Processes(directory).ToArray();
            foreach (var process in processes) Kernel.Kill(process, Kernel.SignalKill);
            return processes.Length == 0;
        });
    }

    public static void Remove(string directory) =>
        Until($"group {directory} can be removed", () =>
        {
            try
            {
                foreach (var group in WithChildren(directory)) Directory.Delete(group);
                return true;
            }
            catch (IOException)
            {
                return !Directory.Exists(directory);
            }
        });

    public static void RemoveIfEmpty(string directory)
    {
        try
        {
            if (Directory.Exists(directory)) Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Something of it is left; the next start finds it.
        }
    }

    private static void Until(string what, Func<bool> done)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var round = 0; !done(); round++)
        {
            if (clock.Elapsed > BusyMax)
                throw new ExecutionException("cgroup.busy",
                    $"After {BusyMax.TotalSeconds} s it is not yet so that {what}.",
                    "A process in uninterruptible sleep holds it; look at its disk, or restart the machine.");
            Thread.Sleep(Math.Min(1 + round, 50));
        }
    }
}
