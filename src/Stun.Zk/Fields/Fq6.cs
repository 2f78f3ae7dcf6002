namespace Stun.Zk.Fields;

/// <summary>The cubic extension of <see cref="Fq2"/>: C0 + C1 v + C2 v² with v³ = 9 + u.</summary>
public readonly struct Fq6(in Fq2 c0, in Fq2 c1, in Fq2 c2) : IField<Fq6>
{
    public readonly Fq2 C0 = c0;
    public readonly Fq2 C1 = c1;
    public readonly Fq2 C2 = c2;

    public static Fq6 Zero => default;

    public static Fq6 One => new(Fq2.One, Fq2.Zero, Fq2.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero && C2.IsZero;

    public static Fq6 operator +(in Fq6 left, in Fq6 right) =>
        new(left.C0 + right.C0, left.C1 + right.C1, left.C2 + right.C2);

    public static Fq6 operator -(in Fq6 left, in Fq6 right) =>
        new(left.C0 - right.C0, left.C1 - right.C1, left.C2 - right.C2);

    public static Fq6 operator -(in Fq6 value) => new(-value.C0, -value.C1, -value.C2);

    /// <summary>Six products instead of nine (Devegili et al., 2006).</summary>
    public static Fq6 operator *(in Fq6 left, in Fq6 right)
    {
        var p0 = left.C0 * right.C0;
        var p1 = left.C1 * right.C1;
        var p2 = left.C2 * right.C2;
        var c0 = ((left.C1 + left.C2) * (right.C1 + right.C2)) - p1 - p2;
        var c1 = ((left.C0 + left.C1) * (right.C0 + right.C1)) - p0 - p1;
        var c2 = ((left.C0 + left.C2) * (right.C0 + right.C2)) - p0 - p2;
        return new Fq6(p0 + c0.TimesNonResidue(), c1 + p2.TimesNonResidue(), c2 + p1);
    }

    public static bool operator ==(in Fq6 left, in Fq6 right) => left.Equals(right);

    public static bool operator !=(in Fq6 left, in Fq6 right) => !left.Equals(right);

    public Fq6 Doubled() => new(C0.Doubled(), C1.Doubled(), C2.Doubled());

    public Fq6 Square() => this * this;

    public Fq6 Scaled(in Fq2 factor) => new(C0 * factor, C1 * factor, C2 * factor);

    /// <summary>Times v.</summary>
    public Fq6 TimesV() => new(C2.TimesNonResidue(), C0, C1);

    /// <summary>Times b0 + b1 v: five products, for the sparse factors that lines of a pairing are.</summary>
    public Fq6 TimesSparse(in Fq2 b0, in Fq2 b1)
    {
        var p0 = C0 * b0;
        var p1 = C1 * b1;
        var c0 = ((C1 + C2) * b1) - p1;
        var c1 = ((C0 + C1) * (b0 + b1)) - p0 - p1;
        var c2 = ((C0 + C2) * b0) - p0;
        return new Fq6(p0 + c0.TimesNonResidue(), c1, c2 + p1);
    }

    public Fq6 Inverse()
    {
        var t0 = C0.Square() - (C1 * C2).TimesNonResidue();
        var t1 = C2.Square().TimesNonResidue() - (C0 * C1);
        var t2 = C1.Square() - (C0 * C2);
        var norm = (C0 * t0) + ((C2 * t1) + (C1 * t2)).TimesNonResidue();
        return new Fq6(t0, t1, t2).Scaled(norm.Inverse());
    }

    public bool Equals(Fq6 other) => C0 == other.C0 && C1 == other.C1 && C2 == other.C2;

    public override bool Equals(object? obj) => obj is Fq6 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(C0, C1, C2);
}
