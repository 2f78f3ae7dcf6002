using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Integration.Zk;

/// <summary>A circuit of a few lines, with inputs that fit.</summary>
internal sealed record OurCircuit(string Name, Action<CircuitBuilder> Body, Assignment Inputs) : ICircuit
{
    public void Define(CircuitBuilder builder) => Body(builder);
}

/// <summary>Circuits of different shape, described in C#.</summary>
internal static class OurCircuits
{
    public static IReadOnlyList<(ICircuit Circuit, Assignment Inputs)> All { get; } =
    [
        .. Small().Select(circuit => ((ICircuit)circuit, circuit.Inputs)),
        Pair(ProvedTask.Capability(ProvedTask.Binding)), Pair(ProvedTask.Inference(ProvedTask.Binding)),
        Pair(ProvedTask.Completion(ProvedTask.Binding)),
    ];

    private static IEnumerable<OurCircuit> Small() =>
    [
        new("one-product", builder => builder.Output("z", builder.Private("x") * builder.Private("y")),
            new Assignment().Set("x", 3).Set("y", -5)),
        new("many-publics", builder =>
        {
            var x = builder.Public("x", 20);
            builder.Output("sum", builder.Sum([.. x.Select(value => value * value)]));
        }, new Assignment().Set("x", Enumerable.Range(1, 20).Select(i => (long)i))),
        new("long-sums", builder =>
        {
            var x = builder.Private("x", 60);
            var (all, odd) = (builder.Sum(x), builder.Sum([.. x.Where((_, i) => i % 2 == 1)]));
            builder.Output("y", (all + 7) * (odd - 9));
        }, new Assignment().Set("x", Enumerable.Range(1, 60).Select(i => (long)i))),
        new("chain", builder =>
        {
            var x = builder.Private("x");
            for (var i = 0; i < 300; i++) x = x * (x + 3);
            builder.Output("y", x);
        }, new Assignment().Set("x", 2)),
        new("logic", builder =>
        {
            var bits = builder.ToUnsigned(builder.Private("x"), 16).Bits;
            var all = bits.Aggregate((left, right) => left & right);
            var any = bits.Aggregate((left, right) => left | right);
            builder.Output("all", all.Signal);
            builder.Output("odd", bits.Aggregate((left, right) => left ^ right).Select(any.Signal, builder.Zero));
        }, new Assignment().Set("x", 0x7FFF)),
        new("order", builder =>
        {
            var a = builder.ToUnsigned(builder.Private("a"), 64);
            var b = builder.ToUnsigned(builder.Public("b"), 64);
            builder.Output("less", builder.IsLess(a, b).Signal);
            builder.Output("equal", builder.IsEqual(a.Signal, b.Signal).Signal);
        }, new Assignment().Set("a", 17).Set("b", 18)),
        new("canonical", builder =>
        {
            var bits = builder.ToCanonicalBits(builder.Private("x"));
            builder.Output("low", Unsigned.OfBits(builder, [.. bits.Take(128)]).Signal);
        }, new Assignment().Set("x", -1)),
        new("poseidon", builder => builder.Output(
            "hash", PoseidonGadget.HashList(builder, builder.Private("x", 20))),
            new Assignment().Set("x", Enumerable.Range(1, 20).Select(i => (long)i))),
        new("mimc", builder => builder.Output("hash", MimcGadget.Hash(
            builder, builder.Private("x", 2), builder.Private("key"))),
            new Assignment().Set("x", [5L, 6]).Set("key", 7)),
        new("merkle", Merkle, MerkleInputs()),
    ];

    private static void Merkle(CircuitBuilder builder)
    {
        var place = builder.ToUnsigned(builder.Private("place"), 5);
        builder.Output("root", MerkleGadget.Root(
            builder, builder.Private("leaf"), place.Bits, builder.Private("sibling", 5)));
    }

    private static Assignment MerkleInputs()
    {
        var tree = new PoseidonTree(5, [.. Enumerable.Range(1, 20).Select(i => Fr.FromUInt64((ulong)i))]);
        return new Assignment().Set("place", 12).Set("leaf", 13).Set("sibling", tree.PathOf(12));
    }

    private static (ICircuit, Assignment) Pair<TCircuit, TStatement>((TCircuit, TStatement, Assignment) proved)
        where TCircuit : ICircuit => (proved.Item1, proved.Item3);
}
