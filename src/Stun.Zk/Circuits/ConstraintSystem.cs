using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>A wire times a constant.</summary>
public readonly record struct Term(int Wire, Fr Coefficient);

/// <summary>
/// How many wires of each kind a circuit has. Their order is: the constant one (wire 0), outputs, public inputs,
/// private inputs, internal wires. Outputs and public inputs are what a verifier sees.
/// </summary>
/// <param name="Wires">All of them, the constant included.</param>
public sealed record WireCounts(int Wires, int Outputs, int PublicInputs, int PrivateInputs)
{
    public int Public => Outputs + PublicInputs;
}

/// <summary>
/// A circuit as rank-1 constraints: for each of them three sparse linear combinations with A * B = C over the wires.
/// Terms lie in one list a matrix, so that a quarter of a million constraints are three arrays and not a million.
/// </summary>
public sealed class ConstraintSystem
{
    private readonly SparseRows a = new();
    private readonly SparseRows b = new();
    private readonly SparseRows c = new();

    /// <exception cref="ArgumentException">The counts contradict one another.</exception>
    public ConstraintSystem(WireCounts wires)
    {
        ArgumentNullException.ThrowIfNull(wires);
        var named = 1L + wires.Outputs + wires.PublicInputs + wires.PrivateInputs;
        if (wires.Outputs < 0 || wires.PublicInputs < 0 || wires.PrivateInputs < 0 || named > wires.Wires)
        {
            throw new ArgumentException(
                $"A circuit of {wires.Wires} wires cannot have {wires.Outputs} outputs, {wires.PublicInputs} public "
                + $"and {wires.PrivateInputs} private inputs beside its constant wire.", nameof(wires));
        }
        Wires = wires;
    }

    public WireCounts Wires { get; }

    public int Count => a.Count;

    /// <summary>How many terms all constraints have.</summary>
    public long TermCount => (long)a.TermCount + b.TermCount + c.TermCount;

    public ReadOnlySpan<Term> A(int constraint) => a[constraint];

    public ReadOnlySpan<Term> B(int constraint) => b[constraint];

    public ReadOnlySpan<Term> C(int constraint) => c[constraint];

    /// <summary>Adds the constraint left * right = output.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A term names a wire that the circuit has not.</exception>
    public void Add(ReadOnlySpan<Term> left, ReadOnlySpan<Term> right, ReadOnlySpan<Term> output)
    {
        RequireWires(left);
        RequireWires(right);
        RequireWires(output);
        a.Add(left);
        b.Add(right);
        c.Add(output);
    }

    /// <summary>The first constraint that the values of the wires break, or null if they keep all.</summary>
    public int? FirstBroken(ReadOnlySpan<Fr> values)
    {
        if (values.Length != Wires.Wires || values[0] != Fr.One) return 0;
        for (var i = 0; i < Count; i++)
        {
            if (Evaluate(A(i), values) * Evaluate(B(i), values) != Evaluate(C(i), values)) return i;
        }
        return null;
    }

    private static Fr Evaluate(ReadOnlySpan<Term> terms, ReadOnlySpan<Fr> values)
    {
        var sum = Fr.Zero;
        foreach (var term in terms) sum += term.Coefficient * values[term.Wire];
        return sum;
    }

    private void RequireWires(ReadOnlySpan<Term> terms)
    {
        foreach (var term in terms)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(term.Wire);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(term.Wire, Wires.Wires);
        }
    }

    private sealed class SparseRows
    {
        private readonly List<int> ends = [];
        private Term[] terms = new Term[16];

        public int Count => ends.Count;

        public int TermCount { get; private set; }

        public ReadOnlySpan<Term> this[int row]
        {
            get
            {
                var start = row == 0 ? 0 : ends[row - 1];
                return terms.AsSpan(start, ends[row] - start);
            }
        }

        public void Add(ReadOnlySpan<Term> row)
        {
            var total = TermCount + row.Length;
            if (total > terms.Length) Array.Resize(ref terms, Math.Max(total, terms.Length * 2));
            row.CopyTo(terms.AsSpan(TermCount));
            TermCount = total;
            ends.Add(total);
        }
    }
}
