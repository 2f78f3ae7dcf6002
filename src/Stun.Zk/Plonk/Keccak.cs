using System.Buffers.Binary;
using System.Numerics;

namespace Stun.Zk.Plonk;

/// <summary>Keccak-256 as Ethereum has it: what a transcript is hashed with. This library stands alone.</summary>
internal static class Keccak
{
    private const int Rate = 136;

    private static readonly ulong[] RoundConstants = Constants();

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (; data.Length >= Rate; data = data[Rate..]) Absorb(state, data[..Rate]);
        Span<byte> rest = stackalloc byte[Rate];
        rest.Clear();
        data.CopyTo(rest);
        rest[data.Length] ^= 0x01;
        rest[Rate - 1] ^= 0x80;
        Absorb(state, rest);
        var hash = new byte[32];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8 * i), state[i]);
        return hash;
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
        foreach (var constant in RoundConstants) Round(state, constant);
    }

    /// <summary>FIPS 202: theta, rho and pi, chi, iota.</summary>
    private static void Round(Span<ulong> a, ulong constant)
    {
        Span<ulong> c = stackalloc ulong[5];
        for (var x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (var x = 0; x < 5; x++)
        {
            var d = c[(x + 4) % 5] ^ BitOperations.RotateLeft(c[(x + 1) % 5], 1);
            for (var y = 0; y < 25; y += 5) a[x + y] ^= d;
        }
        Span<ulong> b = stackalloc ulong[25];
        b[0] = a[0];
        for (int t = 0, x = 1, y = 0; t < 24; t++)
        {
            var next = ((2 * x) + (3 * y)) % 5;
            b[y + (5 * next)] = BitOperations.RotateLeft(a[x + (5 * y)], (t + 1) * (t + 2) / 2 % 64);
            (x, y) = (y, next);
        }
        for (var y = 0; y < 25; y += 5)
        {
            for (var x = 0; x < 5; x++) a[x + y] = b[x + y] ^ (~b[((x + 1) % 5) + y] & b[((x + 2) % 5) + y]);
        }
        a[0] ^= constant;
    }

    /// <summary>The bits of the constants come from a shift register of eight bits.</summary>
    private static ulong[] Constants()
    {
        var constants = new ulong[24];
        var register = 1;
        for (var round = 0; round < 24; round++)
        {
            for (var j = 0; j < 7; j++)
            {
                if ((register & 1) == 1) constants[round] |= 1UL << ((1 << j) - 1);
                register = (register << 1) ^ ((register >> 7) * 0x171);
            }
        }
        return constants;
    }
}
