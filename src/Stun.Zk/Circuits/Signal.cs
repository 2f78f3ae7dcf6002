using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>
/// A value inside of a circuit: a sum of wires, each times a number. Sums, differences and multiples cost nothing; a
/// product of two values that are not constant costs a wire and a constraint.
/// </summary>
public sealed class Signal
{
    /// <param name="terms">In rising order of their wires, none twice, none times zero.</param>
    internal Signal(CircuitBuilder builder, Term[] terms)
    {
        Builder = builder;
        Terms = terms;
    }

    internal CircuitBuilder Builder { get; }

    internal Term[] Terms { get; }

    /// <summary>Whether no input can change the value.</summary>
    public bool IsConstant => Terms.Length == 0 || (Terms.Length == 1 && Terms[0].Wire == 0);

    internal Fr ConstantPart => Terms.Length > 0 && Terms[0].Wire == 0 ? Terms[0].Coefficient : Fr.Zero;

    public static Signal operator +(Signal left, Signal right) => left.Plus(right, Fr.One);

    public static Signal operator -(Signal left, Signal right) => left.Plus(right, -Fr.One);

    public static Signal operator -(Signal value) => value * -Fr.One;

    public static Signal operator +(Signal left, Fr right) => left.Plus(left.Builder.Constant(right), Fr.One);

    public static Signal operator -(Signal left, Fr right) => left.Plus(left.Builder.Constant(right), -Fr.One);

    public static Signal operator -(Fr left, Signal right) => right.Builder.Constant(left).Plus(right, -Fr.One);

    public static Signal operator *(Signal left, Fr right)
    {
        if (right.IsZero) return left.Builder.Zero;
        if (right == Fr.One) return left;
        var terms = new Term[left.Terms.Length];
        for (var i = 0; i < terms.Length; i++)
            terms[i] = new Term(left.Terms[i].Wire, left.Terms[i].Coefficient * right);
        return new Signal(left.Builder, terms);
    }

    public static Signal operator +(Signal left, long right) => left + Fr.FromInt64(right);

    public static Signal operator -(Signal left, long right) => left - Fr.FromInt64(right);

    public static Signal operator -(long left, Signal right) => Fr.FromInt64(left) - right;

    public static Signal operator *(Signal left, long right) => left * Fr.FromInt64(right);

    /// <summary>Costs a constraint, unless one of both is constant.</summary>
    public static Signal operator *(Signal left, Signal right) => left.Builder.Multiply(left, right);

    public Signal Square() => this * this;

    private Signal Plus(Signal other, Fr factor)
    {
        Builder.RequireOwn(other);
        if (other.Terms.Length == 0) return this;
        var merged = new Term[Terms.Length + other.Terms.Length];
        int count = 0, i = 0, j = 0;
        while (i < Terms.Length || j < other.Terms.Length)
        {
            if (j == other.Terms.Length || (i < Terms.Length && Terms[i].Wire < other.Terms[j].Wire))
            {
                merged[count++] = Terms[i++];
                continue;
            }
            var wire = other.Terms[j].Wire;
            var coefficient = other.Terms[j++].Coefficient * factor;
            if (i < Terms.Length && Terms[i].Wire == wire) coefficient += Terms[i++].Coefficient;
            if (!coefficient.IsZero) merged[count++] = new Term(wire, coefficient);
        }
        return new Signal(Builder, count == merged.Length ? merged : merged[..count]);
    }
}
