using System.Text;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Encoding;

namespace Stun.Tests.Evm;

public sealed class RlpTests
{
    private const ulong Seed = 20_261_124;

    // The examples of the wiki of Ethereum on RLP.
    [Theory]
    [InlineData("83646f67", "dog")]
    [InlineData("80", "")]
    [InlineData("00", "\0")]
    [InlineData("0f", "\u000f")]
    [InlineData("b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963"
        + "696e6720656c6974", "Lorem ipsum dolor sit amet, consectetur adipisicing elit")]
    public void Published_examples_of_bytes_are_met(string hex, string text)
    {
        var item = RlpItem.Of(Encoding.ASCII.GetBytes(text));
        Assert.Equal(hex, Convert.ToHexStringLower(Rlp.Encode(item)));
        Assert.Equal(item, Rlp.Decode(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Published_examples_of_lists_and_numbers_are_met()
    {
        RlpItem empty = new RlpItem.List([]);
        RlpItem three = new RlpItem.List([empty, new RlpItem.List([empty]),
            new RlpItem.List([empty, new RlpItem.List([empty])])]);
        Assert.Equal("c7c0c1c0c3c0c1c0", Convert.ToHexStringLower(Rlp.Encode(three)));
        Assert.Equal(three, Rlp.Decode(Convert.FromHexString("c7c0c1c0c3c0c1c0")));
        Assert.Equal("c88363617483646f67", Convert.ToHexStringLower(
            Rlp.Encode(new RlpItem.List([RlpItem.Of("cat"u8), RlpItem.Of("dog"u8)]))));
        Assert.Equal("80", Convert.ToHexStringLower(Rlp.Encode(RlpItem.Of(0ul))));
        Assert.Equal("820400", Convert.ToHexStringLower(Rlp.Encode(RlpItem.Of(1024ul))));
    }

    [Theory]
    [InlineData("", "rlp.short")]
    [InlineData("83646f", "rlp.short")]
    [InlineData("c3c0c1", "rlp.short")]
    [InlineData("c283646f67", "rlp.short")]
    [InlineData("b8", "rlp.short")]
    [InlineData("b9ff", "rlp.short")]
    [InlineData("b838", "rlp.short")]
    [InlineData("bfffffffffffffffff", "rlp.short")]
    [InlineData("ffffffffffffffffff", "rlp.short")]
    [InlineData("fbffffffff", "rlp.short")]
    [InlineData("8000", "rlp.trailing")]
    [InlineData("c0c0", "rlp.trailing")]
    [InlineData("8100", "rlp.not-canonical")]
    [InlineData("817f", "rlp.not-canonical")]
    [InlineData("c2817f", "rlp.not-canonical")]
    [InlineData("b80161", "rlp.not-canonical")]
    [InlineData("f800", "rlp.not-canonical")]
    [InlineData("b90038", "rlp.not-canonical")]
    [InlineData("f90001c0", "rlp.not-canonical")]
    public void What_is_not_the_one_encoding_is_refused_by_name(string hex, string code) =>
        Assert.Equal(code, Assert.Throws<ChainException>(() => Rlp.Decode(Convert.FromHexString(hex))).Code);

    [Fact]
    public void Depth_count_and_size_have_limits()
    {
        RlpItem item = new RlpItem.List([]);
        for (var depth = 0; depth < Rlp.DepthMax; depth++) item = new RlpItem.List([item]);
        Assert.Equal(item, Rlp.Decode(Rlp.Encode(item)));
        Assert.Equal("rlp.too-deep",
            Assert.Throws<ChainException>(() => Rlp.Decode(Rlp.Encode(new RlpItem.List([item])))).Code);
        var wide = new RlpItem.List(ValueList.Create<RlpItem>([.. Enumerable.Repeat(RlpItem.Of([]), Rlp.ItemsMax)]));
        Assert.Equal("rlp.too-large", Assert.Throws<ChainException>(() => Rlp.Decode(Rlp.Encode(wide))).Code);
        Assert.Equal("rlp.too-large",
            Assert.Throws<ChainException>(() => Rlp.Decode(Rlp.Encode(RlpItem.Of(new byte[Rlp.SizeMax])))).Code);
    }

    [Fact]
    public void Every_item_comes_back_from_its_bytes()
    {
        var prng = new Prng(Seed);
        for (var turn = 0; turn < 3_000; turn++)
        {
            var item = Some(prng, 5);
            Assert.Equal(item, Rlp.Decode(Rlp.Encode(item)));
        }
    }

    [Fact]
    public void Foreign_bytes_are_refused_or_are_the_one_encoding_of_what_they_say()
    {
        var prng = new Prng(Seed);
        var (taken, refused) = (0, 0);
        for (var turn = 0; turn < 60_000; turn++)
        {
            var bytes = prng.Below(2) == 0 ? Noise(prng) : Bent(Rlp.Encode(Some(prng, 4)), prng);
            try
            {
                Assert.Equal(bytes, Rlp.Encode(Rlp.Decode(bytes)));
                taken++;
            }
            catch (ChainException refusal)
            {
                Assert.StartsWith("rlp.", refusal.Code);
                refused++;
            }
        }
        Assert.True(taken > 1_000 && refused > 1_000, $"{taken} taken, {refused} refused");
    }

    private static byte[] Noise(Prng prng)
    {
        var bytes = new byte[prng.Below(12)];
        for (var at = 0; at < bytes.Length; at++)
            bytes[at] = (byte)(prng.Below(3) == 0 ? 0xb6 + prng.Below(74) : (int)(prng.Next() & 0xff));
        return bytes;
    }

    private static byte[] Bent(byte[] bytes, Prng prng)
    {
        for (var times = prng.Below(3); times > 0 && bytes.Length > 0; times--)
        {
            var at = (int)prng.Below((ulong)bytes.Length);
            bytes = prng.Below(3) switch
            {
                0 => [.. bytes[..at], (byte)(prng.Next() & 0xff), .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], (byte)(prng.Next() & 0xff), .. bytes[at..]],
            };
        }
        return bytes;
    }

    private static RlpItem Some(Prng prng, int depth)
    {
        if (depth == 0 || prng.Below(2) == 0)
        {
            var bytes = new byte[prng.Below(10) switch
            {
                0 => 300,
                1 => 56,
                2 => 55,
                var small => (int)small - 3,
            }];
            for (var at = 0; at < bytes.Length; at++) bytes[at] = (byte)(prng.Next() & 0xff);
            return RlpItem.Of(bytes);
        }
        var items = new RlpItem[prng.Below(5)];
        for (var at = 0; at < items.Length; at++) items[at] = Some(prng, depth - 1);
        return new RlpItem.List(ValueList.Create<RlpItem>(items));
    }
}
