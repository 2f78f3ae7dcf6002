using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>
/// Takes the description of a circuit: inputs, outputs, constraints, and how the wires between them are computed.
/// What is computed from sums alone stays a sum and costs nothing.
/// </summary>
public sealed class CircuitBuilder
{
    private readonly NameTree names = new();
    private readonly List<(string Name, int Wire)> inputs = [];
    private readonly HashSet<string> inputNames = new(StringComparer.Ordinal);
    private readonly List<string> outputs = [];
    private readonly List<(int Node, string Label, bool IsFree)> inner = [];
    private readonly List<Step> steps = [];
    private readonly List<BuiltConstraint> constraints = [];
    private int publics;
    private int privates;

    private readonly string circuit;
    private readonly CircuitLimits limits;

    internal CircuitBuilder(string circuit, CircuitLimits limits)
    {
        this.circuit = circuit;
        this.limits = limits;
        Zero = new Signal(this, []);
        One = new Signal(this, [new Term(0, Fr.One)]);
    }

    public Signal Zero { get; }

    public Signal One { get; }

    public int ConstraintCount => constraints.Count;

    internal CancellationToken Stop => limits.Stop;

    internal NameTree Names => names;

    internal IReadOnlyList<(string Name, int Wire)> Inputs => inputs;

    internal IReadOnlyList<string> Outputs => outputs;

    internal IReadOnlyList<(int Node, string Label, bool IsFree)> Inner => inner;

    internal IReadOnlyList<Step> Steps => steps;

    internal IReadOnlyList<BuiltConstraint> Constraints => constraints;

    internal WireLayout Layout => new(outputs.Count, publics, privates, inner.Count);

    internal WireCounts Counts => new(Layout.Count, outputs.Count, publics, privates);

    public Signal Constant(Fr value) => value.IsZero ? Zero : new Signal(this, [new Term(0, value)]);

    public Signal Constant(long value) => Constant(Fr.FromInt64(value));

    /// <summary>An input that the verifier sees. Each costs a verifier time and gas: see
    /// <see cref="PublicDigest"/>.</summary>
    public Signal Public(string name) => Input(name, WireKind.Public, ref publics);

    public Signal[] Public(string name, int count) => Many(name, count, Public);

    /// <summary>An input that only the prover knows.</summary>
    public Signal Private(string name) => Input(name, WireKind.Private, ref privates);

    public Signal[] Private(string name, int count) => Many(name, count, Private);

    /// <summary>Shows a value to the verifier.</summary>
    public void Output(string name, Signal value)
    {
        RequireOwn(value);
        RequireNew(name);
        var wire = WireLayout.Name(WireKind.Output, outputs.Count);
        outputs.Add(name);
        steps.Add(new Step.Product(wire, value.Terms, null));
        RequireProduct(value, One, OfWire(wire), name);
    }

    /// <summary>Names what is defined until the scope is disposed of, for messages about its wires.</summary>
    public Scope Within(string part)
    {
        names.Enter(part);
        return new Scope(names);
    }

    /// <summary>A wire that holds the product. Free where one of both is constant.</summary>
    public Signal Multiply(Signal left, Signal right, string label = "product")
    {
        RequireOwn(left);
        RequireOwn(right);
        if (left.IsConstant) return right * left.ConstantPart;
        if (right.IsConstant) return left * right.ConstantPart;
        var product = NewInner(label, false);
        steps.Add(new Step.Product(product.Terms[0].Wire, left.Terms, right.Terms));
        RequireProduct(left, right, product, label);
        return product;
    }

    /// <summary>A wire that equals the sum: where long sums are used again and again, it keeps them short.</summary>
    public Signal Materialize(Signal value, string label = "sum")
    {
        RequireOwn(value);
        if (value.Terms.Length <= 1) return value;
        var wire = NewInner(label, false);
        steps.Add(new Step.Product(wire.Terms[0].Wire, value.Terms, null));
        RequireProduct(value, One, wire, label);
        return wire;
    }

    /// <summary>
    /// Wires whose values a function computes. Nothing holds a prover to the function: the constraints that the
    /// caller adds must leave no other values.
    /// </summary>
    public Signal[] Hint(string label, int count, Signal[] inputs, HintFunction function) =>
        AddHint(label, count, inputs, function, false);

    /// <summary>
    /// A hint that may have more than one fitting value, where that is harmless: an inverse of zero that is
    /// multiplied by zero. The search for signals that nothing fixes passes over it, not over what follows from it.
    /// </summary>
    public Signal FreeHint(string label, Signal[] inputs, HintFunction function) =>
        AddHint(label, 1, inputs, function, true)[0];

    /// <summary>Adds the constraint left * right = product.</summary>
    public void RequireProduct(Signal left, Signal right, Signal product, string label = "product")
    {
        RequireOwn(left);
        RequireOwn(right);
        RequireOwn(product);
        if (left.IsConstant && right.IsConstant && product.IsConstant)
        {
            if (left.ConstantPart * right.ConstantPart != product.ConstantPart)
                throw new CircuitException($"The constraint '{names.PathOf(names.Current, label)}' can never hold.");
            return;
        }
        RequireRoom();
        constraints.Add(new BuiltConstraint(names.Current, label, left.Terms, right.Terms, product.Terms));
    }

    public void RequireEqual(Signal left, Signal right, string label = "equal") =>
        RequireProduct(left - right, One, Zero, label);

    public void RequireZero(Signal value, string label = "zero") => RequireProduct(value, One, Zero, label);

    /// <summary>Holds a value to 0 or 1.</summary>
    public Bit RequireBit(Signal value, string label = "bit")
    {
        RequireProduct(value, 1 - value, Zero, label);
        return new Bit(value);
    }

    public Bit Constant(bool value) => new(value ? One : Zero);

    /// <summary>The sum of many values, each times its number, merged at once.</summary>
    public Signal Sum(ReadOnlySpan<Signal> values, ReadOnlySpan<Fr> factors = default)
    {
        List<Term> terms = [];
        for (var i = 0; i < values.Length; i++)
        {
            RequireOwn(values[i]);
            var factor = factors.IsEmpty ? Fr.One : factors[i];
            foreach (var term in values[i].Terms) terms.Add(new Term(term.Wire, term.Coefficient * factor));
        }
        terms.Sort((left, right) => left.Wire.CompareTo(right.Wire));
        var count = 0;
        for (var i = 0; i < terms.Count;)
        {
            var (wire, sum) = (terms[i].Wire, Fr.Zero);
            for (; i < terms.Count && terms[i].Wire == wire; i++) sum += terms[i].Coefficient;
            if (!sum.IsZero) terms[count++] = new Term(wire, sum);
        }
        return new Signal(this, [.. terms[..count]]);
    }

    internal void RequireOwn(Signal value)
    {
        if (!ReferenceEquals(value.Builder, this))
            throw new CircuitException("A value of one circuit was used in another.");
    }

    internal Signal OfWire(int wire) => new(this, [new Term(wire, Fr.One)]);

    private Signal[] AddHint(string label, int count, Signal[] inputs, HintFunction function, bool isFree)
    {
        foreach (var input in inputs) RequireOwn(input);
        var made = new Signal[count];
        for (var i = 0; i < count; i++) made[i] = NewInner(count == 1 ? label : $"{label}[{i}]", isFree);
        steps.Add(new Step.Hint(
            made[0].Terms[0].Wire, count, [.. inputs.Select(input => input.Terms)], function));
        return made;
    }

    private Signal NewInner(string label, bool isFree)
    {
        RequireRoom();
        inner.Add((names.Current, label, isFree));
        return OfWire(WireLayout.Name(WireKind.Inner, inner.Count - 1));
    }

    private Signal Input(string name, WireKind kind, ref int count)
    {
        RequireRoom();
        RequireNew(name);
        var wire = WireLayout.Name(kind, count++);
        inputs.Add((name, wire));
        return OfWire(wire);
    }

    /// <summary>
    /// A description may come from anybody: what it asks for is refused while it is small, and a wish to stop is heard.
    /// </summary>
    private void RequireRoom()
    {
        Stop.ThrowIfCancellationRequested();
        if (constraints.Count < limits.Constraints && inner.Count + inputs.Count < limits.Wires) return;
        throw new CircuitException(
            $"{circuit} is larger than the {limits.Constraints} constraints and {limits.Wires} wires that are "
            + "allowed.");
    }

    private static Signal[] Many(string name, int count, Func<string, Signal> one)
    {
        List<Signal> made = [];
        for (var i = 0; i < count; i++) made.Add(one($"{name}[{i}]"));
        return [.. made];
    }

    private void RequireNew(string name)
    {
        if (!inputNames.Add(name)) throw new CircuitException($"Two inputs or outputs are named '{name}'.");
    }

    /// <summary>Ends a part of the description.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly NameTree names;

        internal Scope(NameTree names) => this.names = names;

        public void Dispose() => names.Leave();
    }
}

/// <summary>left * right = product, and what it is called.</summary>
internal sealed record BuiltConstraint(int Node, string Label, Term[] Left, Term[] Right, Term[] Product);
