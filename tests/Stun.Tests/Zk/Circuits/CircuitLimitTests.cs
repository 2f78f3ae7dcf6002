using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Networks;

namespace Stun.Tests.Zk.Circuits;

/// <summary>Descriptions that never end, or nearly: given up while they are small.</summary>
public sealed class CircuitLimitTests
{
    [Fact]
    public void A_circuit_larger_than_its_limits_is_refused_before_it_takes_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var giants = new ICircuit[]
        {
            new CompletionCircuit(CompletionCircuit.LengthMax), new CapabilityCircuit(CapabilityCircuit.HeightMax),
            new InferenceCircuit([new LayerShape(4096, 4096, 0, true), new LayerShape(4096, 1, 0, false)]),
            new Endless(builder => builder.Multiply(builder.Private("x"), builder.Private("y"))),
            new Endless(builder => builder.Private("x", int.MaxValue)),
        };
        foreach (var giant in giants)
        {
            var refusal = Assert.Throws<CircuitException>(
                () => CompiledCircuit.From(giant, new CircuitLimits(3000, 2000)));
            Assert.Contains($"{giant.Name} is larger than the 3000 constraints and 2000 wires", refusal.Message);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Compiling_and_solving_stop_when_they_are_told_to()
    {
        using var stop = new CancellationTokenSource();
        var limits = CircuitLimits.Most with { Stop = stop.Token };
        var circuit = new CapabilityCircuit(2);
        var compiled = CompiledCircuit.From(circuit, limits);
        var solved = new Assignment();
        foreach (var name in compiled.InputNames) solved.Set(name, 1);
        Assert.True(compiled.TrySolve(solved, out _, out _));
        Assert.Throws<OperationCanceledException>(() => CompiledCircuit.From(new Endless(builder =>
        {
            stop.Cancel();
            builder.Private("x");
        }), limits));
        Assert.Throws<OperationCanceledException>(() => compiled.TrySolve(solved, out _, out _));
    }

    private sealed class Endless(Action<CircuitBuilder> step) : ICircuit
    {
        public string Name => "endless";

        public void Define(CircuitBuilder builder)
        {
            for (var i = 0; ; i++)
            {
                using var part = builder.Within($"{i}");
                if (i > 0) builder.Hint("more", 1, [builder.One], (_, made) => made[0] = default);
                else step(builder);
            }
        }
    }
}
