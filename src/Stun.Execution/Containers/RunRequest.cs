using Stun.Execution.Cgroups;
using Stun.Execution.Images;

namespace Stun.Execution.Containers;

/// <summary>One run of a stranger's program, as the host is asked for it.</summary>
/// <param name="Name">Unique among all runs of this host: small letters, digits and dashes.</param>
/// <param name="Command">Empty for what the image says.</param>
/// <param name="Outputs">Patterns below /out, such as <c>**</c> or <c>histograms/*.json</c>; or of files elsewhere,
/// such as <c>/data/*.json</c>: see <see cref="OutputPattern"/>.</param>
/// <param name="OutputDirectory">Where what it made is put, each file under its SHA-256.</param>
public sealed record RunRequest(
    string Name,
    UnpackedImage Image,
    ValueList<string> Command,
    ValueList<InputFile> Inputs,
    ValueList<string> Outputs,
    RunLimits Limits,
    string OutputDirectory)
{
    /// <summary>As NAME=VALUE; where the image says otherwise, these count.</summary>
    public ValueList<string> Environment { get; init; } = [];

    /// <summary>Is told when the program was started. Must return at once.</summary>
    public Action<OpenRun> Begun { get; init; } = _ => { };

    /// <summary>Nothing unless the provider's policy and the task both say so.</summary>
    public ValueList<EgressRule> Egress { get; init; } = [];

    /// <summary>
    /// What the program reads and writes lies in memory, whatever its size, and is never swapped out: the disk does not
    /// see it. The space counts as memory, and inputs count as space.
    /// </summary>
    public bool KeepsOffDisk { get; init; }
}

/// <param name="Name">Below /in; may have folders. An absolute path: there, as a copy that the program may change.
/// </param>
/// <param name="Path">On this machine. The file must not change while the run lasts.</param>
public sealed record InputFile(string Name, string Path);

/// <summary>A destination that the container may open connections to. Names are resolved once, at the start.</summary>
public sealed record EgressRule(string Host, ushort Port);

public sealed record RunLimits(
    long MemoryBytes,
    uint CpuMillis,
    int Processes,
    long DiskBytes,
    long LogBytes,
    TimeSpan WallClock)
{
    /// <summary>In the kernel's list form, such as <c>0-3,8</c>; empty means any processor.</summary>
    public string CpuSet { get; init; } = "";

    /// <summary>Files that may come out; their bytes are bounded by <see cref="DiskBytes"/>.</summary>
    public int OutputFilesMax { get; init; } = 10_000;

    internal CgroupLimits ForCgroup(long memoryScratchBytes, DriverOverhead overhead) => checked(new(
        MemoryBytes + memoryScratchBytes + overhead.MemoryBytes, CpuMillis, CpuSet, Processes + overhead.Processes));
}
