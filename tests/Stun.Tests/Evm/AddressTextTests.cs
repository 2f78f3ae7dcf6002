using Stun.Chain;
using Stun.Chain.Evm;

namespace Stun.Tests.Evm;

public sealed class AddressTextTests
{
    [Theory]
    // The examples of EIP-55.
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void A_published_address_has_its_capitals(string text)
    {
        var address = AddressText.Parse(text, "the receiver");
        Assert.Equal(text, AddressText.Checked(address));
        Assert.Equal(address, AddressText.TryParse(text.ToLowerInvariant()));
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "address.checksum")]
    [InlineData("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", "address.checksum")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "address.form")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address.form")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "address.form")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n", "address.form")]
    [InlineData("", "address.form")]
    public void An_address_with_a_slip_is_refused_by_name(string text, string code)
    {
        var refusal = Assert.Throws<ChainException>(() => AddressText.Parse(text, "the receiver"));
        Assert.Equal(code, refusal.Code);
        Assert.Contains("the receiver", refusal.Message);
        Assert.Null(AddressText.TryParse(text));
    }

    [Theory]
    [InlineData(0, "signature.form")]
    [InlineData(63, "signature.form")]
    [InlineData(66, "signature.form")]
    public void A_signature_of_another_length_is_refused(int length, string code) =>
        Assert.Equal(code, Assert.Throws<ChainException>(() => SignatureBytes.Read(new byte[length])).Code);

    [Fact]
    public void Wallets_may_count_recovery_ids_from_0_or_27_and_nothing_else()
    {
        var bytes = new byte[SignatureBytes.Size];
        foreach (var (v, id) in new[] { (0, 0), (1, 1), (27, 0), (28, 1) })
        {
            bytes[^1] = (byte)v;
            Assert.Equal(id, SignatureBytes.Read(bytes).RecoveryId);
        }
        foreach (var v in new byte[] { 2, 26, 29, 255 })
        {
            bytes[^1] = v;
            Assert.Equal("signature.form", Assert.Throws<ChainException>(() => SignatureBytes.Read(bytes)).Code);
        }
        var high = new Signature(default, new Digest(ulong.MaxValue, 0, 0, 0), 0);
        Assert.Equal("signature.form", Assert.Throws<ChainException>(() => SignatureBytes.Compact(high)).Code);
    }
}
