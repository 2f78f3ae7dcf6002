using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>
/// A circuit as its description gives it: the constraint system that a setup takes, and the way from inputs to a
/// witness that a prover takes.
/// </summary>
public sealed class CompiledCircuit
{
    private readonly CircuitBuilder built;
    private readonly WireLayout layout;
    private readonly Dictionary<string, int> inputs;

    private CompiledCircuit(string name, CircuitBuilder built)
    {
        Name = name;
        this.built = built;
        layout = built.Layout;
        inputs = built.Inputs.ToDictionary(
            input => input.Name, input => layout.PositionOf(input.Wire), StringComparer.Ordinal);
        Constraints = ToSystem(built, layout);
    }

    public string Name { get; }

    public ConstraintSystem Constraints { get; }

    /// <summary>The names of all inputs in the order of their description.</summary>
    public IEnumerable<string> InputNames => built.Inputs.Select(input => input.Name);

    internal IReadOnlyList<Step> Steps => built.Steps;

    internal WireLayout Layout => layout;

    /// <param name="circuit">The description.</param>
    /// <param name="limits">How large it may be: memory is taken for no more.</param>
    /// <exception cref="CircuitException">It is larger than the limits, or not possible.</exception>
    public static CompiledCircuit From(ICircuit circuit, CircuitLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var builder = new CircuitBuilder(circuit.Name, limits ?? CircuitLimits.Most);
        circuit.Define(builder);
        return new CompiledCircuit(circuit.Name, builder);
    }

    /// <summary>
    /// Computes all wires from the inputs. False where the inputs do not fulfil the constraints; then the fault names
    /// the first one that is broken, and no value, for inputs may be secret.
    /// </summary>
    /// <exception cref="CircuitException">An input is missing, or one is given that the circuit has not.</exception>
    public bool TrySolve(Assignment assignment, out Fr[] witness, out string? fault)
    {
        witness = Place(assignment);
        foreach (var step in built.Steps)
        {
            built.Stop.ThrowIfCancellationRequested();
            RunStep(step, witness);
        }
        var broken = Constraints.FirstBroken(witness);
        fault = broken is { } index
            ? $"{Name}: the inputs do not fulfil the constraint '{ConstraintName(index)}'."
            : null;
        return broken is null;
    }

    /// <summary>The same where the inputs are known to fit.</summary>
    /// <exception cref="CircuitException">They do not fit.</exception>
    public Fr[] Solve(Assignment assignment) =>
        TrySolve(assignment, out var witness, out var fault) ? witness : throw new CircuitException(fault!);

    /// <summary>What the verifier sees of a witness: outputs, then public inputs.</summary>
    public Fr[] PublicsOf(ReadOnlySpan<Fr> witness) => witness.Slice(1, Constraints.Wires.Public).ToArray();

    public string ConstraintName(int index)
    {
        var constraint = built.Constraints[index];
        return built.Names.PathOf(constraint.Node, constraint.Label);
    }

    public string WireName(int position)
    {
        var wires = Constraints.Wires;
        if (position == 0) return "one";
        if (position <= wires.Outputs) return built.Outputs[position - 1];
        var firstInner = 1 + wires.Public + wires.PrivateInputs;
        if (position >= firstInner)
        {
            var (node, label, _) = built.Inner[position - firstInner];
            return built.Names.PathOf(node, label);
        }
        return built.Inputs.First(input => layout.PositionOf(input.Wire) == position).Name;
    }

    /// <summary>Whether the description said that several values of this wire are harmless.</summary>
    internal bool IsFree(int position)
    {
        var first = 1 + Constraints.Wires.Public + Constraints.Wires.PrivateInputs;
        return position >= first && built.Inner[position - first].IsFree;
    }

    /// <summary>The values of the inputs in their places, everything else zero.</summary>
    private Fr[] Place(Assignment assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var witness = new Fr[layout.Count];
        witness[0] = Fr.One;
        foreach (var (name, value) in assignment.Values)
        {
            if (!inputs.TryGetValue(name, out var position))
                throw new CircuitException($"{Name} has no input named '{name}'.");
            witness[position] = value;
        }
        if (assignment.Values.Count != inputs.Count)
        {
            var missing = inputs.Keys.First(name => !assignment.Values.ContainsKey(name));
            throw new CircuitException($"{Name}: the input '{missing}' is missing.");
        }
        return witness;
    }

    internal void RunStep(Step step, Fr[] witness)
    {
        if (step is Step.Product product)
        {
            var value = layout.Evaluate(product.Left, witness);
            if (product.Right is { } right) value *= layout.Evaluate(right, witness);
            witness[layout.PositionOf(product.Wire)] = value;
        }
        else if (step is Step.Hint hint)
        {
            var values = new Fr[hint.Inputs.Length];
            for (var i = 0; i < values.Length; i++) values[i] = layout.Evaluate(hint.Inputs[i], witness);
            hint.Function(values, witness.AsSpan(layout.PositionOf(hint.First), hint.Count));
        }
    }

    private static ConstraintSystem ToSystem(CircuitBuilder built, WireLayout layout)
    {
        var system = new ConstraintSystem(built.Counts);
        foreach (var constraint in built.Constraints)
            system.Add(Placed(constraint.Left), Placed(constraint.Right), Placed(constraint.Product));
        return system;

        Term[] Placed(Term[] terms)
        {
            var placed = new Term[terms.Length];
            for (var i = 0; i < terms.Length; i++)
                placed[i] = new Term(layout.PositionOf(terms[i].Wire), terms[i].Coefficient);
            return placed;
        }
    }
}
