using Stun.Execution.Images;

namespace Stun.Execution.Containers;

/// <summary>
/// One container as every driver understands it. What all of them must do alike is here; how they are told is theirs:
/// no network unless given, no capability, no new privileges, the seccomp profile, nothing writable but the overlay.
/// </summary>
/// <param name="Id">Unique on this machine, also across restarts of this host.</param>
/// <param name="Directory">Of this run; the driver may put files of its own there.</param>
/// <param name="Root">The mounted root file system.</param>
/// <param name="FirstHostId">Where the 65,536 user and group ids of this container begin outside.</param>
/// <param name="CgroupPath">Of the group that the runtime is to make.</param>
/// <param name="NetworkNamespace">Path of the namespace to join; empty for a fresh one with nothing in it.</param>
public sealed record ContainerSpec(
    string Id,
    string Directory,
    string Root,
    uint FirstHostId,
    string CgroupPath,
    string NetworkNamespace,
    ImageConfig Image,
    ValueList<BindMount> Binds)
{
    /// <summary>The one user inside. Never root, not even of its own user namespace.</summary>
    public const uint User = 1000;

    public const uint IdCount = 65_536;

    /// <summary>Also bounds what a process can hold of the kernel's memory in open files.</summary>
    public const int OpenFilesMax = 4096;

    /// <summary>
    /// When the whole machine runs out of memory, a stranger's program goes before ours. Without it the program would
    /// have our own score, and many a daemon is exempt.
    /// </summary>
    public const int OutOfMemoryScore = 500;

    public const int SharedMemoryBytes = 64 << 20;

    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public const string HostName = "stun";

    public const string HostsText = "127.0.0.1 localhost\n::1 localhost\n";

    public uint HostUser => FirstHostId + User;

    /// <summary>Of the waiting shell. What the image sets is for its program alone, see <see cref="StartScript"/>.
    /// </summary>
    public static IEnumerable<string> Environment => ["PATH=" + DefaultPath];

    /// <summary>
    /// Of the waiting shell, which then goes where the image says: no runtime follows a stranger's path, which may lead
    /// to a descriptor that the runtime forgot to close (CVE-2024-21626), or nowhere, which is not the runtime's fault.
    /// </summary>
    public const string WorkingDirectory = "/";
}

/// <summary>Something of this machine inside the container, without set-user-id bits and device nodes.</summary>
public sealed record BindMount(string Source, string Destination, bool Writable, bool Executable);

/// <summary>
/// Starts containers. <see cref="OciDriver"/> runs crun, runc and gVisor; <see cref="PodmanDriver"/> talks to an
/// engine; all pass the same conformance tests.
/// </summary>
public interface IContainerDriver
{
    string Name { get; }

    /// <summary>True if a container can be made ahead and wait for its command at no cost.</summary>
    bool CanWait { get; }

    /// <summary>True if a container can be put into a network namespace that was made for it.</summary>
    bool CanReachNetwork { get; }

    DriverOverhead Overhead { get; }

    Task<IStartedContainer> CreateAsync(ContainerSpec spec, CancellationToken cancel);

    /// <summary>Makes the driver forget this container, whether or not it knows it. Its processes are gone.</summary>
    Task ForgetAsync(string id);
}

/// <summary>What a driver itself needs inside the limits of a container. The task does not pay for it.</summary>
public sealed record DriverOverhead(int Processes, long MemoryBytes)
{
    public static DriverOverhead None => new(0, 0);
}

public interface IStartedContainer : IAsyncDisposable
{
    Stream Output { get; }

    Stream Errors { get; }

    /// <summary>Returns when the shell inside waits: nothing is left to be made. Optional, before going.</summary>
    Task WaitUntilReadyAsync();

    /// <summary>Gives the waiting container its program: a script for the shell inside. Called once.</summary>
    Task GoAsync(string script);

    /// <summary>False as long as there is nothing of it that could end.</summary>
    bool IsBegun { get; }

    /// <summary>For a runtime that does not see its container end.</summary>
    void KillRuntime();

    /// <summary>The exit code of the program once all of it is gone.</summary>
    Task<int> Exited { get; }

    /// <summary>Why the runtime itself failed, after <see cref="Exited"/>; null if it did its part.</summary>
    string? RuntimeFailure { get; }
}
