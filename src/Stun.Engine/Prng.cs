using System.Numerics;

namespace Stun.Engine;

/// <summary>
/// The dice a machine is handed: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64. Its sequence is part
/// of what a simulation seed means, so it may never change; the framework's own generator promises no such thing.
/// </summary>
public sealed class Prng
{
    private ulong s0, s1, s2, s3;

    public Prng(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    public ulong Next()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
            var shifted = s1 << 17;
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= shifted;
            s3 = BitOperations.RotateLeft(s3, 45);
            return result;
        }
    }

    /// <summary>Uniform in [0, bound): Lemire's multiplication, with rejection so that no value is favoured.</summary>
    public ulong Below(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        while (true)
        {
            var high = Math.BigMul(Next(), bound, out var low);
            if (low >= bound || low >= unchecked(0 - bound) % bound) return high;
        }
    }

    public int Below(int bound) => (int)Below((ulong)bound);

    /// <summary>Uniform in [least, most].</summary>
    public long Between(long least, long most) => least + (long)Below((ulong)(most - least) + 1);

    public Duration Between(Duration least, Duration most) => new(Between(least.Micros, most.Micros));

    /// <summary>True with this probability in parts per million.</summary>
    public bool Chance(uint partsPerMillion) => Below(1_000_000) < partsPerMillion;

    /// <summary>A generator of its own for a part, so that parts do not disturb each other's sequence.</summary>
    public Prng Fork() => new(Next());

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
