using System.Buffers.Binary;
using System.Numerics;

namespace Stun.Engine;

/// <summary>
/// Stands between a machine and its host, real or simulated: runs a batch of inputs, hands out what must reach the
/// journal, and lets effects go only when the journal has acknowledged them.
/// </summary>
/// <remarks>
/// A batch is one frame, written and recovered whole, so a torn write can lose a batch but never half of one:
///
///   inputs ─► machine ─► frame ─► [journal] ─ack─► effects
/// </remarks>
public sealed class Runner(Machine machine)
{
    /// <summary>The body of one frame of a snapshot, unless a single entry is larger.</summary>
    private const int SnapshotFrameMax = WireLimits.MessageBytesMax;

    private readonly Queue<(ulong Number, List<Effect> Effects)> held = new();
    private readonly Outbox outbox = new();
    private ulong batchCount;

    public Machine Machine => machine;

    public Instant WakesAt => outbox.WakesAt;

    /// <summary>Batches whose effects still wait for the journal.</summary>
    public int HeldCount => held.Count;

    public Batch Receive(Instant now, ReadOnlySpan<Input> inputs)
    {
        foreach (var input in inputs) machine.Receive(now, input.From, input.Message, outbox);
        return Close();
    }

    public Batch Wake(Instant now)
    {
        // Cleared first: a machine that asks for no further wake-up must not be woken for ever.
        outbox.WakeAt(Instant.Never);
        machine.Wake(now, outbox);
        return Close();
    }

    /// <summary>Rebuilds the machine from what the journal holds and lets it pick up its open work.</summary>
    public Batch Recover(Instant now, ReadOnlySpan<byte> journal)
    {
        Replay(journal);
        return Resume(now);
    }

    /// <summary>Applies the next frames of an earlier life, in order; <see cref="Resume"/> ends the replay.</summary>
    /// <returns>How many bytes were whole frames.</returns>
    public int Replay(ReadOnlySpan<byte> frames)
    {
        var (batches, _, bytes) = Replay(machine, frames);
        batchCount = Math.Max(batchCount, batches);
        return bytes;
    }

    /// <summary>
    /// What all batches so far have made of the machine, as frames under the number of the last. They stand in the
    /// place of all frames up to there, once the journal holds these; the caller sees to both.
    /// </summary>
    /// <remarks>Call it between batches. Joined, the frames are a journal like any other.</remarks>
    public IReadOnlyList<byte[]> Snapshot()
    {
        List<byte[]> frames = [];
        List<byte[]> entries = [];
        var size = 0;
        foreach (var entry in machine.Snapshot())
        {
            var needed = JournalFrame.LengthSize + entry.Length;
            if (size > 0 && size + needed > SnapshotFrameMax)
            {
                frames.Add(JournalFrame.Write(batchCount, entries));
                entries.Clear();
                size = 0;
            }
            entries.Add(entry);
            size += needed;
        }
        // There is always a last frame: it holds the number, also for a machine that remembers nothing.
        frames.Add(JournalFrame.Write(batchCount, entries));
        return frames;
    }

    /// <summary>
    /// Takes up where a snapshot ends; frames written after it are replayed next. It is handed in whole, its frames
    /// apart or joined: whether a snapshot is complete is for its keeper to know.
    /// </summary>
    public void Restore(IEnumerable<byte[]> snapshot)
    {
        Invariant.Require(batchCount == 0, "a snapshot is restored before anything happens");
        foreach (var frames in snapshot)
            Invariant.Require(Replay(frames) == frames.Length, "a snapshot is made of whole frames");
    }

    /// <summary>All that the journal holds has been replayed: the machine picks up its open work.</summary>
    public Batch Resume(Instant now)
    {
        machine.Resume(now, outbox);
        return Close();
    }

    /// <summary>The journal holds all batches up to this one: their effects may leave, in order.</summary>
    public List<Effect> Acknowledge(ulong number)
    {
        List<Effect> released = [];
        while (held.TryPeek(out var batch) && batch.Number <= number)
        {
            released.AddRange(batch.Effects);
            held.Dequeue();
        }
        return released;
    }

    private Batch Close()
    {
        var (journal, effects) = outbox.Drain();
        var number = ++batchCount;
        held.Enqueue((number, effects));
        return new Batch(number, journal.Count == 0 ? [] : JournalFrame.Write(number, journal));
    }

    /// <summary>Applies every whole frame in order and stops at the first torn one.</summary>
    public static (ulong Batches, long Events, int Bytes) Replay(Machine machine, ReadOnlySpan<byte> journal)
    {
        var (batches, events, start) = (0UL, 0L, 0);
        while (JournalFrame.TryRead(journal[start..], out var number, out var body, out var size))
        {
            while (!body.IsEmpty)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(body);
                machine.Replay(body.Slice(JournalFrame.LengthSize, length));
                body = body[(JournalFrame.LengthSize + length)..];
                events++;
            }
            batches = number;
            start += size;
        }
        return (batches, events, start);
    }
}

public readonly record struct Input(Address From, Message Message);

/// <param name="Frame">To be appended to the journal as one; empty if the batch changed nothing.</param>
public readonly record struct Batch(ulong Number, ReadOnlyMemory<byte> Frame);

/// <summary>
/// Layout: body length (4), batch number (8), CRC-32C of number and body (4), body of length-prefixed entries.
/// </summary>
public static class JournalFrame
{
    internal const int LengthSize = 4;

    private const int HeaderSize = 16;

    public static byte[] Write(ulong number, List<byte[]> entries)
    {
        var size = 0;
        foreach (var entry in entries) size += LengthSize + entry.Length;
        var frame = new byte[HeaderSize + size];
        BinaryPrimitives.WriteInt32LittleEndian(frame, size);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(4), number);
        var body = frame.AsSpan(HeaderSize);
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body, entry.Length);
            entry.CopyTo(body[LengthSize..]);
            body = body[(LengthSize + entry.Length)..];
        }
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12), Checksum(number, frame.AsSpan(HeaderSize)));
        return frame;
    }

    public static bool TryRead(
        ReadOnlySpan<byte> journal, out ulong number, out ReadOnlySpan<byte> body, out int size)
    {
        number = 0;
        body = default;
        size = 0;
        if (journal.Length < HeaderSize) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(journal);
        if (length < 0 || length > journal.Length - HeaderSize) return false;
        number = BinaryPrimitives.ReadUInt64LittleEndian(journal[4..]);
        body = journal.Slice(HeaderSize, length);
        size = HeaderSize + length;
        return BinaryPrimitives.ReadUInt32LittleEndian(journal[12..]) == Checksum(number, body);
    }

    private static uint Checksum(ulong number, ReadOnlySpan<byte> body)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, number);
        while (body.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(body));
            body = body[8..];
        }
        foreach (var value in body) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
