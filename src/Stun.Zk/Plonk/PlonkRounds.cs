using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;

namespace Stun.Zk.Plonk;

/// <summary>The rounds of one proof, and what each leaves for the next.</summary>
internal sealed class PlonkRounds : IDisposable
{
    private readonly PlonkKey key;
    private readonly Fr[] publics;
    private readonly CancellationToken cancel;
    private readonly Domain domain;
    private readonly NativeArray<AffinePoint<Fq>> powers;
    private readonly Challenges drawn = new();
    private readonly NativeArray<Fr>[] columns;
    private readonly Polynomial?[] wires = new Polynomial?[3];
    private readonly Polynomial?[] quotients = new Polynomial?[3];
    private Polynomial? product;
    private PlonkCommitments points;

    public PlonkRounds(PlonkKey key, Fr[] publics, CancellationToken cancel)
    {
        this.cancel = cancel;
        this.key = key;
        this.publics = publics;
        domain = new Domain(key.VerificationKey.Shape.Power);
        powers = key.File.Read<AffinePoint<Fq>>(PlonkKey.SecretPowers);
        columns = [new(key.Size), new(key.Size), new(key.Size)];
        points = new PlonkCommitments(default, default, default, default, default, default, default, default, default);
    }

    /// <summary>Round 1.</summary>
    public void CommitToWires(Witness witness)
    {
        WireColumns.Fill(key, witness, columns);
        for (var i = 0; i < 3; i++)
        {
            cancel.ThrowIfCancellationRequested();
            wires[i] = Polynomial.Blinded(domain, columns[i].Span, PlonkProver.RandomScalar(),
                PlonkProver.RandomScalar());
        }
        points = points with
        {
            A = wires[0]!.Commit(powers.Span, cancel),
            B = wires[1]!.Commit(powers.Span, cancel),
            C = wires[2]!.Commit(powers.Span, cancel),
        };
    }

    /// <summary>Round 2: the running product that is one again at the end if all copies of a wire are equal.</summary>
    public void CommitToPermutation()
    {
        drawn.DrawBetaAndGamma(key.VerificationKey, publics, points);
        using var values = PermutationProduct.Of(key, domain, drawn, columns, cancel);
        foreach (var column in columns) column.Dispose();
        product = Polynomial.Blinded(domain, values.Span, PlonkProver.RandomScalar(), PlonkProver.RandomScalar(),
            PlonkProver.RandomScalar());
        points = points with { Z = product.Commit(powers.Span, cancel) };
    }

    /// <summary>Round 3: all constraints together, over the polynomial that vanishes on the domain.</summary>
    public void CommitToQuotient()
    {
        drawn.DrawAlpha(points);
        using (var quotient = Quotient.Of(key, domain, drawn, publics, [wires[0]!, wires[1]!, wires[2]!, product!],
            cancel))
        {
            Split(quotient.Span);
        }
        points = points with
        {
            T1 = quotients[0]!.Commit(powers.Span, cancel),
            T2 = quotients[1]!.Commit(powers.Span, cancel),
            T3 = quotients[2]!.Commit(powers.Span, cancel),
        };
    }

    /// <summary>Rounds 4 and 5.</summary>
    public PlonkProof Open()
    {
        drawn.DrawXi(points);
        using var s1 = key.Permutation(0);
        using var s2 = key.Permutation(1);
        var next = drawn.Xi * domain.Root;
        var values = new PlonkValues(wires[0]!.Evaluate(drawn.Xi), wires[1]!.Evaluate(drawn.Xi),
            wires[2]!.Evaluate(drawn.Xi), Polynomial.Evaluate(s1.Span, drawn.Xi),
            Polynomial.Evaluate(s2.Span, drawn.Xi), product!.Evaluate(next));
        drawn.DrawV(values);

        using var opening = Linearised(values);
        var v = drawn.V;
        Include(opening, wires[0]!.Coefficients, values.A, ref v);
        Include(opening, wires[1]!.Coefficients, values.B, ref v);
        Include(opening, wires[2]!.Coefficients, values.C, ref v);
        Include(opening, s1.Span, values.S1, ref v);
        Include(opening, s2.Span, values.S2, ref v);
        opening.Divide(drawn.Xi);
        var shifted = product;
        shifted.Coefficients[0] -= values.Zw;
        shifted.Divide(next);
        points = points with
        {
            Wxi = opening.Commit(powers.Span, cancel),
            Wxiw = shifted.Commit(powers.Span, cancel),
        };
        return new PlonkProof(points, values);
    }

    public void Dispose()
    {
        domain.Dispose();
        powers.Dispose();
        foreach (var column in columns) column.Dispose();
        foreach (var wire in wires) wire?.Dispose();
        foreach (var quotient in quotients) quotient?.Dispose();
        product?.Dispose();
    }

    /// <summary>Adds a polynomial less its value at xi, times the next power of v.</summary>
    private void Include(Polynomial opening, ReadOnlySpan<Fr> polynomial, Fr value, ref Fr factor)
    {
        opening.Add(polynomial, factor);
        opening.Coefficients[0] -= factor * value;
        factor *= drawn.V;
    }

    /// <summary>
    /// Three parts of the quotient, each as long as the domain, blinded against each other so that none shows anything.
    /// </summary>
    private void Split(ReadOnlySpan<Fr> quotient)
    {
        var size = domain.Size;
        foreach (ref readonly var beyond in quotient[((3 * size) + PlonkKey.MorePowers)..])
        {
            if (beyond.IsZero) continue;
            throw new ZkException(ZkCodes.Witness, "The witness breaks a constraint of the circuit.");
        }
        for (var i = 0; i < 3; i++)
        {
            quotients[i] = new Polynomial(size, i < 2 ? 1 : PlonkKey.MorePowers);
            quotient.Slice(i * size, i < 2 ? size : size + PlonkKey.MorePowers).CopyTo(quotients[i]!.Coefficients);
        }
        Fr first = PlonkProver.RandomScalar(), second = PlonkProver.RandomScalar();
        quotients[0]!.Coefficients[size] += first;
        quotients[1]!.Coefficients[0] -= first;
        quotients[1]!.Coefficients[size] += second;
        quotients[2]!.Coefficients[0] -= second;
    }

    /// <summary>The combination of all polynomials that vanishes at xi.</summary>
    private Polynomial Linearised(PlonkValues values)
    {
        var linear = new Linearisation(key.VerificationKey.Shape, publics, drawn, values);
        var result = new Polynomial(domain.Size, PlonkKey.MorePowers);
        foreach (var (section, factor) in (ReadOnlySpan<(uint, Fr)>)
            [
                (PlonkKey.Qm, values.A * values.B), (PlonkKey.Ql, values.A), (PlonkKey.Qr, values.B),
                (PlonkKey.Qo, values.C), (PlonkKey.Qc, Fr.One),
            ])
        {
            using var selector = key.Coefficients(section);
            result.Add(selector.Span, factor);
        }
        using var s3 = key.Permutation(2);
        result.Add(s3.Span, linear.OfS3);
        result.Add(product!.Coefficients, linear.OfZ);
        var factorOfQuotient = -linear.Vanishing;
        foreach (var quotient in quotients)
        {
            result.Add(quotient!.Coefficients, factorOfQuotient);
            factorOfQuotient *= linear.XiToSize;
        }
        result.Coefficients[0] += linear.Constant;
        return result;
    }
}
