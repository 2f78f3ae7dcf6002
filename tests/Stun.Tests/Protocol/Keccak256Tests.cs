using System.Security.Cryptography;
using System.Text;

namespace Stun.Tests.Protocol;

public sealed class Keccak256Tests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("hello", "1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8")]
    [InlineData("transfer(address,uint256)", "a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b")]
    public void Known_texts_have_known_hashes(string text, string expected) =>
        Assert.Equal(expected, Keccak256.Hash(Encoding.UTF8.GetBytes(text)).ToString());

    [Fact]
    public void Every_length_around_the_block_size_agrees_with_a_slow_reference()
    {
        for (var length = 0; length <= 300; length++)
        {
            var data = Bytes(length);
            Assert.Equal(SlowKeccak.Hash(data, 0x01), Hash(data, 0x01));
        }
    }

    [Fact]
    public void With_its_padding_it_is_the_SHA3_of_the_framework()
    {
        if (!SHA3_256.IsSupported) Assert.Skip("This machine's crypto library has no SHA3.");
        for (var length = 0; length <= 300; length++)
        {
            var data = Bytes(length);
            Assert.Equal(SHA3_256.HashData(data), Hash(data, 0x06));
        }
        var megabyte = Bytes(1_000_003);
        Assert.Equal(SHA3_256.HashData(megabyte), Hash(megabyte, 0x06));
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        var data = Bytes(1000);
        Keccak256.Hash(data);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < 100; turn++) Keccak256.Hash(data);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] Hash(byte[] data, byte padding)
    {
        var hash = new byte[Digest.Size];
        Keccak256.Hash(data, padding).Write(hash);
        return hash;
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var index = 0; index < length; index++) bytes[index] = unchecked((byte)((index * 31) + length));
        return bytes;
    }

    /// <summary>Written from FIPS 202 with loops and modulos, sharing nothing with the real one.</summary>
    private static class SlowKeccak
    {
        public static byte[] Hash(byte[] data, byte padding)
        {
            const int rate = 136;
            List<byte> padded = [.. data, padding];
            while (padded.Count % rate != 0) padded.Add(0);
            padded[^1] |= 0x80;
            var state = new ulong[5, 5];
            for (var block = 0; block < padded.Count; block += rate)
            {
                for (var at = 0; at < rate; at++)
                    state[at / 8 % 5, at / 40] ^= (ulong)padded[block + at] << (8 * (at % 8));
                state = Permute(state);
            }
            var hash = new byte[32];
            for (var at = 0; at < 32; at++) hash[at] = (byte)((state[at / 8, 0] >> (8 * (at % 8))) & 0xff);
            return hash;
        }

        private static ulong[,] Permute(ulong[,] a)
        {
            var register = 1;
            for (var round = 0; round < 24; round++)
            {
                var theta = new ulong[5, 5];
                for (var x = 0; x < 5; x++)
                    for (var y = 0; y < 5; y++)
                        theta[x, y] = a[x, y] ^ Column(a, x + 4) ^ ulong.RotateLeft(Column(a, x + 1), 1);
                var rhoPi = new ulong[5, 5];
                rhoPi[0, 0] = theta[0, 0];
                var (column, row) = (1, 0);
                for (var step = 0; step < 24; step++)
                {
                    rhoPi[row, ((2 * column) + (3 * row)) % 5] =
                        ulong.RotateLeft(theta[column, row], (step + 1) * (step + 2) / 2 % 64);
                    (column, row) = (row, ((2 * column) + (3 * row)) % 5);
                }
                for (var x = 0; x < 5; x++)
                    for (var y = 0; y < 5; y++)
                        a[x, y] = rhoPi[x, y] ^ (~rhoPi[(x + 1) % 5, y] & rhoPi[(x + 2) % 5, y]);
                for (var bit = 0; bit < 7; bit++)
                {
                    if ((register & 1) != 0) a[0, 0] ^= 1UL << ((1 << bit) - 1);
                    register = (register << 1) ^ (register >= 0x80 ? 0x171 : 0);
                }
            }
            return a;
        }

        private static ulong Column(ulong[,] a, int x) =>
            a[x % 5, 0] ^ a[x % 5, 1] ^ a[x % 5, 2] ^ a[x % 5, 3] ^ a[x % 5, 4];
    }
}
