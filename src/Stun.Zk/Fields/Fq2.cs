using System.Runtime.CompilerServices;

namespace Stun.Zk.Fields;

/// <summary>The quadratic extension of <see cref="Fq"/>: C0 + C1 u with u² = -1.</summary>
public readonly struct Fq2 : IField<Fq2>
{
    public readonly Fq C0;
    public readonly Fq C1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fq2(in Fq c0, in Fq c1)
    {
        C0 = c0;
        C1 = c1;
    }

    public static Fq2 Zero => default;

    public static Fq2 One => new(Fq.One, Fq.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero;

    public static Fq2 operator +(in Fq2 left, in Fq2 right) => new(left.C0 + right.C0, left.C1 + right.C1);

    public static Fq2 operator -(in Fq2 left, in Fq2 right) => new(left.C0 - right.C0, left.C1 - right.C1);

    public static Fq2 operator -(in Fq2 value) => new(-value.C0, -value.C1);

    /// <summary>Four products that are reduced in pairs: as much work as three that are reduced each, without the sums
    /// of Karatsuba's way.</summary>
    public static Fq2 operator *(in Fq2 left, in Fq2 right) => new(
        new Fq(Montgomery<BasePrime>.MultiplyPair(
            left.C0.Value, right.C0.Value, Montgomery<BasePrime>.Complement(left.C1.Value), right.C1.Value)),
        new Fq(Montgomery<BasePrime>.MultiplyPair(
            left.C0.Value, right.C1.Value, left.C1.Value, right.C0.Value)));

    public static bool operator ==(in Fq2 left, in Fq2 right) => left.Equals(right);

    public static bool operator !=(in Fq2 left, in Fq2 right) => !left.Equals(right);

    public Fq2 Doubled() => new(C0.Doubled(), C1.Doubled());

    public Fq2 Square() => new((C0 + C1) * (C0 - C1), (C0 * C1).Doubled());

    public Fq2 Scaled(in Fq factor) => new(C0 * factor, C1 * factor);

    public Fq2 Conjugate() => new(C0, -C1);

    public Fq2 Inverse()
    {
        var norm = (C0.Square() + C1.Square()).Inverse();
        return new Fq2(C0 * norm, -(C1 * norm));
    }

    /// <summary>Times 9 + u, of which neither a square nor a cube root exists: the tower stands on it.</summary>
    public Fq2 TimesNonResidue()
    {
        var nine0 = C0.Doubled().Doubled().Doubled() + C0;
        var nine1 = C1.Doubled().Doubled().Doubled() + C1;
        return new Fq2(nine0 - C1, nine1 + C0);
    }

    public bool Equals(Fq2 other) => C0 == other.C0 && C1 == other.C1;

    public override bool Equals(object? obj) => obj is Fq2 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(C0, C1);

    public override string ToString() => $"{C0} + {C1} u";
}
