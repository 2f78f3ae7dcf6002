using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;
using Stun.Zk.Sums;

namespace Stun.Zk.Plonk;

/// <summary>Coefficients of a polynomial that is a little longer than its domain: blinding makes it so.</summary>
internal sealed class Polynomial(int size, int more) : IDisposable
{
    private readonly NativeArray<Fr> coefficients = new(size + more);

    public Span<Fr> Coefficients => coefficients.Span;

    /// <summary>Takes values on the domain, and adds the blinding polynomial times X^n - 1.</summary>
    public static Polynomial Blinded(Domain domain, ReadOnlySpan<Fr> values, params ReadOnlySpan<Fr> blinding)
    {
        var polynomial = new Polynomial(domain.Size, blinding.Length);
        var coefficients = polynomial.Coefficients;
        values.CopyTo(coefficients);
        domain.ToCoefficients(coefficients[..domain.Size]);
        for (var i = 0; i < blinding.Length; i++)
        {
            coefficients[i] -= blinding[i];
            coefficients[domain.Size + i] += blinding[i];
        }
        return polynomial;
    }

    public AffinePoint<Fq> Commit(ReadOnlySpan<AffinePoint<Fq>> powers, CancellationToken cancel)
    {
        using var canonical = new NativeArray<Limbs>(coefficients.Length, cleared: false);
        for (var i = 0; i < canonical.Length; i++) canonical.Span[i] = Coefficients[i].ToCanonical();
        return MultiScalarSum.OfCanonical(powers[..canonical.Length], canonical.Span, cancel).ToAffine();
    }

    public Fr Evaluate(Fr point) => Evaluate(Coefficients, point);

    public static Fr Evaluate(ReadOnlySpan<Fr> coefficients, Fr point)
    {
        var sum = Fr.Zero;
        for (var i = coefficients.Length - 1; i >= 0; i--) sum = (sum * point) + coefficients[i];
        return sum;
    }

    /// <summary>Adds a multiple of another one.</summary>
    public void Add(ReadOnlySpan<Fr> other, Fr factor)
    {
        var mine = Coefficients;
        for (var i = 0; i < other.Length; i++) mine[i] += other[i] * factor;
    }

    /// <summary>
    /// Divides by X - point; the remainder, which an honest prover has made zero, is what it answers.
    /// </summary>
    public Fr Divide(Fr point)
    {
        var carry = Fr.Zero;
        for (var i = coefficients.Length - 1; i >= 0; i--)
        {
            var next = Coefficients[i] + (carry * point);
            Coefficients[i] = carry;
            carry = next;
        }
        return carry;
    }

    /// <summary>
    /// The values at the domain's points times the shift. There X^n is one number, with which what is longer than the
    /// domain folds into what is not.
    /// </summary>
    public static void Spread(Domain domain, ReadOnlySpan<Fr> coefficients, Fr shift, Span<Fr> values)
    {
        coefficients[..domain.Size].CopyTo(values);
        if (coefficients.Length > domain.Size)
        {
            var power = shift.Pow(domain.Size);
            for (var i = domain.Size; i < coefficients.Length; i++)
            {
                values[i - domain.Size] += coefficients[i] * power;
            }
        }
        Domain.Shift(values, shift);
        domain.ToValues(values);
    }

    public void Dispose() => coefficients.Dispose();
}
