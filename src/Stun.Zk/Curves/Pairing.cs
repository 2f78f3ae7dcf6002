using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// The optimal ate pairing of BN254 (Vercauteren, 2008). Several pairings share squarings and final exponentiation,
/// which is all that checking a product of them needs.
/// </summary>
public static class Pairing
{
    /// <summary>Whether the product of the pairings is one.</summary>
    public static bool ProductIsOne(ReadOnlySpan<AffinePoint<Fq>> points, ReadOnlySpan<G2Lines> lines) =>
        Product(points, lines) == Fq12.One;

    /// <summary>The product of the pairings, after the final exponentiation.</summary>
    public static Fq12 Product(ReadOnlySpan<AffinePoint<Fq>> points, ReadOnlySpan<G2Lines> lines) =>
        FinalExponentiation(MillerLoop(points, lines));

    /// <summary>The product before the final exponentiation: what others can be multiplied to.</summary>
    internal static Fq12 MillerLoop(ReadOnlySpan<AffinePoint<Fq>> points, ReadOnlySpan<G2Lines> lines)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(points.Length, lines.Length);
        var result = Fq12.One;
        var at = 0;
        for (var i = 0; i < G2Lines.Digits.Length; i++)
        {
            if (i > 0) result = result.Square();
            result = TimesLines(result, points, lines, at++);
            if (G2Lines.Digits[i] != 0) result = TimesLines(result, points, lines, at++);
        }
        result = TimesLines(result, points, lines, at++);
        return TimesLines(result, points, lines, at);
    }

    /// <summary>
    /// Raises to a fixed multiple of (q¹² - 1) / r that is prime to r: first the part that Frobenius and one inversion
    /// give, then the rest by the chain of Fuentes-Castañeda, Knapp and Rodríguez-Henríquez (2011).
    /// </summary>
    internal static Fq12 FinalExponentiation(in Fq12 value)
    {
        var r = value.Conjugate() * value.Inverse();
        r = r.ToFrobenius(2) * r;

        var y0 = ToNegatedParameter(r);
        var y1 = y0.CyclotomicSquare();
        var y3 = y1.CyclotomicSquare() * y1;
        var y4 = ToNegatedParameter(y3);
        var y6 = ToNegatedParameter(y4.CyclotomicSquare()).Conjugate();
        var y8 = y6 * y4 * y3.Conjugate();
        var y9 = y8 * y1;
        var y11 = y8 * y4 * r;
        var y13 = y9.ToFrobenius(1) * y11;
        var y14 = y8.ToFrobenius(2) * y13;
        return (r.Conjugate() * y9).ToFrobenius(3) * y14;
    }

    private static Fq12 ToNegatedParameter(in Fq12 value)
    {
        var result = value;
        for (var bit = 61; bit >= 0; bit--)
        {
            result = result.CyclotomicSquare();
            if (((G2.CurveParameter >> bit) & 1) == 1) result *= value;
        }
        // In the cyclotomic subgroup the conjugate is the inverse.
        return result.Conjugate();
    }

    private static Fq12 TimesLines(Fq12 value, ReadOnlySpan<AffinePoint<Fq>> points, ReadOnlySpan<G2Lines> lines,
        int at)
    {
        for (var i = 0; i < points.Length; i++)
        {
            if (points[i].IsInfinity || lines[i].IsInfinity) continue;
            ref readonly var line = ref lines[i].All[at];
            value = value.TimesLine(line.A.Scaled(points[i].Y), line.B.Scaled(points[i].X), line.C);
        }
        return value;
    }
}
