namespace Stun.Bench.Containers;

/// <summary>What leaking containers would leave behind, counted.</summary>
internal sealed record HostTraces(int Mounts, int Groups, int Processes, int OpenFiles, int Directories)
{
    public static HostTraces Count(string stateDirectory, CpuGroup group) => new(
        File.ReadLines("/proc/self/mountinfo").Count(line => line.Contains(stateDirectory, StringComparison.Ordinal)),
        group.GroupsBelow,
        group.Processes,
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
        Directory.EnumerateFileSystemEntries(Path.Combine(stateDirectory, "runs")).Count());
}
