using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Stun.Zk.Fields;

/// <summary>
/// A scalar of BN254: an element of the field that circuits, witnesses and public values live in.
/// Kept in Montgomery's form; its bytes and numbers outside of this type are canonical, below the prime.
/// </summary>
public readonly struct Fr : IField<Fr>
{
    /// <summary>How many bytes an element takes outside of this type.</summary>
    public const int ByteCount = 32;

    internal readonly Limbs Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Fr(in Limbs montgomery) => Value = montgomery;

    public static Fr Zero => default;

    public static Fr One => new(ScalarPrime.Radix);

    /// <summary>The prime itself.</summary>
    public static BigInteger Modulus { get; } = Montgomery<ScalarPrime>.Prime.ToBigInteger();

    public bool IsZero => Value.IsZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fr operator +(in Fr left, in Fr right) => new(Montgomery<ScalarPrime>.Add(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fr operator -(in Fr left, in Fr right) =>
        new(Montgomery<ScalarPrime>.Subtract(left.Value, right.Value));

    public static Fr operator -(in Fr value) => new(Montgomery<ScalarPrime>.Negate(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fr operator *(in Fr left, in Fr right) =>
        new(Montgomery<ScalarPrime>.Multiply(left.Value, right.Value));

    public static bool operator ==(in Fr left, in Fr right) => left.Value.Equals(right.Value);

    public static bool operator !=(in Fr left, in Fr right) => !left.Value.Equals(right.Value);

    public static Fr FromUInt64(ulong value) =>
        new(Montgomery<ScalarPrime>.FromCanonical(new Limbs(value, 0, 0, 0)));

    public static Fr FromInt64(long value) =>
        value < 0 ? -FromUInt64((ulong)-(value + 1) + 1) : FromUInt64((ulong)value);

    /// <summary>The number modulo the prime; a negative one counts from the prime downwards.</summary>
    public static Fr FromBigInteger(BigInteger value) => new(Montgomery<ScalarPrime>.From(value));

    /// <summary>Reads 32 bytes, the least significant first. A number not below the prime is refused.</summary>
    public static bool TryReadLittleEndian(ReadOnlySpan<byte> source, out Fr value)
    {
        value = default;
        return source.Length == ByteCount && TryFromCanonical(Limbs.ReadLittleEndian(source), out value);
    }

    /// <summary>Reads 32 bytes, the most significant first. A number not below the prime is refused.</summary>
    public static bool TryReadBigEndian(ReadOnlySpan<byte> source, out Fr value)
    {
        value = default;
        return source.Length == ByteCount && TryFromCanonical(Limbs.ReadBigEndian(source), out value);
    }

    /// <summary>Reads a decimal number as the JSON of proofs has it: digits only, no leading zero, canonical.</summary>
    public static bool TryParse(string? text, out Fr value)
    {
        var isOne = Montgomery<ScalarPrime>.TryParse(text, out var montgomery);
        value = new Fr(montgomery);
        return isOne;
    }

    public void WriteLittleEndian(Span<byte> destination) => ToCanonical().WriteLittleEndian(destination);

    public void WriteBigEndian(Span<byte> destination) => ToCanonical().WriteBigEndian(destination);

    /// <summary>Scalars side by side, each with the most significant byte first, as contracts have them.</summary>
    public static byte[] Bytes(ReadOnlySpan<Fr> scalars)
    {
        var bytes = new byte[scalars.Length * ByteCount];
        for (var i = 0; i < scalars.Length; i++) scalars[i].WriteBigEndian(bytes.AsSpan(i * ByteCount));
        return bytes;
    }

    public BigInteger ToBigInteger() => Montgomery<ScalarPrime>.ToCanonical(Value).ToBigInteger();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fr Doubled() => new(Montgomery<ScalarPrime>.Add(Value, Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fr Square() => new(Montgomery<ScalarPrime>.Multiply(Value, Value));

    public Fr Inverse() => new(Montgomery<ScalarPrime>.Inverse(Value));

    /// <summary>The power with an exponent of at most 256 bits that is not negative.</summary>
    public Fr Pow(BigInteger exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exponent.Sign);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent.GetBitLength(), 256L);
        return new(Montgomery<ScalarPrime>.Power(Value, Limbs.From(exponent)));
    }

    public bool Equals(Fr other) => Value.Equals(other.Value);

    public override bool Equals(object? obj) => obj is Fr other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => ToBigInteger().ToString(CultureInfo.InvariantCulture);

    internal Limbs ToCanonical() => Montgomery<ScalarPrime>.ToCanonical(Value);

    internal static bool TryFromCanonical(in Limbs canonical, out Fr value)
    {
        var below = canonical.IsBelow(Montgomery<ScalarPrime>.Prime);
        value = below ? new Fr(Montgomery<ScalarPrime>.FromCanonical(canonical)) : default;
        return below;
    }

    /// <summary>
    /// A root of unity of the order 2^power, at most 2^28: the powers of 5^((r - 1) / 2^28), as the field's tools
    /// agree on.
    /// </summary>
    public static Fr RootOfUnity(int power)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(power);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(power, 28);
        var root = FromUInt64(5).Pow((Modulus - 1) >> 28);
        for (var i = power; i < 28; i++) root = root.Square();
        return root;
    }
}
