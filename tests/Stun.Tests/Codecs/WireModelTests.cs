using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Stun.Codecs;
using Stun.Tests.Wire;

namespace Stun.Tests.Codecs;

public sealed class WireModelTests
{
    private const string Family = """
        namespace Stun.Engine.Trials;

        [Wire]
        public abstract record TrialEvent
        {
            private TrialEvent() { }

            [Case(1)] public sealed record Nothing : TrialEvent;

            [Case(7)]
            public sealed record Everything(
                bool Flag, sbyte Small, short Short, int Whole, long Long, UInt128 Large, Amount Money, Instant At,
                Instant? Maybe, SignedOrder Order, Verdict? Verdict, [property: AtMost(10)] string Name,
                [property: AtMost(100)] ValueList<byte> Raw, ValueList<Region> Regions, ValueList<Sparse> Kinds,
                ValueList<Standing> Standings, ValueList<EscrowEvent> Log, ValueList<ValueList<uint>> Table,
                Message Said)
                : TrialEvent;
        }

        public enum Sparse { One = 1, Ten = 10, Hundred = 100 }

        public readonly record struct Standing(uint Reputation, Amount? Stake, Stun.Protocol.Settlement? Last);

        [Wire]
        internal sealed record Inner(TrialEvent Happened, Address By);
        """;

    /// <summary>Read once: parsing the house takes longer than any of these tests.</summary>
    private static readonly CSharpCompilation House = WireSources.Read(Repository.Root);

    [Fact]
    public void A_new_family_of_the_engine_gets_codecs_that_work()
    {
        var codecs = WireCodec.In(BuiltWith(Family).GetType("Stun.Engine.EngineWire", throwOnError: true)!)
            .Where(codec => codec.Type.Namespace == "Stun.Engine.Trials").ToList();
        Assert.Equal(["Inner", "TrialEvent"], codecs.Select(codec => codec.Type.Name));
        foreach (var codec in codecs)
        {
            var values = new RandomWireValues(new Prng(1));
            for (var turn = 0; turn < 500; turn++)
            {
                var value = values.Make(codec.Type);
                Assert.Equal(value, codec.Decode(codec.Encode(value)));
            }
        }
    }

    [Theory]
    [InlineData("[Wire] public sealed record A(double X);", "has no wire form|neither a record")]
    [InlineData("[Wire] public sealed record A(byte[] X);", "has no wire form")]
    [InlineData("[Wire] public sealed record A(Dictionary<int, int> X);", "has no wire form")]
    [InlineData("[Wire] public sealed record A(A? X);", "holds itself")]
    [InlineData("[Wire] public sealed record A(Missing X);", "not found")]
    [InlineData("[Wire] public sealed record A(ValueList<string?> X);", "cannot hold null")]
    [InlineData("[Wire] public record A(int X);", "must be sealed")]
    [InlineData(
        "[Wire] public abstract record A { [Case(1)] public sealed record B : A; "
        + "[Case(1)] public sealed record C : A; }",
        "given twice")]
    [InlineData("[Wire] public abstract record A { public sealed record B : A; }", "needs a [Case")]
    [InlineData("[Wire] public abstract record A;", "no cases")]
    public void What_cannot_have_a_codec_is_refused_with_the_place(string source, string reasons)
    {
        var refusal = Assert.Throws<WireModelException>(
            () => CodecFiles.From(Sources($"namespace Stun.Engine.Trials; {source}")));
        Assert.Contains(reasons.Split('|'), reason => refusal.Message.Contains(reason, StringComparison.Ordinal));
    }

    private static CSharpCompilation Sources(string source) => House
        .AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), "trial.cs"));

    private static System.Reflection.Assembly BuiltWith(string source)
    {
        var sources = Sources(source);
        var built = sources
            .AddSyntaxTrees(CodecFiles.From(sources).Select(file =>
                CSharpSyntaxTree.ParseText(file.Text, new CSharpParseOptions(LanguageVersion.Latest), file.Path)))
            .WithOptions(sources.Options
                .WithOverflowChecks(true).WithNullableContextOptions(NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = built.Emit(assembly, cancellationToken: TestContext.Current.CancellationToken);
        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.True(result.Success, string.Join('\n', errors));
        assembly.Position = 0;
        return new AssemblyLoadContext("trial", isCollectible: true).LoadFromStream(assembly);
    }
}
