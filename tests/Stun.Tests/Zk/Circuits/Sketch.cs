using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Checks;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Circuits;

/// <summary>A circuit of a few lines, for one gadget.</summary>
internal sealed record Sketch(string Name, Action<CircuitBuilder> Body) : ICircuit
{
    public void Define(CircuitBuilder builder) => Body(builder);

    public static CompiledCircuit Of(Action<CircuitBuilder> body) => CompiledCircuit.From(new Sketch("sketch", body));
}

internal static class SketchedCircuits
{
    /// <summary>The outputs and public inputs for these inputs.</summary>
    public static Fr[] Publics(this CompiledCircuit circuit, Assignment inputs) =>
        circuit.PublicsOf(circuit.Solve(inputs));

    public static bool Accepts(this CompiledCircuit circuit, Assignment inputs) =>
        circuit.TrySolve(inputs, out _, out _);

    public static void IsClean(this CompiledCircuit circuit, Assignment inputs)
    {
        var loose = LooseSignals.Find(circuit, inputs);
        Assert.True(loose.Count == 0, string.Join('\n', loose.Take(20)));
    }
}
