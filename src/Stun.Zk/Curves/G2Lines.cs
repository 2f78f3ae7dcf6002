using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// The lines through the multiples of one point of G2 that an optimal ate pairing evaluates. They depend on that point
/// only, so for a point that is met again (those of a verification key) they are made once. The steps are the
/// homogeneous ones of Costello, Lange and Naehrig (2010), which need no inversion.
/// </summary>
public sealed class G2Lines
{
    // The digits of 6x + 2 below its topmost, in the form without two neighbours that are not zero.
    internal static readonly sbyte[] Digits = NonAdjacentForm();

    private static readonly Fq Half = Fq.FromUInt64(2).Inverse();
    private static readonly Fq2 ThriceB = G2.B.Doubled() + G2.B;

    private readonly Line[] lines;
    private Fq2 x;
    private Fq2 y;
    private Fq2 z;

    /// <param name="point">A point of the curve. What is made of it is of use only if it is of the group too.</param>
    /// <param name="isKept">Many points of G1 will meet these lines: making them costs more, each meeting less.</param>
    public G2Lines(in AffinePoint<Fq2> point, bool isKept = false)
    {
        IsInfinity = point.IsInfinity;
        if (IsInfinity)
        {
            lines = [];
            IsOfGroup = true;
            return;
        }
        x = point.X;
        y = point.Y;
        z = Fq2.One;
        var list = new List<Line>(Digits.Length * 2);
        foreach (var digit in Digits)
        {
            list.Add(DoubleStep());
            if (digit == 1) list.Add(AddStep(point));
            if (digit == -1) list.Add(AddStep(-point));
        }
        var first = G2.ToFrobenius(point);
        var second = G2.ToFrobenius(first);
        list.Add(AddStep(first));
        list.Add(AddStep(-second));
        IsOfGroup = Meets(-G2.ToFrobenius(second));
        lines = [.. list];
        IsKept = isKept && IsOfGroup;
        if (IsKept) Divide(lines);
    }

    public bool IsInfinity { get; }

    /// <summary>
    /// Whether the point has the order r. With Frobenius F and the curve's parameter x the sum
    /// [6x + 2]P + F(P) - F²(P) + F³(P) is zero there, and for no other point of the twist: its norm and the order of
    /// the twist have no other divisor than r in common. The lines come by its first three terms on their way.
    /// </summary>
    public bool IsOfGroup { get; }

    /// <summary>Divided by A, so that it need not be multiplied by.</summary>
    internal bool IsKept { get; }

    internal ReadOnlySpan<Line> All => lines;

    /// <summary>A step that the formulas do not cover leaves z at zero for ever: that is none of the group.</summary>
    private bool Meets(in AffinePoint<Fq2> point) => !z.IsZero && x == point.X * z && y == point.Y * z;

    private static void Divide(Line[] lines)
    {
        var inverses = new Fq2[lines.Length];
        for (var i = 0; i < lines.Length; i++) inverses[i] = lines[i].A;
        BatchInversion.Invert<Fq2>(inverses, new Fq2[lines.Length]);
        for (var i = 0; i < lines.Length; i++)
            lines[i] = new Line(Fq2.One, lines[i].B * inverses[i], lines[i].C * inverses[i]);
    }

    private Line DoubleStep()
    {
        var a = (x * y).Scaled(Half);
        var b = y.Square();
        var c = z.Square();
        var e = ThriceB * c;
        var f = e.Doubled() + e;
        var g = (b + f).Scaled(Half);
        var h = (y + z).Square() - b - c;
        var square = x.Square();
        var ee = e.Square();
        var line = new Line(-h, square.Doubled() + square, e - b);
        x = a * (b - f);
        y = g.Square() - ee.Doubled() - ee;
        z = b * h;
        return line;
    }

    private Line AddStep(in AffinePoint<Fq2> point)
    {
        var theta = y - (point.Y * z);
        var lambda = x - (point.X * z);
        var c = theta.Square();
        var d = lambda.Square();
        var e = lambda * d;
        var f = z * c;
        var g = x * d;
        var h = e + f - g.Doubled();
        var line = new Line(lambda, -theta, (theta * point.X) - (lambda * point.Y));
        x = lambda * h;
        y = (theta * (g - h)) - (e * y);
        z *= e;
        return line;
    }

    private static sbyte[] NonAdjacentForm()
    {
        var digits = new List<sbyte>();
        for (var rest = ((UInt128)G2.CurveParameter * 6) + 2; rest != 0; rest >>= 1)
        {
            sbyte digit = 0;
            if ((rest & 1) == 1)
            {
                digit = (rest & 3) == 3 ? (sbyte)-1 : (sbyte)1;
                rest = digit == 1 ? rest - 1 : rest + 1;
            }
            digits.Add(digit);
        }
        digits.Reverse();
        return [.. digits.Skip(1)];
    }

    /// <summary>The line A y + B x w + C w v, to be taken at a point (x, y) of G1.</summary>
    internal readonly record struct Line(Fq2 A, Fq2 B, Fq2 C);
}
