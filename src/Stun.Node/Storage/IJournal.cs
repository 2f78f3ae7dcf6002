namespace Stun.Node.Storage;

/// <summary>
/// The one ordered log of all roles of a process. What is appended later is never durable earlier: after a crash the
/// log is a prefix of what was appended, so that roles of one process may hear of one another before the disk does.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>
    /// Everything after this position, oldest first. Called once, before anything is appended, and read to its end;
    /// what is torn at the end is cut off.
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

    /// <summary>
    /// Keeps what all roles have become up to a position, so that a start needs no record before it. The position must
    /// be durable. When this returns, the snapshot is too.
    /// </summary>
    Task WriteSnapshotAsync(
        ulong position, IReadOnlyList<(Address Role, byte[] Entries)> roles, CancellationToken cancel);

    /// <summary>The newest whole snapshot; null if there is none.</summary>
    Task<JournalSnapshot?> ReadSnapshotAsync(CancellationToken cancel);

    /// <summary>
    /// Lets go of records up to a position that a snapshot covers. Some of them may stay until there are enough to
    /// remove together.
    /// </summary>
    Task ForgetAsync(ulong upTo, CancellationToken cancel);
}

/// <param name="Position">Counts from 1 without gaps.</param>
/// <param name="Frame">What <see cref="Runner"/> gave as one batch.</param>
public readonly record struct JournalRecord(ulong Position, Address Role, ReadOnlyMemory<byte> Frame);

/// <param name="Position">Of the last record that it covers.</param>
public sealed record JournalSnapshot(ulong Position, IReadOnlyList<(Address Role, byte[] Entries)> Roles);
