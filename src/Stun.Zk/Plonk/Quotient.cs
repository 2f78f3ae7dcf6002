using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;

namespace Stun.Zk.Plonk;

/// <summary>
/// The quotient of all constraints by X^n - 1. It is longer than three domains, so it is computed at the points of four
/// shifted ones, one after the other: memory holds one of them at a time, and X^n - 1 is one number on each.
/// </summary>
internal sealed class Quotient : IDisposable
{
    private readonly PlonkKey key;
    private readonly Domain domain;
    private readonly Challenges drawn;
    private readonly Polynomial[] polynomials;
    private readonly CancellationToken cancel;
    private readonly NativeArray<Fr> inputs;
    private readonly NativeArray<Fr>[] selectors;
    private readonly NativeArray<Fr>[] permutations;
    private readonly NativeArray<Fr> start;

    private Quotient(PlonkKey key, Domain domain, Challenges drawn, Fr[] publics, Polynomial[] polynomials,
        CancellationToken cancel)
    {
        this.cancel = cancel;
        this.key = key;
        this.domain = domain;
        this.drawn = drawn;
        this.polynomials = polynomials;
        inputs = new NativeArray<Fr>(domain.Size);
        for (var i = 0; i < publics.Length; i++) inputs.Span[i] = -publics[i];
        domain.ToCoefficients(inputs.Span);
        start = new NativeArray<Fr>(domain.Size, cleared: false);
        start.Span.Fill(domain.InverseOfSize);
        selectors = [.. new[] { PlonkKey.Qm, PlonkKey.Ql, PlonkKey.Qr, PlonkKey.Qo, PlonkKey.Qc }
            .Select(key.Coefficients)];
        permutations = [key.Permutation(0), key.Permutation(1), key.Permutation(2)];
    }

    /// <summary>The coefficients of the quotient, four times as many as the domain has points.</summary>
    public static NativeArray<Fr> Of(PlonkKey key, Domain domain, Challenges drawn, Fr[] publics,
        Polynomial[] polynomials, CancellationToken cancel)
    {
        using var work = new Quotient(key, domain, drawn, publics, polynomials, cancel);
        using var larger = new Domain(domain.Power + 2);
        var values = new NativeArray<Fr>(larger.Size, cleared: false);
        // Five generates the whole field, so that no shift of it by a root of unity meets the domain.
        var generator = Fr.FromUInt64(5);
        var shift = generator;
        for (var part = 0; part < 4; part++)
        {
            work.Evaluate(shift, values.Span, part);
            shift *= larger.Root;
        }
        larger.ToCoefficients(values.Span, generator.Inverse());
        return values;
    }

    public void Dispose()
    {
        inputs.Dispose();
        start.Dispose();
        foreach (var array in selectors.Concat(permutations)) array.Dispose();
    }

    private void Evaluate(Fr shift, Span<Fr> values, int part)
    {
        var size = domain.Size;
        using var sum = new NativeArray<Fr>(size, cleared: false);
        var spread = polynomials.Select(each => Spread(each.Coefficients, shift)).ToArray();
        Spread(inputs.Span, shift, sum);
        AddGates(sum, spread, shift);
        AddPermutation(sum, spread, shift);
        AddStart(sum, spread[3], shift);
        var inverse = (shift.Pow(size) - Fr.One).Inverse();
        for (var i = 0; i < size; i++) values[(4 * i) + part] = sum.Span[i] * inverse;
        foreach (var array in spread) array.Dispose();
    }

    private void AddGates(NativeArray<Fr> sum, NativeArray<Fr>[] wires, Fr shift)
    {
        using var selector = new NativeArray<Fr>(domain.Size, cleared: false);
        for (var i = 0; i < selectors.Length; i++)
        {
            Spread(selectors[i].Span, shift, selector);
            AddGate(sum.Span, selector.Span, wires, i);
        }
    }

    private static void AddGate(Span<Fr> sum, ReadOnlySpan<Fr> selector, NativeArray<Fr>[] wires, int kind)
    {
        ReadOnlySpan<Fr> a = wires[0].Span, b = wires[1].Span, c = wires[2].Span;
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] += kind switch
            {
                0 => selector[i] * a[i] * b[i],
                1 => selector[i] * a[i],
                2 => selector[i] * b[i],
                3 => selector[i] * c[i],
                _ => selector[i],
            };
        }
    }

    /// <summary>alpha (identity places * Z - permuted places * Z one step on).</summary>
    private void AddPermutation(NativeArray<Fr> sum, NativeArray<Fr>[] spread, Fr shift)
    {
        var size = domain.Size;
        using var above = new NativeArray<Fr>(size, cleared: false);
        using var below = new NativeArray<Fr>(size, cleared: false);
        using var permuted = new NativeArray<Fr>(size, cleared: false);
        var z = spread[3].Span;
        for (var i = 0; i < size; i++)
        {
            above.Span[i] = drawn.Alpha * z[i];
            below.Span[i] = drawn.Alpha * z[(i + 1) & (size - 1)];
        }
        Fr[] cosets = [Fr.One, key.VerificationKey.Shape.K1, key.VerificationKey.Shape.K2];
        for (var i = 0; i < 3; i++)
        {
            Spread(permutations[i].Span, shift, permuted);
            Multiply(above.Span, below.Span, spread[i].Span, permuted.Span, drawn.Beta * cosets[i] * shift);
        }
        for (var i = 0; i < size; i++) sum.Span[i] += above.Span[i] - below.Span[i];
    }

    private void Multiply(Span<Fr> above, Span<Fr> below, ReadOnlySpan<Fr> wire, ReadOnlySpan<Fr> permuted, Fr place)
    {
        for (var i = 0; i < above.Length; i++)
        {
            var value = wire[i] + drawn.Gamma;
            above[i] *= value + place;
            below[i] *= value + (drawn.Beta * permuted[i]);
            place *= domain.Root;
        }
    }

    /// <summary>alpha² (Z - 1) L1: the product begins with one.</summary>
    private void AddStart(NativeArray<Fr> sum, NativeArray<Fr> product, Fr shift)
    {
        using var lagrange = Spread(start.Span, shift);
        var factor = drawn.Alpha.Square();
        for (var i = 0; i < domain.Size; i++)
        {
            sum.Span[i] += factor * (product.Span[i] - Fr.One) * lagrange.Span[i];
        }
    }

    private NativeArray<Fr> Spread(ReadOnlySpan<Fr> coefficients, Fr shift)
    {
        var values = new NativeArray<Fr>(domain.Size, cleared: false);
        Spread(coefficients, shift, values);
        return values;
    }

    private void Spread(ReadOnlySpan<Fr> coefficients, Fr shift, NativeArray<Fr> values)
    {
        cancel.ThrowIfCancellationRequested();
        Polynomial.Spread(domain, coefficients, shift, values.Span);
    }
}
