using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>
/// SHA-256 (FIPS 180-4) inside of a circuit, bit by bit. Turning and shifting words costs nothing, every exclusive or
/// and every choice a constraint a bit, every addition its bits: some 26,000 constraints a block. Where the other side
/// does not demand it, Poseidon is a hundred times cheaper.
/// </summary>
public static class Sha256Gadget
{
    private const int BlockBits = 512;
    private const int WordBits = 32;

    /// <summary>The fractional parts of the roots of the first primes: the standard's constants, computed.</summary>
    private static readonly uint[] RoundConstants = RootFractions(64, 3);
    private static readonly uint[] Start = RootFractions(8, 2);

    /// <param name="message">The bits of the message, the first one the highest of the first byte.</param>
    /// <returns>The 256 bits of the digest in the same order.</returns>
    public static Bit[] Hash(CircuitBuilder builder, IReadOnlyList<Bit> message)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(message);
        using var scope = builder.Within("sha256");
        var padded = Pad(builder, message);
        Bit[][] state = [.. Start.Select(word => ConstantWord(builder, word))];
        for (var at = 0; at < padded.Count; at += BlockBits)
            state = Compress(builder, state, padded.GetRange(at, BlockBits));
        return [.. state.SelectMany(word => word.Reverse())];
    }

    /// <summary>The bits of bytes, each held to 8 bits, in the order that the hash takes them.</summary>
    public static Bit[] BitsOfBytes(CircuitBuilder builder, IEnumerable<Signal> bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return [.. bytes.SelectMany(value => builder.ToUnsigned(value, 8).Bits.Reverse())];
    }

    /// <summary>Half a digest as a number of 128 bits: two of them fit where a whole one does not.</summary>
    public static Unsigned Half(CircuitBuilder builder, IReadOnlyList<Bit> digest, bool isHigh)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Unsigned.OfBits(builder, [.. digest.Skip(isHigh ? 0 : 128).Take(128).Reverse()]);
    }

    private static List<Bit> Pad(CircuitBuilder builder, IReadOnlyList<Bit> message)
    {
        List<Bit> padded = [.. message, builder.Constant(true)];
        while (padded.Count % BlockBits != BlockBits - 64) padded.Add(builder.Constant(false));
        for (var i = 63; i >= 0; i--) padded.Add(builder.Constant((message.Count >> i & 1) != 0 && i < 31));
        return padded;
    }

    private static Bit[][] Compress(CircuitBuilder builder, Bit[][] state, List<Bit> block)
    {
        using var scope = builder.Within("block");
        var schedule = Schedule(builder, block);
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var round = 0; round < schedule.Length; round++)
        {
            Signal[] first =
            [
                Sum(h), Sum(Xor(Turn(e, 6), Turn(e, 11), Turn(e, 25))), Sum(Choose(e, f, g)),
                builder.Constant(RoundConstants[round]), Sum(schedule[round]),
            ];
            Signal[] second = [Sum(Xor(Turn(a, 2), Turn(a, 13), Turn(a, 22))), Sum(Majority(a, b, c))];
            var nextE = Add(builder, [Sum(d), .. first]);
            var nextA = Add(builder, [.. first, .. second]);
            (h, g, f, e, d, c, b, a) = (g, f, e, nextE, c, b, a, nextA);
        }
        Bit[][] last = [a, b, c, d, e, f, g, h];
        return [.. last.Select((word, i) => Add(builder, [Sum(word), Sum(state[i])]))];

        Signal Sum(Bit[] word) => Unsigned.WeightedSum(builder, word);
    }

    private static Bit[][] Schedule(CircuitBuilder builder, List<Bit> block)
    {
        var words = new Bit[64][];
        for (var i = 0; i < 16; i++)
        {
            words[i] = [.. block.GetRange(i * WordBits, WordBits)];
            Array.Reverse(words[i]);
        }
        for (var i = 16; i < words.Length; i++)
        {
            var near = words[i - 2];
            var far = words[i - 15];
            words[i] = Add(builder,
            [
                Unsigned.WeightedSum(builder, words[i - 16]), Unsigned.WeightedSum(builder, words[i - 7]),
                Unsigned.WeightedSum(builder, Xor(Turn(far, 7), Turn(far, 18), Shift(builder, far, 3))),
                Unsigned.WeightedSum(builder, Xor(Turn(near, 17), Turn(near, 19), Shift(builder, near, 10))),
            ]);
        }
        return words;
    }

    /// <summary>The sum modulo 2^32: its higher bits exist, and are left.</summary>
    private static Bit[] Add(CircuitBuilder builder, Signal[] words)
    {
        var carry = BitOperations.Log2((uint)words.Length - 1) + 1;
        return [.. builder.ToUnsigned(builder.Sum(words), WordBits + carry).Bits.Take(WordBits)];
    }

    private static Bit[] Turn(Bit[] word, int count) => [.. word[count..], .. word[..count]];

    private static Bit[] Shift(CircuitBuilder builder, Bit[] word, int count) =>
        [.. word[count..], .. Enumerable.Repeat(builder.Constant(false), count)];

    private static Bit[] Xor(Bit[] a, Bit[] b, Bit[] c) => [.. a.Select((bit, i) => bit ^ b[i] ^ c[i])];

    private static Bit[] Choose(Bit[] by, Bit[] ifSet, Bit[] ifNot) =>
        [.. by.Select((bit, i) => bit.Select(ifSet[i], ifNot[i]))];

    /// <summary>Where two agree they are the majority; else the third decides.</summary>
    private static Bit[] Majority(Bit[] a, Bit[] b, Bit[] c) =>
        [.. a.Select((bit, i) => (b[i] ^ c[i]).Select(bit, b[i]))];

    private static Bit[] ConstantWord(CircuitBuilder builder, uint word) =>
        [.. Enumerable.Range(0, WordBits).Select(i => builder.Constant((word >> i & 1) != 0))];

    private static uint[] RootFractions(int count, int degree)
    {
        List<uint> found = [];
        for (var prime = 2; found.Count < count; prime++)
        {
            if (Enumerable.Range(2, prime - 2).Any(divisor => prime % divisor == 0)) continue;
            // The root times 2^32, rounded down, modulo 2^32.
            var target = (BigInteger)prime << (WordBits * degree);
            BigInteger low = 0, high = (BigInteger)prime << WordBits;
            while (high - low > 1)
            {
                var middle = (low + high) >> 1;
                if (BigInteger.Pow(middle, degree) <= target) low = middle;
                else high = middle;
            }
            found.Add((uint)(low & uint.MaxValue));
        }
        return [.. found];
    }

    /// <summary>The two halves of a digest of the framework, as <see cref="Half"/> gives them.</summary>
    public static (UInt128 High, UInt128 Low) HalvesOf(ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
        return (BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }
}
