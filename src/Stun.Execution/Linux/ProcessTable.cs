namespace Stun.Execution.Linux;

internal static class ProcessTable
{
    /// <summary>
    /// Kills what has its working directory in this one or below. Programs that we start stand in a directory of ours:
    /// so they are found without trusting a number that was written down. A container's own processes are not meant:
    /// their directory is spelled as they see it.
    /// </summary>
    public static void KillThoseIn(string directory)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var id) || id == Environment.ProcessId) continue;
            var place = Place(process);
            if (place == directory || place.StartsWith(directory + "/", StringComparison.Ordinal))
                Kernel.Kill(id, Kernel.SignalKill);
        }
    }

    private static string Place(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return "";
        }
    }
}
