using Stun.Node.Money;

namespace Stun.Tests.Money;

/// <summary>Amounts as owners write them: exact, or refused.</summary>
public sealed class CoinTextTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("2500", "2500")]
    [InlineData("1_000_000", "1000000")]
    [InlineData("1STUN", "1000000000000000000")]
    [InlineData("1.5STUN", "1500000000000000000")]
    [InlineData("0.000000000000000001 STUN", "1")]
    [InlineData("0.1STUN", "100000000000000000")]
    [InlineData("1_000STUN", "1000000000000000000000")]
    [InlineData("79228162514.264337593543950335STUN", "79228162514264337593543950335")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void What_can_be_kept_exactly_is_taken(string text, string units) =>
        Assert.Equal(UInt128.Parse(units), CoinText.TryParse(text)!.Value.Units);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e18")]
    [InlineData("1,5STUN")]
    [InlineData(".5STUN")]
    [InlineData("1.STUN")]
    [InlineData("1.0000000000000000001STUN")]
    [InlineData("1stun")]
    [InlineData("1 ETH")]
    [InlineData("1__0")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("79228162514.264337593543950336STUN")]
    [InlineData("999999999999999999999999999999999999999")]
    public void What_cannot_is_refused(string text) => Assert.Null(CoinText.TryParse(text));

    [Theory]
    [InlineData("0", "0STUN")]
    [InlineData("1", "0.000000000000000001STUN")]
    [InlineData("1500000000000000000", "1.5STUN")]
    [InlineData("1000000000000000000000", "1000STUN")]
    public void What_is_written_is_read_again(string units, string text)
    {
        var amount = new Amount(UInt128.Parse(units));
        Assert.Equal(text, CoinText.Write(amount));
        Assert.Equal(amount, CoinText.TryParse(text));
    }
}
