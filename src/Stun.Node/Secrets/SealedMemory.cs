namespace Stun.Node.Secrets;

/// <summary>What a task with sealed inputs needs of memory, since it keeps nothing on the disk.</summary>
public static class SealedMemory
{
    /// <summary>
    /// Its disk three times: the program's space; what was opened and what came out; and once more while a file is
    /// moved from one to the other.
    /// </summary>
    public const uint Spaces = 3;

    /// <summary>What a program needs beside its space, at the very least.</summary>
    private const uint ProgramMiBMin = 16;

    public static ulong MiBMin(Resources asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return ((ulong)Spaces * asked.DiskMiB) + ProgramMiBMin;
    }

    /// <summary>Whether it fits. No disk at all would be a space without an end.</summary>
    public static bool IsEnough(Resources asked) => asked.DiskMiB > 0 && asked.MemoryMiB >= MiBMin(asked);
}
