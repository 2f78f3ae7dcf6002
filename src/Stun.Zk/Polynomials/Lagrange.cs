using Stun.Zk.Fields;

namespace Stun.Zk.Polynomials;

/// <summary>The values of all Lagrange polynomials of a domain at one point outside of it.</summary>
internal static class Lagrange
{
    /// <summary>L_i(x) = w^i (x^n - 1) / (n (x - w^i)).</summary>
    public static Fr[] At(int power, Fr point)
    {
        var size = 1 << power;
        var root = Fr.RootOfUnity(power);
        var values = new Fr[size];
        var at = Fr.One;
        for (var i = 0; i < size; i++)
        {
            values[i] = point - at;
            at *= root;
        }
        BatchInversion.Invert<Fr>(values, new Fr[size]);
        var factor = point;
        for (var i = 0; i < power; i++) factor = factor.Square();
        factor = (factor - Fr.One) * Fr.FromUInt64((ulong)size).Inverse();
        foreach (ref var value in values.AsSpan())
        {
            value *= factor;
            factor *= root;
        }
        return values;
    }
}
