using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Checks;

/// <summary>
/// The search for signals that the inputs do not fix. A circuit whose constraints leave a prover a choice proves less
/// than it seems to, and nothing else shows it: honest witnesses pass. Four ways look for other witnesses of the same
/// inputs; they find the usual mistakes. Finding nothing is no proof that there is nothing.
/// </summary>
public static class LooseSignals
{
    /// <param name="assignment">Inputs that fulfil the circuit. What is fixed at one witness may be loose at another:
    /// ask for several, with zeros and limits among them.</param>
    /// <param name="seed">Draws the values that are tried.</param>
    /// <returns>Each loose signal once, the strongest finding first.</returns>
    public static IReadOnlyList<LooseSignal> Find(CompiledCircuit circuit, Assignment assignment, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var witness = circuit.Solve(assignment);
        var wires = new CheckedWires(circuit, witness);
        var draw = new Draw(seed);
        Dictionary<string, LooseSignal> found = new(StringComparer.Ordinal);
        foreach (var loose in (IEnumerable<LooseSignal>)
            [.. HintDeviation.Find(wires, draw), .. WireMutation.Find(wires, draw), .. LocalFreedom.Find(wires)])
            found.TryAdd(loose.Name, loose);
        return [.. found.Values];
    }
}

/// <summary>A circuit at one witness, as all searches look at it.</summary>
internal sealed class CheckedWires
{
    private readonly List<int>[] constraintsOf;

    public CheckedWires(CompiledCircuit circuit, Fr[] witness)
    {
        Circuit = circuit;
        Witness = witness;
        constraintsOf = new List<int>[witness.Length];
        for (var wire = 0; wire < witness.Length; wire++) constraintsOf[wire] = [];
        for (var i = 0; i < System.Count; i++)
        {
            Note(i, System.A(i));
            Note(i, System.B(i));
            Note(i, System.C(i));
        }
    }

    public CompiledCircuit Circuit { get; }

    public Fr[] Witness { get; }

    public ConstraintSystem System => Circuit.Constraints;

    public IReadOnlyList<int> ConstraintsOf(int wire) => constraintsOf[wire];

    /// <summary>Inputs and the constant wire are given; all others should follow from them.</summary>
    public bool IsGiven(int wire)
    {
        var wires = System.Wires;
        return wire == 0 || (wire > wires.Outputs && wire <= wires.Public + wires.PrivateInputs);
    }

    public bool MayMove(int wire) => IsGiven(wire) || Circuit.IsFree(wire);

    public bool Holds(int constraint) =>
        Evaluate(System.A(constraint)) * Evaluate(System.B(constraint)) == Evaluate(System.C(constraint));

    public Fr Evaluate(ReadOnlySpan<Term> terms)
    {
        var sum = Fr.Zero;
        foreach (ref readonly var term in terms)
        {
            // Most wires of most circuits are bits, and a search evaluates each constraint some hundred times.
            ref readonly var value = ref Witness[term.Wire];
            if (value.IsZero) continue;
            sum += value == Fr.One ? term.Coefficient : term.Coefficient * value;
        }
        return sum;
    }

    private void Note(int constraint, ReadOnlySpan<Term> terms)
    {
        foreach (ref readonly var term in terms)
        {
            var list = constraintsOf[term.Wire];
            if (list.Count == 0 || list[^1] != constraint) list.Add(constraint);
        }
    }
}

/// <summary>Numbers from a seed, so that what was found once is found again.</summary>
internal sealed class Draw(ulong seed)
{
    private ulong state = seed;

    /// <summary>SplitMix64.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    public Fr NextScalar() => Fr.FromUInt64(Next()) * Fr.FromUInt64(Next()) * Fr.FromUInt64(Next())
        + Fr.FromUInt64(Next());
}
