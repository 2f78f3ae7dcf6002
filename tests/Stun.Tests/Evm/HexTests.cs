using System.Numerics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Encoding;

namespace Stun.Tests.Evm;

public sealed class HexTests
{
    [Fact]
    public void A_quantity_comes_back_at_every_length()
    {
        for (var bits = 0; bits <= 256; bits++)
        {
            var number = (UInt256)((BigInteger.One << bits) - 1);
            var text = Hex.Quantity(number);
            Assert.Equal(number, Hex.ParseQuantity(text, "it"));
            Assert.Equal(number, Hex.ParseQuantity("0x" + text[2..].ToUpperInvariant(), "it"));
        }
        Assert.Equal("0x0", Hex.Quantity(0ul));
        Assert.Equal("0x400", Hex.Quantity(1024ul));
        Assert.Equal("0x100000000000000000000000000000000", Hex.Quantity(new UInt256(1, 0)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0x00")]
    [InlineData("0x01")]
    [InlineData("1")]
    [InlineData("0X1")]
    [InlineData("0x-1")]
    [InlineData("0x 1")]
    [InlineData("0x1g")]
    [InlineData("0x10000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_quantity_is_refused_by_name(string? text) =>
        Assert.Equal("hex.quantity", Assert.Throws<ChainException>(() => Hex.ParseQuantity(text, "it")).Code);

    [Fact]
    public void A_quantity_of_more_than_64_bits_is_refused_where_64_are_asked_for()
    {
        Assert.Equal(ulong.MaxValue, Hex.ParseUInt64("0xffffffffffffffff", "the nonce"));
        var refusal = Assert.Throws<ChainException>(() => Hex.ParseUInt64("0x10000000000000000", "the nonce"));
        Assert.StartsWith("The nonce is '0x10000000000000000', more than 64 bits hold.", refusal.Message);
    }

    [Fact]
    public void Data_comes_back()
    {
        Assert.Equal("0x", Hex.Data([]));
        Assert.Equal("0x00ff", Hex.Data([0, 255]));
        Assert.Empty(Hex.ParseData("0x", "it"));
        Assert.Equal([0, 255, 171], Hex.ParseData("0x00fFaB", "it"));
        Assert.Equal(new Digest(0, 0, 0, 5), Hex.ParseDigest(Hex.Data(new Digest(0, 0, 0, 5)), "it"));
        Assert.Equal(new Address(1, 2, 3), Hex.ParseAddress(new Address(1, 2, 3).ToString(), "it"));
    }

    [Theory]
    [InlineData(null, "hex.data")]
    [InlineData("00", "hex.data")]
    [InlineData("0x0", "hex.data")]
    [InlineData("0x0g", "hex.data")]
    [InlineData("0x 0", "hex.data")]
    [InlineData("0x00", "hex.size")]
    public void What_is_no_data_or_has_another_size_is_refused_by_name(string? text, string code)
    {
        var refusal = Assert.Throws<ChainException>(() => Hex.ParseDigest(text, "the root"));
        Assert.Equal(code, refusal.Code);
        Assert.StartsWith("The root", refusal.Message);
    }
}
