using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Stun.Chain.Evm;

/// <summary>
/// A number of the EVM: 256 bits, never negative. Every operator is checked: what does not fit throws
/// <see cref="OverflowException"/>, and nothing is ever rounded.
/// </summary>
public readonly record struct UInt256(UInt128 High, UInt128 Low) : IComparable<UInt256>
{
    public const int Size = 32;

    /// <summary>As many decimal digits as 2^256 - 1 has.</summary>
    private const int DigitsMax = 78;

    public static UInt256 Zero => default;

    public static UInt256 One => new(0, 1);

    public static UInt256 MaxValue => new(UInt128.MaxValue, UInt128.MaxValue);

    public bool IsZero => High == 0 && Low == 0;

    /// <summary>How many bits the number needs: 0 of zero, 256 at most.</summary>
    public int BitLength => 256 - (High == 0 ? 128 + LeadingZeros(Low) : LeadingZeros(High));

    public static implicit operator UInt256(ulong value) => new(0, value);

    public static implicit operator UInt256(UInt128 value) => new(0, value);

    public static implicit operator UInt256(Amount value) => new(0, value.Units);

    /// <summary>Checked: a number that does not fit is an error, not its lower bits.</summary>
    public static explicit operator ulong(UInt256 value) => value.High == 0 && value.Low <= ulong.MaxValue
        ? (ulong)value.Low : throw new OverflowException("The number does not fit 64 bits.");

    /// <inheritdoc cref="op_Explicit(UInt256)"/>
    public static explicit operator UInt128(UInt256 value) =>
        value.High == 0 ? value.Low : throw new OverflowException("The number does not fit 128 bits.");

    public static explicit operator BigInteger(UInt256 value) => ((BigInteger)value.High << 128) | value.Low;

    public static explicit operator UInt256(BigInteger value)
    {
        if (value.Sign < 0 || value.GetBitLength() > 256)
            throw new OverflowException("The number is negative or does not fit 256 bits.");
        return new UInt256((UInt128)(value >> 128), (UInt128)(value & UInt128.MaxValue));
    }

    public static UInt256 operator +(UInt256 left, UInt256 right)
    {
        var low = unchecked(left.Low + right.Low);
        var high = left.High + right.High;
        return new UInt256(low < left.Low ? high + 1 : high, low);
    }

    public static UInt256 operator -(UInt256 left, UInt256 right)
    {
        var high = left.High - right.High;
        return new UInt256(left.Low < right.Low ? high - 1 : high, unchecked(left.Low - right.Low));
    }

    public static UInt256 operator *(UInt256 left, UInt256 right)
    {
        if (left.High != 0 && right.High != 0) throw new OverflowException("The product does not fit 256 bits.");
        var cross = (left.High * right.Low) + (left.Low * right.High);
        var (high, low) = Product(left.Low, right.Low);
        return new UInt256(high + cross, low);
    }

    /// <summary>Rounded down, as the EVM divides; who needs the rest takes it with <c>%</c>.</summary>
    public static UInt256 operator /(UInt256 left, UInt256 right) => left.High == 0 && right.High == 0
        ? left.Low / right.Low : (UInt256)((BigInteger)left / (BigInteger)right);

    public static UInt256 operator %(UInt256 left, UInt256 right) => left.High == 0 && right.High == 0
        ? left.Low % right.Low : (UInt256)((BigInteger)left % (BigInteger)right);

    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;
    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;
    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;
    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;

    /// <summary>Big-endian, 32 bytes at most; no bytes are zero.</summary>
    public static UInt256 Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size) throw new ArgumentException($"A number has at most {Size} bytes, not {bytes.Length}.");
        Span<byte> word = stackalloc byte[Size];
        bytes.CopyTo(word[(Size - bytes.Length)..]);
        return new UInt256(
            BinaryPrimitives.ReadUInt128BigEndian(word), BinaryPrimitives.ReadUInt128BigEndian(word[16..]));
    }

    /// <summary>Big-endian, 32 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    /// <summary>Decimal digits and nothing else; null where it is no such number or does not fit.</summary>
    public static UInt256? TryParse(string text)
    {
        if (text.Length is 0 or > DigitsMax || !text.All(char.IsAsciiDigit)) return null;
        var value = BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return value.GetBitLength() > 256 ? null : (UInt256)value;
    }

    public int CompareTo(UInt256 other)
    {
        var order = High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }

    public override string ToString() => High == 0 ? Low.ToString() : ((BigInteger)this).ToString();

    private static int LeadingZeros(UInt128 value) => (int)UInt128.LeadingZeroCount(value);

    /// <summary>All 256 bits of a product, from four of 64 by 64 bits.</summary>
    private static (UInt128 High, UInt128 Low) Product(UInt128 left, UInt128 right)
    {
        UInt128 a = left >> 64, b = (ulong)(left & ulong.MaxValue);
        UInt128 c = right >> 64, d = (ulong)(right & ulong.MaxValue);
        var low = b * d;
        // Neither sum can pass 2^128: a product of two halves is at most 2^128 - 2^65 + 1.
        var middle = (a * d) + (low >> 64);
        var other = (b * c) + (middle & ulong.MaxValue);
        return ((a * c) + (middle >> 64) + (other >> 64), (other << 64) | (low & ulong.MaxValue));
    }
}
