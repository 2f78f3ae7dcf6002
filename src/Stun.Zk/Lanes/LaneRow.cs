using System.Runtime.CompilerServices;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Lanes;

/// <summary>
/// Rows of scalars, eight at a time. Their form is whatever it was: factors are in the form of lanes, and a product
/// with one of those keeps the form of the other.
/// </summary>
internal static unsafe class LaneRow
{
    /// <summary>(a, b) becomes (a + b, (a - b) w), for a multiple of eight of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(Limbs* low, Limbs* high, Limbs* twiddles, int count)
    {
        using var work = new NativeArray<Octet>(4);
        Octet* a = work.Pointer, b = a + 1, w = a + 2, scratch = a + 3;
        for (var i = 0; i < count; i += 8)
        {
            OctetWords.Load(a, (ulong*)(low + i), 4);
            OctetWords.Load(b, (ulong*)(high + i), 4);
            OctetWords.Load(w, (ulong*)(twiddles + i), 4);
            Cross(a, b, w, scratch);
            OctetWords.Store(a, (ulong*)(low + i), 4);
            OctetWords.Store(b, (ulong*)(high + i), 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cross(Octet* a, Octet* b, Octet* twiddle, Octet* scratch)
    {
        OctetField<ScalarPrime>.Subtract(scratch, a, b);
        OctetField<ScalarPrime>.Add(a, a, b);
        OctetField<ScalarPrime>.Reduce(a);
        OctetField<ScalarPrime>.Multiply(b, scratch, twiddle);
    }

    /// <summary>Multiplies element i by first times ratio^i.</summary>
    public static void Scale(Limbs* values, int count, Fr first, Fr ratio)
    {
        using var work = new NativeArray<Octet>(3);
        Octet* factor = work.Pointer, step = factor + 1, value = factor + 2;
        Span<Limbs> powers = stackalloc Limbs[8];
        var enter = new Fr(Montgomery<ScalarPrime>.From(32));
        var power = first;
        for (var i = 0; i < 8; i++)
        {
            powers[i] = (power * enter).Value;
            power *= ratio;
        }
        fixed (Limbs* start = powers) OctetWords.Load(factor, (ulong*)start, 4);
        OctetField<ScalarPrime>.Broadcast(step, (ratio.Pow(8) * enter).Value);
        ScaleOctets(values, count, factor, step, value);
        if ((count & 7) == 0) return;
        var done = count & ~7;
        power = first * ratio.Pow(done);
        for (var i = done; i < count; i++)
        {
            values[i] = (new Fr(values[i]) * power).Value;
            power *= ratio;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleOctets(Limbs* values, int count, Octet* factor, Octet* step, Octet* value)
    {
        for (var i = 0; i + 8 <= count; i += 8)
        {
            OctetWords.Load(value, (ulong*)(values + i), 4);
            OctetField<ScalarPrime>.Multiply(value, value, factor);
            OctetField<ScalarPrime>.Multiply(factor, factor, step);
            OctetWords.Store(value, (ulong*)(values + i), 4);
        }
    }

    /// <summary>Brings each number, below twice the prime, below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Settle(Limbs* values, int count)
    {
        for (var i = 0; i < count; i++) values[i] = Montgomery<ScalarPrime>.Settled(values[i]);
    }
}
