using Stun.Zk.Circuits;
using Stun.Zk.Fields;

namespace Stun.Zk.Plonk;

/// <summary>
/// A circuit as gates qm a b + ql a + qr b + qo c + qc = 0 of three wires each. Combinations of more wires than a gate
/// takes are summed up by gates of their own, whose results are new wires: additions.
/// </summary>
internal sealed class GateList
{
    private readonly List<Gate> gates = [];
    private readonly List<Addition> additions = [];
    private int wires;

    public GateList(ConstraintSystem system)
    {
        wires = system.Wires.Wires;
        for (var wire = 1; wire <= system.Wires.Public; wire++) gates.Add(new Gate(wire, 0, 0) { Ql = Fr.One });
        for (var i = 0; i < system.Count; i++) Add(Sum.Of(system.A(i)), Sum.Of(system.B(i)), Sum.Of(system.C(i)));
    }

    public IReadOnlyList<Gate> Gates => gates;

    public IReadOnlyList<Addition> Additions => additions;

    public int Wires => wires;

    private void Add(Sum a, Sum b, Sum c)
    {
        if (a.IsConstant || b.IsConstant)
        {
            // One factor is a number, zero perhaps: the constraint is linear.
            var (factor, other) = a.IsConstant ? (a.Constant, b) : (b.Constant, a);
            AddLinear(Sum.Of(other.Times(factor), c.Times(-Fr.One)));
            return;
        }
        var (left, right, output) = (Reduced(a, 1), Reduced(b, 1), Reduced(c, 1));
        var (x, y, z) = (left.First, right.First, output.First);
        gates.Add(new Gate(x.Wire, y.Wire, z.Wire)
        {
            Qm = x.Coefficient * y.Coefficient,
            Ql = x.Coefficient * right.Constant,
            Qr = left.Constant * y.Coefficient,
            Qo = -z.Coefficient,
            Qc = (left.Constant * right.Constant) - output.Constant,
        });
    }

    private void AddLinear(Sum sum)
    {
        var reduced = Reduced(sum, 3);
        var terms = reduced.Terms;
        Term At(int index) => index < terms.Count ? terms[index] : default;
        gates.Add(new Gate(At(0).Wire, At(1).Wire, At(2).Wire)
        {
            Ql = At(0).Coefficient,
            Qr = At(1).Coefficient,
            Qo = At(2).Coefficient,
            Qc = reduced.Constant,
        });
    }

    private Sum Reduced(Sum sum, int most)
    {
        var terms = new Queue<Term>(sum.Terms);
        while (terms.Count > most)
        {
            Term left = terms.Dequeue(), right = terms.Dequeue();
            additions.Add(new Addition(left, right));
            gates.Add(new Gate(left.Wire, right.Wire, wires)
            {
                Ql = left.Coefficient,
                Qr = right.Coefficient,
                Qo = -Fr.One,
            });
            terms.Enqueue(new Term(wires++, Fr.One));
        }
        return new Sum([.. terms], sum.Constant);
    }

    /// <summary>A gate on the wires A, B and C.</summary>
    public sealed record Gate(int A, int B, int C)
    {
        public Fr Qm { get; init; }

        public Fr Ql { get; init; }

        public Fr Qr { get; init; }

        public Fr Qo { get; init; }

        public Fr Qc { get; init; }
    }

    /// <summary>A new wire as the sum of two.</summary>
    public sealed record Addition(Term Left, Term Right);

    /// <summary>A combination with each wire once, without zeros, and its constant apart.</summary>
    private sealed record Sum(IReadOnlyList<Term> Terms, Fr Constant)
    {
        public bool IsConstant => Terms.Count == 0;

        public Term First => Terms.Count > 0 ? Terms[0] : default;

        public static Sum Of(params ReadOnlySpan<Term> terms)
        {
            var sums = new SortedDictionary<int, Fr>();
            foreach (var term in terms) sums[term.Wire] = sums.GetValueOrDefault(term.Wire) + term.Coefficient;
            sums.Remove(0, out var constant);
            return new Sum([.. sums.Where(each => !each.Value.IsZero).Select(each => new Term(each.Key, each.Value))],
                constant);
        }

        public static Sum Of(IEnumerable<Term> left, IEnumerable<Term> right) => Of([.. left, .. right]);

        public IEnumerable<Term> Times(Fr factor) => Terms.Append(new Term(0, Constant))
            .Select(term => term with { Coefficient = term.Coefficient * factor });
    }
}
