using System.Runtime.CompilerServices;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Lanes;

/// <summary>
/// The transform with eight products side by side. Halves are combined from the widest distance down; a block that fits
/// the second cache is finished before the next is begun, and the last three rounds, whose distances are shorter than
/// eight lanes, run across eight octets with every eighth element in one.
/// </summary>
internal sealed unsafe class LaneTransform : IDisposable
{
    /// <summary>Below that, there are no 64 elements for the last three rounds.</summary>
    public const int LeastPower = 6;

    // How many blocks are given to the processors; as many as a few rounds leave independent of one another.
    private const int BlocksMax = 8;

    private readonly int power;
    private readonly NativeArray<Limbs> twiddles;
    private readonly NativeArray<Octet> last = new(8);

    public LaneTransform(int power, Fr root)
    {
        this.power = power;
        var size = 1 << power;
        // Round by round, each contiguous: half a size, a quarter, and so on, in the form of lanes.
        twiddles = new NativeArray<Limbs>(size, cleared: false);
        var table = twiddles.Span;
        var at = 0;
        for (var half = size >> 1; half > 0; half >>= 1)
        {
            table.Slice(at, half).Fill(Montgomery<ScalarPrime>.From(32));
            LaneRow.Scale(twiddles.Pointer + at, half, Fr.One, root);
            at += half;
            root = root.Square();
        }
        var final = stackalloc int[] { size - 8, size - 7, size - 6, size - 5, size - 4, size - 3 };
        for (var i = 0; i < 6; i++) OctetField<ScalarPrime>.Broadcast(last.Pointer + i, table[final[i]]);
    }

    /// <summary>From natural order to mirrored order, not necessarily below the prime.</summary>
    public void Forward(Limbs* values)
    {
        var size = 1 << power;
        var half = size >> 1;
        var blocks = 1;
        var at = 0;
        for (; blocks < BlocksMax && half >= 1 << 10; half >>= 1, blocks *= 2)
        {
            var (distance, count, table) = (half, blocks, (nint)(twiddles.Pointer + at));
            var data = (nint)values;
            Parallel.For(0, BlocksMax, part =>
            {
                // Each part takes a range of what one block, or several, have to combine.
                var perBlock = BlocksMax / count;
                var length = distance / perBlock;
                var offset = part % perBlock * length;
                var low = (Limbs*)data + ((long)(part / perBlock) * 2 * distance) + offset;
                LaneRow.Combine(low, low + distance, (Limbs*)table + offset, length);
            });
            at += half;
        }
        var (whole, start, remaining) = ((nint)values, at, 2 * half);
        if (blocks == 1) Finish(values, at, remaining);
        else Parallel.For(0, blocks, i => Finish((Limbs*)whole + ((long)i * remaining), start, remaining));
    }

    public void Dispose()
    {
        twiddles.Dispose();
        last.Dispose();
    }

    private void Finish(Limbs* values, int at, int size)
    {
        for (var half = size >> 1; half >= 8; half >>= 1)
        {
            for (var start = 0; start < size; start += 2 * half)
            {
                LaneRow.Combine(values + start, values + start + half, twiddles.Pointer + at, half);
            }
            at += half;
        }
        using var work = new NativeArray<Octet>(10);
        for (var start = 0; start < size; start += 64) FinishBlock(values + start, work.Pointer);
    }

    /// <summary>Rounds with distances four, two and one, for 64 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FinishBlock(Limbs* values, Octet* x)
    {
        for (var i = 0; i < 8; i++) OctetWords.Load(x + i, (ulong*)(values + i), 32);
        var w = last.Pointer;
        for (var i = 0; i < 4; i++) LaneRow.Cross(x + i, x + i + 4, w + i, x + 8);
        LaneRow.Cross(x, x + 2, w + 4, x + 8);
        LaneRow.Cross(x + 1, x + 3, w + 5, x + 8);
        LaneRow.Cross(x + 4, x + 6, w + 4, x + 8);
        LaneRow.Cross(x + 5, x + 7, w + 5, x + 8);
        for (var i = 0; i < 8; i += 2)
        {
            OctetField<ScalarPrime>.Subtract(x + 8, x + i, x + i + 1);
            OctetField<ScalarPrime>.Add(x + i, x + i, x + i + 1);
            OctetField<ScalarPrime>.Reduce(x + i);
            OctetField<ScalarPrime>.Reduce(x + 8);
            OctetWords.Store(x + i, (ulong*)(values + i), 32);
            OctetWords.Store(x + 8, (ulong*)(values + i + 1), 32);
        }
    }
}
