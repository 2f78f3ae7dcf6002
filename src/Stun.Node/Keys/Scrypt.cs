using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static System.Numerics.BitOperations;

namespace Stun.Node.Keys;

/// <summary>
/// scrypt (RFC 7914): makes a key from a password at a cost in memory, so that guessing is dear on special hardware
/// too. The framework has none of it but PBKDF2.
/// </summary>
internal static class Scrypt
{
    private const int WordsPerChunk = 16;
    private const int BytesPerChunk = 64;

    /// <summary>All working memory is overwritten before it is given back: from it the password could be tested.
    /// </summary>
    public static void Derive(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, Span<byte> destination)
    {
        var blockBytes = 2 * BytesPerChunk * cost.BlockSize;
        var blocks = new byte[blockBytes * cost.Parallelism];
        var words = new uint[blockBytes / sizeof(uint)];
        var mixed = new uint[words.Length];
        var table = new uint[(long)words.Length * cost.Iterations];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(password, salt, blocks, 1, HashAlgorithmName.SHA256);
            for (var block = 0; block < cost.Parallelism; block++)
            {
                var bytes = blocks.AsSpan(block * blockBytes, blockBytes);
                for (var word = 0; word < words.Length; word++)
                    words[word] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(word * sizeof(uint))..]);
                Mix(words, mixed, table, cost.Iterations);
                for (var word = 0; word < words.Length; word++)
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[(word * sizeof(uint))..], words[word]);
            }
            Rfc2898DeriveBytes.Pbkdf2(password, blocks, destination, 1, HashAlgorithmName.SHA256);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks);
            Erase(words);
            Erase(mixed);
            Erase(table);
        }
    }

    /// <summary>scryptROMix, section 5: fills the table with the states on the way, then visits it at places that only
    /// the state itself names.</summary>
    private static void Mix(Span<uint> state, Span<uint> space, Span<uint> table, int iterations)
    {
        var size = state.Length;
        for (var step = 0; step < iterations; step++)
        {
            state.CopyTo(table.Slice(step * size, size));
            MixBlock(state, space);
        }
        for (var step = 0; step < iterations; step++)
        {
            // The number of iterations is a power of two, so the low bits are the remainder.
            var place = (int)(state[size - WordsPerChunk] & (uint)(iterations - 1));
            var visited = table.Slice(place * size, size);
            for (var word = 0; word < size; word++) state[word] ^= visited[word];
            MixBlock(state, space);
        }
    }

    /// <summary>scryptBlockMix, section 4: even chunks come out in front, odd ones behind them.</summary>
    private static void MixBlock(Span<uint> state, Span<uint> space)
    {
        var chunks = state.Length / WordsPerChunk;
        Span<uint> running = stackalloc uint[WordsPerChunk];
        state[^WordsPerChunk..].CopyTo(running);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var input = state.Slice(chunk * WordsPerChunk, WordsPerChunk);
            for (var word = 0; word < WordsPerChunk; word++) running[word] ^= input[word];
            Salsa(running);
            var place = (chunk / 2) + (chunk % 2 == 0 ? 0 : chunks / 2);
            running.CopyTo(space.Slice(place * WordsPerChunk, WordsPerChunk));
        }
        space.CopyTo(state);
    }

    /// <summary>Salsa20/8, section 3: four double rounds, columns and then rows.</summary>
    internal static void Salsa(Span<uint> block)
    {
        Span<uint> x = stackalloc uint[WordsPerChunk];
        block.CopyTo(x);
        for (var round = 0; round < 4; round++)
        {
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }
        for (var word = 0; word < WordsPerChunk; word++) block[word] = unchecked(block[word] + x[word]);
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            b ^= RotateLeft(a + d, 7);
            c ^= RotateLeft(b + a, 9);
            d ^= RotateLeft(c + b, 13);
            a ^= RotateLeft(d + c, 18);
        }
    }

    private static void Erase(uint[] words) =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words.AsSpan()));
}

/// <param name="Iterations">N: a power of two; doubling it doubles time and memory.</param>
/// <param name="BlockSize">r.</param>
/// <param name="Parallelism">p.</param>
public sealed record ScryptCost(int Iterations, int BlockSize, int Parallelism)
{
    private const long MemoryMax = 512L << 20;

    /// <summary>Of N times r times p: minutes of work at most, whatever a file says.</summary>
    private const long WorkMax = 1L << 26;

    /// <summary>What wallets use: 256 MiB and about a second.</summary>
    public static ScryptCost Standard { get; } = new(1 << 18, 8, 1);

    /// <summary>A file may come from anybody; it must not make us take all memory.</summary>
    public bool IsBearable =>
        Iterations >= 2 && int.IsPow2(Iterations) && BlockSize is >= 1 and <= 64 && Parallelism is >= 1 and <= 64
        && 128L * Iterations * BlockSize <= MemoryMax && (long)Iterations * BlockSize * Parallelism <= WorkMax;
}
