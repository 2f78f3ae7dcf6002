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

    /// <param name="point">A point of the group; nothing here checks that it is one.</param>
    public G2Lines(in AffinePoint<Fq2> point)
    {
        IsInfinity = point.IsInfinity;
        if (IsInfinity)
        {
            lines = [];
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
        list.Add(AddStep(first));
        list.Add(AddStep(-G2.ToFrobenius(first)));
        lines = [.. list];
    }

    public bool IsInfinity { get; }

    internal ReadOnlySpan<Line> All => lines;

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
