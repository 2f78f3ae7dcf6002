using System.Text;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;
using Stun.Zk.Networks;

namespace Stun.Tests.Zk.Circuits;

/// <summary>The page about proofs: its sample is a circuit that works, its costs are those of the code.</summary>
public sealed class ProofDocumentTests
{
    private const string Page = "docs/protocol/proofs.md";
    private const string Sample = "tests/Stun.Tests/Zk/Circuits/SampleCircuit.cs";

    [Fact]
    public void The_sample_on_the_page_is_the_one_that_is_tested()
    {
        var source = File.ReadAllText(Repository.PathOf(Sample));
        var shown = source[(source.IndexOf("to the end.\n", StringComparison.Ordinal) + "to the end.\n".Length)..];
        Assert.Contains($"```csharp\n{shown}```\n", File.ReadAllText(Repository.PathOf(Page)));
    }

    [Fact]
    public void The_sample_accepts_what_it_says_and_leaves_nothing_to_the_prover()
    {
        var circuit = CompiledCircuit.From(new BudgetCircuit(3));
        var inputs = BudgetCircuit.Assign(100, [20, 30, 50]);
        Fr[] amounts = [Fr.FromUInt64(20), Fr.FromUInt64(30), Fr.FromUInt64(50)];
        Assert.Equal(PublicDigest.Of(Fr.FromUInt64(100), Poseidon.HashList(amounts)), circuit.Publics(inputs)[0]);
        circuit.IsClean(inputs);
        Assert.False(circuit.Accepts(BudgetCircuit.Assign(99, [20, 30, 50])));
        Assert.False(circuit.Accepts(BudgetCircuit.Assign(100, [200, -150, 50])));
    }

    [Fact]
    public void The_costs_on_the_page_are_those_of_the_code()
    {
        const string Start = "<!-- costs -->\n";
        const string End = "<!-- end -->";
        var text = File.ReadAllText(Repository.PathOf(Page));
        var from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        Assert.True(from >= Start.Length && to > from, $"{Page} has no marks '{Start.Trim()}' and '{End}'.");
        var fresh = $"\n{Table()}\n";
        if (Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1")
            File.WriteAllText(Repository.PathOf(Page), text[..from] + fresh + text[to..]);
        else
            Assert.True(text[from..to] == fresh,
                $"The costs in {Page} are not those of the code. Run the tests once with STUN_UPDATE_DOCS=1.");
    }

    private static string Table()
    {
        var table = new StringBuilder("| What | Constraints | Terms |\n|---|---:|---:|\n");
        foreach (var (what, body) in Gadgets()) Row(what, Sketch.Of(body).Constraints);
        Row("Proof of completion, content of 32 bytes", Compiled(new CompletionCircuit(32)));
        Row("Capability above a threshold, tree of height 16", Compiled(new CapabilityCircuit(16)));
        Row("Inference, 16 → 16 → 4", Compiled(new InferenceCircuit(
            [new LayerShape(16, 16, 7, true), new LayerShape(16, 4, 7, false)])));
        return table.ToString();

        void Row(string what, ConstraintSystem system) =>
            table.Append($"| {what} | {system.Count:N0} | {system.TermCount:N0} |\n");
    }

    private static ConstraintSystem Compiled(ICircuit circuit) => CompiledCircuit.From(circuit).Constraints;

    private static IEnumerable<(string What, Action<CircuitBuilder> Body)> Gadgets() =>
    [
        ("Product", builder => _ = builder.Private("x") * builder.Private("y")),
        ("Bit held to 0 and 1", builder => builder.RequireBit(builder.Private("x"))),
        ("And, or, exclusive or of bits that are held", builder => _ = SomeBit(builder) & SomeBit(builder)),
        ("One of two values", builder => SomeBit(builder).Select(builder.Private("x"), builder.Private("y"))),
        ("Is it zero, are they equal", builder => builder.IsZero(builder.Private("x"))),
        ("Range of 8 bits", builder => builder.ToUnsigned(builder.Private("x"), 8)),
        ("Range of 64 bits", builder => builder.ToUnsigned(builder.Private("x"), 64)),
        ("All 254 bits, canonical", builder => builder.ToCanonicalBits(builder.Private("x"))),
        ("Less, of 64 bits that are held", builder => builder.IsLess(Wide(builder), Wide(builder))),
        ("Poseidon of 1", builder => Hash(builder, 1)),
        ("Poseidon of 2", builder => Hash(builder, 2)),
        ("Poseidon of 4", builder => Hash(builder, 4)),
        ("Poseidon of 16", builder => Hash(builder, 16)),
        ("Poseidon of a list of 150", builder => PoseidonGadget.HashList(builder, builder.Private("x", 150))),
        ("MiMC of 1", builder => MimcGadget.Encrypt(builder, builder.Private("x"), builder.Private("k"))),
        ("SHA-256 of 55 bytes, one block", builder => Sha(builder, 55)),
        ("SHA-256 of 64 bytes, two blocks", builder => Sha(builder, 64)),
        ("Merkle membership, height 16", builder => MerkleGadget.Root(builder, builder.Private("leaf"),
            builder.ToUnsigned(builder.Private("place"), 16).Bits, builder.Private("sibling", 16))),
    ];

    /// <summary>A bit whose being one costs nothing here, so that only what follows is counted.</summary>
    private static Bit SomeBit(CircuitBuilder builder) => new(builder.Private($"bit-{Guid.NewGuid()}"));

    private static Unsigned Wide(CircuitBuilder builder) => Unsigned.OfBits(
        builder, [.. Enumerable.Range(0, 64).Select(_ => SomeBit(builder))]);

    private static void Hash(CircuitBuilder builder, int arity) =>
        PoseidonGadget.Hash(builder, builder.Private("x", arity));

    private static void Sha(CircuitBuilder builder, int length) => Sha256Gadget.Hash(
        builder, Sha256Gadget.BitsOfBytes(builder, builder.Private("x", length)));
}
