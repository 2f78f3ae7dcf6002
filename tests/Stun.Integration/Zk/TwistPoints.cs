using System.Numerics;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Integration.Zk;

/// <summary>Points of the twisted curve that an attacker would try.</summary>
internal static class TwistPoints
{
    public static AffinePoint<Fq2> FirstOutsideOfGroup()
    {
        var b = G2.Generator.Y.Square() - G2.Generator.X.Square() * G2.Generator.X;
        for (ulong i = 1; ; i++)
        {
            var x = new Fq2(Fq.FromUInt64(i), Fq.One);
            if (Root(x.Square() * x + b) is not { } y) continue;
            var point = new AffinePoint<Fq2>(x, y);
            Assert.True(G2.IsOnCurve(point));
            if (!G2.IsInSubgroup(point)) return point;
        }
    }

    /// <summary>By the norm: the square root of a + bu for a prime that leaves 3 when divided by 4.</summary>
    private static Fq2? Root(Fq2 square)
    {
        if (Root(square.C0.Square() + square.C1.Square()) is not { } norm) return null;
        var half = Fq.FromUInt64(2).Inverse();
        foreach (var sign in (Fq[])[norm, -norm])
        {
            if (Root((square.C0 + sign) * half) is not { IsZero: false } real) continue;
            var root = new Fq2(real, square.C1 * half * real.Inverse());
            if (root.Square() == square) return root;
        }
        return null;
    }

    private static Fq? Root(Fq square)
    {
        var root = square.Pow((Fq.Modulus + BigInteger.One) >> 2);
        return root.Square() == square ? root : null;
    }
}
