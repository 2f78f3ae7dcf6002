using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Stun.Zk.Fields;

/// <summary>
/// A coordinate of BN254: an element of the field over which the curve is drawn.
/// Kept in Montgomery's form; its bytes and numbers outside of this type are canonical, below the prime.
/// </summary>
public readonly struct Fq : IField<Fq>
{
    /// <summary>How many bytes an element takes outside of this type.</summary>
    public const int ByteCount = 32;

    internal readonly Limbs Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Fq(in Limbs montgomery) => Value = montgomery;

    public static Fq Zero => default;

    public static Fq One => new(BasePrime.Radix);

    /// <summary>The prime itself.</summary>
    public static BigInteger Modulus { get; } = Montgomery<BasePrime>.Prime.ToBigInteger();

    public bool IsZero => Value.IsZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fq operator +(in Fq left, in Fq right) => new(Montgomery<BasePrime>.Add(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fq operator -(in Fq left, in Fq right) =>
        new(Montgomery<BasePrime>.Subtract(left.Value, right.Value));

    public static Fq operator -(in Fq value) => new(Montgomery<BasePrime>.Negate(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fq operator *(in Fq left, in Fq right) =>
        new(Montgomery<BasePrime>.Multiply(left.Value, right.Value));

    public static bool operator ==(in Fq left, in Fq right) => left.Value.Equals(right.Value);

    public static bool operator !=(in Fq left, in Fq right) => !left.Value.Equals(right.Value);

    public static Fq FromUInt64(ulong value) =>
        new(Montgomery<BasePrime>.FromCanonical(new Limbs(value, 0, 0, 0)));

    public static Fq FromInt64(long value) =>
        value < 0 ? -FromUInt64((ulong)-(value + 1) + 1) : FromUInt64((ulong)value);

    /// <summary>The number modulo the prime; a negative one counts from the prime downwards.</summary>
    public static Fq FromBigInteger(BigInteger value) => new(Montgomery<BasePrime>.From(value));

    /// <summary>Reads 32 bytes, the least significant first. A number not below the prime is refused.</summary>
    public static bool TryReadLittleEndian(ReadOnlySpan<byte> source, out Fq value)
    {
        value = default;
        return source.Length == ByteCount && TryFromCanonical(Limbs.ReadLittleEndian(source), out value);
    }

    /// <summary>Reads 32 bytes, the most significant first. A number not below the prime is refused.</summary>
    public static bool TryReadBigEndian(ReadOnlySpan<byte> source, out Fq value)
    {
        value = default;
        return source.Length == ByteCount && TryFromCanonical(Limbs.ReadBigEndian(source), out value);
    }

    /// <summary>Reads a decimal number as the JSON of proofs has it: digits only, no leading zero, canonical.</summary>
    public static bool TryParse(string? text, out Fq value)
    {
        var isOne = Montgomery<BasePrime>.TryParse(text, out var montgomery);
        value = new Fq(montgomery);
        return isOne;
    }

    public void WriteLittleEndian(Span<byte> destination) => ToCanonical().WriteLittleEndian(destination);

    public void WriteBigEndian(Span<byte> destination) => ToCanonical().WriteBigEndian(destination);

    public BigInteger ToBigInteger() => Montgomery<BasePrime>.ToCanonical(Value).ToBigInteger();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fq Doubled() => new(Montgomery<BasePrime>.Add(Value, Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fq Square() => new(Montgomery<BasePrime>.Multiply(Value, Value));

    public Fq Inverse() => new(Montgomery<BasePrime>.Inverse(Value));

    /// <summary>The power with an exponent of at most 256 bits that is not negative.</summary>
    public Fq Pow(BigInteger exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exponent.Sign);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent.GetBitLength(), 256L);
        return new(Montgomery<BasePrime>.Power(Value, Limbs.From(exponent)));
    }

    public bool Equals(Fq other) => Value.Equals(other.Value);

    public override bool Equals(object? obj) => obj is Fq other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => ToBigInteger().ToString(CultureInfo.InvariantCulture);

    internal Limbs ToCanonical() => Montgomery<BasePrime>.ToCanonical(Value);

    internal static bool TryFromCanonical(in Limbs canonical, out Fq value)
    {
        var below = canonical.IsBelow(Montgomery<BasePrime>.Prime);
        value = below ? new Fq(Montgomery<BasePrime>.FromCanonical(canonical)) : default;
        return below;
    }
}
