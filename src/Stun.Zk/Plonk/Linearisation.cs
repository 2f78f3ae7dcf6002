using Stun.Zk.Fields;

namespace Stun.Zk.Plonk;

/// <summary>
/// The numbers with which the commitments (or, for the prover, the polynomials) are combined, so that their combination
/// vanishes at xi exactly if gates, permutation and its start are kept there. Both sides compute them alike.
/// </summary>
internal sealed class Linearisation
{
    public Linearisation(PlonkShape shape, ReadOnlySpan<Fr> publics, Challenges drawn, PlonkValues values)
    {
        var power = drawn.Xi;
        for (var i = 0; i < shape.Power; i++) power = power.Square();
        XiToSize = power;
        Vanishing = power - Fr.One;
        var lagrange = LagrangeValues(shape, drawn.Xi, Math.Max(1, publics.Length));
        var inputs = Fr.Zero;
        for (var i = 0; i < publics.Length; i++) inputs -= publics[i] * lagrange[i];

        var betaXi = drawn.Beta * drawn.Xi;
        var identity = (values.A + betaXi + drawn.Gamma) * (values.B + (betaXi * shape.K1) + drawn.Gamma)
            * (values.C + (betaXi * shape.K2) + drawn.Gamma);
        var permuted = (values.A + (drawn.Beta * values.S1) + drawn.Gamma)
            * (values.B + (drawn.Beta * values.S2) + drawn.Gamma) * values.Zw * drawn.Alpha;
        var start = lagrange[0] * drawn.Alpha.Square();
        OfZ = (identity * drawn.Alpha) + start;
        OfS3 = -(permuted * drawn.Beta);
        Constant = inputs - start - (permuted * (values.C + drawn.Gamma));
    }

    public Fr XiToSize { get; }

    /// <summary>The value of X^n - 1 at xi.</summary>
    public Fr Vanishing { get; }

    /// <summary>What the commitment to the permutation product is multiplied by.</summary>
    public Fr OfZ { get; }

    public Fr OfS3 { get; }

    /// <summary>What is left when all commitments are taken out.</summary>
    public Fr Constant { get; }

    /// <summary>The first Lagrange polynomials at xi.</summary>
    private Fr[] LagrangeValues(PlonkShape shape, Fr xi, int count)
    {
        var values = new Fr[count];
        var root = Fr.RootOfUnity(shape.Power);
        var at = Fr.One;
        for (var i = 0; i < count; i++)
        {
            values[i] = xi - at;
            at *= root;
        }
        BatchInversion.Invert<Fr>(values, new Fr[count]);
        var factor = Vanishing * Fr.FromUInt64(1UL << shape.Power).Inverse();
        for (var i = 0; i < count; i++)
        {
            values[i] *= factor;
            factor *= root;
        }
        return values;
    }
}
