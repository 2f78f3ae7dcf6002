using System.Numerics;

namespace Stun.Engine;

/// <summary>
/// A running 64-bit digest of state. It tells equal from different for replay checks and trace hashes; it is no
/// protection against somebody who looks for collisions.
/// </summary>
public sealed class StateDigest
{
    private ulong value = 0xcbf29ce484222325;

    public ulong Value => value;

    public void Add(ulong item)
    {
        unchecked
        {
            value = BitOperations.RotateLeft((value ^ item) * 0x9e3779b97f4a7c15, 29) * 0xbf58476d1ce4e5b9;
        }
    }

    public void Add(long item) => Add(unchecked((ulong)item));
    public void Add(bool item) => Add(item ? 1UL : 0UL);
    public void Add(Instant item) => Add(item.Micros);
    public void Add(Duration item) => Add(item.Micros);
    public void Add(TaskId item) { Add(item.High); Add(item.Low); }
    public void Add(AttemptId item) => Add(item.Value);
    public void Add(OfferId item) => Add(item.Value);
    public void Add(Address item) { Add(item.A); Add(item.B); Add((ulong)item.C); }
    public void Add(Digest item) { Add(item.A); Add(item.B); Add(item.C); Add(item.D); }
    public void Add(Amount item) { Add(unchecked((ulong)item.Units)); Add((ulong)(item.Units >> 64)); }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        foreach (var item in bytes) Add((ulong)item);
    }
}
