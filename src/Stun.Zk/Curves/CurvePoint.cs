using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// A point under way: x = X / ZZ, y = Y / ZZZ with ZZ³ = ZZZ². These coordinates have the cheapest addition of an
/// affine point for curves without a linear term (Explicit-Formulas Database, "xyzz"). Infinity has ZZ = 0.
/// </summary>
public struct CurvePoint<T> where T : struct, IField<T>
{
    private T x;
    private T y;
    private T zz;
    private T zzz;

    public static CurvePoint<T> Infinity => default;

    public readonly bool IsInfinity => zz.IsZero;

    public static CurvePoint<T> From(in AffinePoint<T> point)
    {
        CurvePoint<T> result = default;
        if (point.IsInfinity) return result;
        result.x = point.X;
        result.y = point.Y;
        result.zz = T.One;
        result.zzz = T.One;
        return result;
    }

    /// <summary>The multiple of a point by a number that is not negative.</summary>
    public static CurvePoint<T> Multiply(in AffinePoint<T> point, BigInteger factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factor.Sign);
        CurvePoint<T> result = default;
        for (var bit = factor.GetBitLength() - 1; bit >= 0; bit--)
        {
            result.Double();
            if (!((factor >> (int)bit) & 1).IsZero) result.Add(point);
        }
        return result;
    }

    public static CurvePoint<T> Multiply(in AffinePoint<T> point, in Fr factor) =>
        Multiply(point, factor.ToBigInteger());

    public void Double()
    {
        if (IsInfinity) return;
        var u = y.Doubled();
        var v = u.Square();
        var w = u * v;
        var s = x * v;
        var square = x.Square();
        var m = square.Doubled() + square;
        var x3 = m.Square() - s.Doubled();
        y = (m * (s - x3)) - (w * y);
        x = x3;
        zz = v * zz;
        zzz = w * zzz;
    }

    public void Add(in AffinePoint<T> point)
    {
        if (point.IsInfinity) return;
        if (IsInfinity)
        {
            this = From(point);
            return;
        }
        var p = (point.X * zz) - x;
        var r = (point.Y * zzz) - y;
        if (p.IsZero)
        {
            AddSameX(r.IsZero);
            return;
        }
        var pp = p.Square();
        var ppp = p * pp;
        var q = x * pp;
        var x3 = r.Square() - ppp - q.Doubled();
        y = (r * (q - x3)) - (y * ppp);
        x = x3;
        zz *= pp;
        zzz *= ppp;
    }

    public void Subtract(in AffinePoint<T> point) => Add(-point);

    public void Add(in CurvePoint<T> other)
    {
        if (other.IsInfinity) return;
        if (IsInfinity)
        {
            this = other;
            return;
        }
        var u1 = x * other.zz;
        var s1 = y * other.zzz;
        var p = (other.x * zz) - u1;
        var r = (other.y * zzz) - s1;
        if (p.IsZero)
        {
            AddSameX(r.IsZero);
            return;
        }
        var pp = p.Square();
        var ppp = p * pp;
        var q = u1 * pp;
        var x3 = r.Square() - ppp - q.Doubled();
        y = (r * (q - x3)) - (s1 * ppp);
        x = x3;
        zz = zz * other.zz * pp;
        zzz = zzz * other.zzz * ppp;
    }

    public readonly AffinePoint<T> ToAffine()
    {
        if (IsInfinity) return default;
        // 1 / ZZZ gives both: 1 / ZZ = (ZZ / ZZZ)², for ZZ³ = ZZZ².
        var inverse = zzz.Inverse();
        var root = zz * inverse;
        return new AffinePoint<T>(x * root.Square(), y * inverse);
    }

    /// <summary>All of them in affine form, for the price of one inversion.</summary>
    public static void ToAffine(ReadOnlySpan<CurvePoint<T>> points, Span<AffinePoint<T>> affine)
    {
        var inverses = new T[points.Length];
        for (var i = 0; i < points.Length; i++) inverses[i] = points[i].zzz;
        BatchInversion.Invert<T>(inverses, new T[points.Length]);
        for (var i = 0; i < points.Length; i++)
        {
            var root = points[i].zz * inverses[i];
            affine[i] = new AffinePoint<T>(points[i].x * root.Square(), points[i].y * inverses[i]);
        }
    }

    private void AddSameX(bool same)
    {
        if (same) Double();
        else this = default;
    }
}
