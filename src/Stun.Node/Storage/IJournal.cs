namespace Stun.Node.Storage;

/// <summary>
/// The one ordered log of all roles of a process. What is appended later is never durable earlier: after a crash the
/// log is a prefix of what was appended, so that roles of one process may hear of one another before the disk does.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>
    /// Everything after this position, oldest first. Called once, before anything is appended; what is torn at the end
    /// is cut off.
    /// </summary>
    IAsyncEnumerable<JournalRecord> ReadAsync(ulong after, CancellationToken cancel);

    /// <summary>
    /// Puts a frame in line to be written with others as one group. Does not wait. Callers take turns.
    /// </summary>
    /// <returns>Its position: one more than the last.</returns>
    ulong Append(Address role, ReadOnlyMemory<byte> frame);

    /// <summary>
    /// Called from the journal's own thread whenever more has become durable; with what went wrong when nothing more
    /// can be written. A journal that failed stays failed: the process must end and begin again from what is there.
    /// </summary>
    void Start(Action<ulong> durable, Action<Exception> failed);

    /// <summary>Bytes that wait to be written: the measure of back-pressure.</summary>
    long WaitingBytes { get; }
}

/// <param name="Position">Counts from 1 without gaps.</param>
/// <param name="Frame">What <see cref="Runner"/> gave as one batch.</param>
public readonly record struct JournalRecord(ulong Position, Address Role, ReadOnlyMemory<byte> Frame);
