namespace Stun.Execution.Containers;

/// <summary>How a run ended. Exactly one of these, whatever the container did.</summary>
public abstract record RunEnd
{
    private RunEnd() { }

    /// <summary>The program ended by itself. 128 + n when signal n ended it.</summary>
    public sealed record Exited(int Code) : RunEnd;

    public sealed record OutOfMemory : RunEnd;

    public sealed record TimedOut : RunEnd;

    /// <summary>It wrote more than it may; what it wrote until then is kept.</summary>
    public sealed record LogFlood : RunEnd;

    /// <summary>It ended with an error and its scratch space was full.</summary>
    public sealed record DiskFull : RunEnd;

    /// <summary>We were asked to stop it.</summary>
    public sealed record Stopped : RunEnd;

    /// <summary>We asked it to come to its end, and what it made by then counts: see <see cref="OpenRun.Finish"/>.
    /// </summary>
    public sealed record Finished : RunEnd;

    /// <summary>It never ran, or the runtime lost it: not the program's doing.</summary>
    public sealed record RuntimeFailed(string Message) : RunEnd;

    /// <summary>Null when the program ended well.</summary>
    public RunFailure? Failure => this switch
    {
        Exited(0) or Finished => null,
        Exited => RunFailure.ExitCode,
        OutOfMemory => RunFailure.OutOfMemory,
        TimedOut => RunFailure.TimedOut,
        LogFlood => RunFailure.LogFlood,
        DiskFull => RunFailure.DiskFull,
        Stopped => RunFailure.Cancelled,
        _ => RunFailure.Runtime,
    };
}

/// <param name="Outputs">In order of their names.</param>
/// <param name="RefusedOutputs">What matched a pattern and was not taken, with the reason.</param>
public sealed record RunReport(
    string Name, RunEnd End, RunUsage Usage, ValueList<OutputFile> Outputs, ValueList<RefusedOutput> RefusedOutputs);

/// <param name="MemoryPeakBytes">With page cache and scratch in memory; zero where the kernel does not tell.</param>
/// <param name="Wall">From the start of the program to its end; neither preparation nor collection.</param>
public sealed record RunUsage(TimeSpan Cpu, TimeSpan Wall, long MemoryPeakBytes, long LogBytes, long OutputBytes);

/// <param name="Name">Below /out.</param>
/// <param name="Digest">SHA-256; the file's name in the output directory.</param>
public sealed record OutputFile(string Name, Digest Digest, long Size);

public sealed record RefusedOutput(string Name, string Reason);

/// <summary>A run that an earlier life of this host left behind. Nothing of it runs any more.</summary>
public sealed record LostRun(string Name, Instant StartedAt);

public enum LogStream : byte
{
    Output,
    Errors,
}

/// <summary>
/// Takes what the program writes, as it writes it, from two threads. The bytes are a stranger's: show them to a person
/// through <see cref="TerminalText"/> only. The memory is used again after the call.
/// </summary>
public delegate void LogSink(LogStream stream, ReadOnlyMemory<byte> bytes);
