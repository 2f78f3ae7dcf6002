using System.Numerics;
using Stun.Chain.Evm;

namespace Stun.Tests.Evm;

/// <summary>256 bits beside the framework's numbers without end.</summary>
public sealed class UInt256Tests
{
    private const ulong Seed = 20_261_123;
    private static readonly BigInteger Top = BigInteger.One << 256;

    [Fact]
    public void Arithmetic_is_that_of_numbers_without_end_or_overflows()
    {
        var prng = new Prng(Seed);
        for (var turn = 0; turn < 20_000; turn++)
        {
            UInt256 left = Some(prng), right = Some(prng);
            BigInteger a = (BigInteger)left, b = (BigInteger)right;
            Same(a + b, () => left + right);
            Same(a - b, () => left - right);
            Same(a * b, () => left * right);
            Assert.Equal(a.CompareTo(b), left.CompareTo(right));
            Assert.Equal((a < b, a <= b, a > b, a >= b), (left < right, left <= right, left > right, left >= right));
            if (b.IsZero) continue;
            Same(a / b, () => left / right);
            Same(a % b, () => left % right);
        }
    }

    [Fact]
    public void Every_number_comes_back_from_its_bytes_and_its_digits()
    {
        var prng = new Prng(Seed);
        var bytes = new byte[UInt256.Size];
        for (var turn = 0; turn < 5_000; turn++)
        {
            var number = Some(prng);
            number.Write(bytes);
            Assert.Equal((BigInteger)number, new BigInteger(bytes, true, true));
            Assert.Equal(number, UInt256.Read(bytes));
            Assert.Equal(number, UInt256.Read(bytes.AsSpan().TrimStart((byte)0)));
            Assert.Equal(((BigInteger)number).ToString(), number.ToString());
            Assert.Equal(number, UInt256.TryParse(number.ToString()));
            Assert.Equal(((BigInteger)number).GetBitLength(), number.BitLength);
        }
    }

    [Fact]
    public void What_does_not_fit_is_never_cut_off()
    {
        Assert.Throws<OverflowException>(() => (ulong)(UInt256)((UInt128)ulong.MaxValue + 1));
        Assert.Throws<OverflowException>(() => (UInt128)new UInt256(1, 0));
        Assert.Throws<OverflowException>(() => (UInt256)Top);
        Assert.Throws<OverflowException>(() => (UInt256)BigInteger.MinusOne);
        Assert.Throws<DivideByZeroException>(() => UInt256.One / 0ul);
        Assert.Throws<ArgumentException>(() => UInt256.Read(new byte[33]));
        Assert.Equal(ulong.MaxValue, (ulong)(UInt256)ulong.MaxValue);
        Assert.Equal(UInt128.MaxValue, (UInt128)(UInt256)UInt128.MaxValue);
        Assert.Equal(UInt256.MaxValue, (UInt256)(Top - 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("0x10")]
    [InlineData("1e3")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000000000000000001")]
    public void Text_that_is_no_number_is_no_number(string text) => Assert.Null(UInt256.TryParse(text));

    private static void Same(BigInteger expected, Func<UInt256> act)
    {
        if (expected.Sign < 0 || expected >= Top) Assert.Throws<OverflowException>(() => act());
        else Assert.Equal(expected, (BigInteger)act());
    }

    /// <summary>Of any length, and often at the edges where carries begin.</summary>
    private static UInt256 Some(Prng prng)
    {
        var number = new UInt256(
            new UInt128(prng.Next(), prng.Next()), new UInt128(prng.Next(), prng.Next()));
        var cut = (BigInteger)number >> (int)prng.Below(257);
        var edge = BigInteger.One << (int)prng.Below(257);
        return prng.Below(4) switch
        {
            0 => (UInt256)(edge - 1),
            1 => (UInt256)BigInteger.Min(edge, Top - 1),
            _ => (UInt256)cut,
        };
    }
}
