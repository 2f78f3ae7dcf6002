using System.Numerics;

namespace Stun.Zk.Fields;

/// <summary>The field that a pairing ends in: C0 + C1 w over <see cref="Fq6"/> with w² = v.</summary>
public readonly struct Fq12(in Fq6 c0, in Fq6 c1) : IField<Fq12>
{
    // (9 + u)^((q^k - 1) i / 6): what Frobenius' k-th power multiplies the i-th power of w by.
    private static readonly Fq2[][] Frobenius = [[], Powers(1), Powers(2), Powers(3)];

    public readonly Fq6 C0 = c0;
    public readonly Fq6 C1 = c1;

    public static Fq12 Zero => default;

    public static Fq12 One => new(Fq6.One, Fq6.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero;

    public static Fq12 operator +(in Fq12 left, in Fq12 right) => new(left.C0 + right.C0, left.C1 + right.C1);

    public static Fq12 operator -(in Fq12 left, in Fq12 right) => new(left.C0 - right.C0, left.C1 - right.C1);

    public static Fq12 operator -(in Fq12 value) => new(-value.C0, -value.C1);

    public static Fq12 operator *(in Fq12 left, in Fq12 right)
    {
        var low = left.C0 * right.C0;
        var high = left.C1 * right.C1;
        var cross = (left.C0 + left.C1) * (right.C0 + right.C1);
        return new Fq12(low + high.TimesV(), cross - low - high);
    }

    public static bool operator ==(in Fq12 left, in Fq12 right) => left.Equals(right);

    public static bool operator !=(in Fq12 left, in Fq12 right) => !left.Equals(right);

    public Fq12 Doubled() => new(C0.Doubled(), C1.Doubled());

    public Fq12 Square()
    {
        var cross = C0 * C1;
        var sum = (C0 + C1) * (C0 + C1.TimesV());
        return new Fq12(sum - cross - cross.TimesV(), cross.Doubled());
    }

    public Fq12 Conjugate() => new(C0, -C1);

    public Fq12 Inverse()
    {
        var norm = (C0.Square() - C1.Square().TimesV()).Inverse();
        return new Fq12(C0 * norm, -(C1 * norm));
    }

    /// <summary>Times l0 + (l1 + l2 v) w: the form of a line of the pairing.</summary>
    public Fq12 TimesLine(in Fq2 l0, in Fq2 l1, in Fq2 l2)
    {
        var low = C0.Scaled(l0);
        var high = C1.TimesSparse(l1, l2);
        var cross = (C0 + C1).TimesSparse(l0 + l1, l2);
        return new Fq12(low + high.TimesV(), cross - low - high);
    }

    /// <summary>Times 1 + (l1 + l2 v) w.</summary>
    public Fq12 TimesLine(in Fq2 l1, in Fq2 l2) =>
        new(C0 + C1.TimesSparse(l1, l2).TimesV(), C1 + C0.TimesSparse(l1, l2));

    /// <summary>The square of an element of the cyclotomic subgroup (Granger and Scott, 2009).</summary>
    public Fq12 CyclotomicSquare()
    {
        var (t0, t1) = SquareOfQuartic(C0.C0, C1.C1);
        var (t2, t3) = SquareOfQuartic(C1.C0, C0.C2);
        var (t4, t5) = SquareOfQuartic(C0.C1, C1.C2);
        var t5Times = t5.TimesNonResidue();
        return new Fq12(
            new Fq6(ThriceLess(t0, C0.C0), ThriceLess(t2, C0.C1), ThriceLess(t4, C0.C2)),
            new Fq6(ThriceMore(t5Times, C1.C0), ThriceMore(t1, C1.C1), ThriceMore(t3, C1.C2)));
    }

    /// <summary>The element to the power q^power, for a power from 1 to 3.</summary>
    public Fq12 ToFrobenius(int power)
    {
        var g = Frobenius[power];
        var odd = (power & 1) == 1;
        return new Fq12(
            new Fq6(Turned(C0.C0, odd), Turned(C0.C1, odd) * g[2], Turned(C0.C2, odd) * g[4]),
            new Fq6(Turned(C1.C0, odd) * g[1], Turned(C1.C1, odd) * g[3], Turned(C1.C2, odd) * g[5]));
    }

    public bool Equals(Fq12 other) => C0 == other.C0 && C1 == other.C1;

    public override bool Equals(object? obj) => obj is Fq12 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(C0, C1);

    /// <summary>(9 + u) to a power of any size.</summary>
    internal static Fq2 NonResiduePower(BigInteger exponent)
    {
        var result = Fq2.One;
        var factor = Fq2.One.TimesNonResidue();
        for (; !exponent.IsZero; exponent >>= 1)
        {
            if (!exponent.IsEven) result *= factor;
            factor = factor.Square();
        }
        return result;
    }

    private static Fq2[] Powers(int power)
    {
        var sixth = (BigInteger.Pow(Fq.Modulus, power) - 1) / 6;
        return [.. Enumerable.Range(0, 6).Select(i => NonResiduePower(sixth * i))];
    }

    private static Fq2 Turned(in Fq2 value, bool odd) => odd ? value.Conjugate() : value;

    private static (Fq2 Low, Fq2 High) SquareOfQuartic(in Fq2 a, in Fq2 b)
    {
        var cross = a * b;
        var low = ((a + b) * (a + b.TimesNonResidue())) - cross - cross.TimesNonResidue();
        return (low, cross.Doubled());
    }

    private static Fq2 ThriceLess(in Fq2 t, in Fq2 c) => (t - c).Doubled() + t;

    private static Fq2 ThriceMore(in Fq2 t, in Fq2 c) => (t + c).Doubled() + t;
}
