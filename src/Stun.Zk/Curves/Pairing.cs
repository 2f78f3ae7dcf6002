using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// The optimal ate pairing of BN254 (Vercauteren, 2008). Several pairings share squarings and final exponentiation,
/// which is all that checking a product of them needs.
/// </summary>
public static class Pairing
{
    private static readonly sbyte[] Parameter = SignedDigits(G2.CurveParameter);

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
        var places = Places(points);
        var result = Fq12.One;
        var at = 0;
        for (var i = 0; i < G2Lines.Digits.Length; i++)
        {
            if (i > 0) result = result.Square();
            result = TimesLines(result, places, lines, at++);
            if (G2Lines.Digits[i] != 0) result = TimesLines(result, places, lines, at++);
        }
        result = TimesLines(result, places, lines, at++);
        return TimesLines(result, places, lines, at);
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
        var square = value.CyclotomicSquare();
        var cube = square * value;
        var fifth = cube * square;
        ReadOnlySpan<Fq12> odd = [value, cube, fifth, fifth * square];
        var result = odd[Parameter[^1] / 2];
        for (var i = Parameter.Length - 2; i >= 0; i--)
        {
            result = result.CyclotomicSquare();
            var digit = Parameter[i];
            // In the cyclotomic subgroup the conjugate is the inverse.
            if (digit != 0) result *= digit > 0 ? odd[digit / 2] : odd[-digit / 2].Conjugate();
        }
        return result.Conjugate();
    }

    private static Fq12 TimesLines(Fq12 value, ReadOnlySpan<Place> places, ReadOnlySpan<G2Lines> lines, int at)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i].IsInfinity || lines[i].IsInfinity) continue;
            ref readonly var line = ref lines[i].All[at];
            var (b, c) = (line.B.Scaled(places[i].Slope), line.C.Scaled(places[i].Inverse));
            value = lines[i].IsKept ? value.TimesLine(b, c) : value.TimesLine(line.A, b, c);
        }
        return value;
    }

    private static Place[] Places(ReadOnlySpan<AffinePoint<Fq>> points)
    {
        var inverses = new Fq[points.Length];
        for (var i = 0; i < points.Length; i++) inverses[i] = points[i].Y;
        BatchInversion.Invert<Fq>(inverses, new Fq[points.Length]);
        var places = new Place[points.Length];
        for (var i = 0; i < points.Length; i++)
            places[i] = new Place(points[i].IsInfinity, points[i].X * inverses[i], inverses[i]);
        return places;
    }

    /// <summary>The digits of the number, the lowest first: odd and below 2^3 in size, or zero, three zeros at least
    /// behind each that is not.</summary>
    private static sbyte[] SignedDigits(ulong number)
    {
        var digits = new List<sbyte>();
        for (var rest = (UInt128)number; rest != 0; rest >>= 1)
        {
            var digit = (rest & 1) == 0 ? 0 : (int)(rest & 15);
            if (digit > 8) digit -= 16;
            rest -= (UInt128)(Int128)digit;
            digits.Add((sbyte)digit);
        }
        return [.. digits];
    }

    /// <summary>A point of G1 as lines ask for it: they are taken times 1 / y, of which the final exponentiation makes
    /// one, as it does of all of <see cref="Fq6"/>.</summary>
    private readonly record struct Place(bool IsInfinity, Fq Slope, Fq Inverse);
}
