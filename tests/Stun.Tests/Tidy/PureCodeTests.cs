using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>What the banned symbols cannot see: floating point, enumeration of hash tables, seeded keys.</summary>
public sealed class PureCodeTests
{
    private const string FloatCure =
        "Use whole numbers: parts per million, micros, or Amount. Floating point may differ between machines.";

    private const string OrderCure =
        "Use SortedDictionary or SortedSet, or keep a sorted list beside the table: hash order is no promise.";

    private const string KeyCure =
        "Use a readonly record struct of ulongs as the key: tuples and UInt128 hash differently per process.";

    private static readonly SpecialType[] Floating = [SpecialType.System_Double, SpecialType.System_Single];

    [Fact]
    public void Pure_code_compiles_in_memory_so_that_its_types_are_known()
    {
        foreach (var compilation in PureCode.Compilations)
            Assert.True(
                !PureCode.Errors(compilation).Any(),
                $"{compilation.AssemblyName} does not compile here, so its types are not known. Cure: teach "
                + $"PureCode.cs what the build adds.\n{string.Join('\n', PureCode.Errors(compilation).Take(10))}");
    }

    [Fact]
    public void No_floating_point_in_pure_code() =>
        Law.Holds(PureCode.Compilations.SelectMany(FloatingPoint));

    [Theory]
    [InlineData("class C { double x; }")]
    [InlineData("class C { Single x; }")]
    [InlineData("class C { Half x; }")]
    [InlineData("class C { void M() { var x = Math.Sqrt(4); } }")]
    [InlineData("class C { void M() { var x = 1.5; } }")]
    [InlineData("class C { long M(long a) => (long)(a * 0.5f); }")]
    public void Floating_point_in_a_sample_is_found(string code) =>
        Assert.NotEmpty(FloatingPoint(PureCode.Sample(code)));

    [Fact]
    public void A_sample_of_whole_numbers_is_clean() =>
        Law.Finds(0, FloatingPoint(PureCode.Sample("class C { decimal a = 1.5m; Amount M(Amount b) => b.Ppm(8); }")));

    [Fact]
    public void No_hash_table_is_enumerated_in_pure_code() =>
        Law.Holds(PureCode.Compilations.SelectMany(HashOrder));

    [Theory]
    [InlineData("foreach (var x in d) { }")]
    [InlineData("foreach (var x in d.Keys) { }")]
    [InlineData("foreach (var (k, v) in d) { }")]
    [InlineData("var v = d.Values;")]
    [InlineData("foreach (var x in s) { }")]
    [InlineData("var l = new List<int>(s);")]
    [InlineData("List<int> l = [.. s];")]
    [InlineData("IEnumerable<int> e = s;")]
    [InlineData("var e = s.GetEnumerator();")]
    [InlineData("s.CopyTo(new int[9]);")]
    [InlineData("IReadOnlyDictionary<int, int> r = null!; foreach (var x in r) { }")]
    public void A_hash_table_enumerated_in_a_sample_is_found(string statement) =>
        Assert.NotEmpty(HashOrder(Body(statement)));

    [Theory]
    [InlineData("var x = d.TryGetValue(1, out var y); s.Add(3); var n = d.Count;")]
    [InlineData("var o = new SortedDictionary<int, int>(); foreach (var x in o) { } foreach (var x in o.Keys) { }")]
    [InlineData("foreach (var x in new List<int>()) { }")]
    [InlineData("var x = d.GetValueOrDefault(1);")]
    [InlineData("s.UnionWith(new List<int>());")]
    public void Look_ups_and_sorted_tables_in_a_sample_are_clean(string statement) =>
        Law.Finds(0, HashOrder(Body(statement)));

    [Fact]
    public void No_seeded_hash_keys_in_pure_code() =>
        Law.Holds(PureCode.Compilations.SelectMany(SeededKeys));

    [Theory]
    [InlineData("Dictionary<(int, int), int> a = [];")]
    [InlineData("var a = new Dictionary<UInt128, int>();")]
    [InlineData("HashSet<(ulong A, ulong B)> a = new();")]
    [InlineData("var a = new HashSet<Amount>();")]
    public void A_seeded_key_in_a_sample_is_found(string statement) =>
        Assert.NotEmpty(SeededKeys(Body(statement)));

    [Fact]
    public void Keys_made_of_ulongs_in_a_sample_are_clean() =>
        Law.Finds(0, SeededKeys(Body("Dictionary<TaskId, Amount> a = []; HashSet<Address> b = [];")));

    private static CSharpCompilation Body(string statement)
    {
        var sample = PureCode.Sample($"class C {{ void M(Dictionary<int, int> d, HashSet<int> s) {{ {statement} }} }}");
        Assert.Empty(PureCode.Errors(sample));
        return sample;
    }

    private static IEnumerable<Finding> FloatingPoint(Compilation compilation) =>
        Visit(compilation, (node, model) =>
        {
            var type = node switch
            {
                TypeSyntax name => model.GetSymbolInfo(name).Symbol as ITypeSymbol,
                ExpressionSyntax expression => model.GetTypeInfo(expression).Type,
                _ => null,
            };
            return IsFloating(type) ? ($"{type!.Name} in pure code.", FloatCure) : null;
        });

    private static bool IsFloating(ITypeSymbol? type) =>
        type is not null
        && (Floating.Contains(type.SpecialType)
            || type is { Name: "Half", ContainingNamespace.Name: "System" }
            || type is { Name: "NFloat", ContainingNamespace.Name: "InteropServices" });

    private static IEnumerable<Finding> HashOrder(Compilation compilation) =>
        Visit(compilation, (node, model) => node switch
        {
            CommonForEachStatementSyntax loop when IsUnordered(model.GetTypeInfo(loop.Expression).Type) =>
                ($"The order of '{loop.Expression}' is a hash table's, or hidden behind an interface.", OrderCure),
            SpreadElementSyntax spread when IsUnordered(model.GetTypeInfo(spread.Expression).Type) =>
                ($"'..{spread.Expression}' spreads a hash table.", OrderCure),
            MemberAccessExpressionSyntax access when Opens(access.Name.Identifier.Text)
                && IsHashTable(model.GetTypeInfo(access.Expression).Type) =>
                ($"'{access}' opens a hash table to enumeration.", OrderCure),
            ExpressionSyntax expression
                when BecomesSequence(model.GetTypeInfo(expression)) && !IsLookedUp(expression) =>
                ($"'{expression}' is handed on as a sequence and is a hash table.", OrderCure),
            _ => null,
        });

    /// <summary>These extensions take an interface and only look up.</summary>
    private static bool IsLookedUp(ExpressionSyntax expression) =>
        expression.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "GetValueOrDefault" or "TryAdd" };

    private static bool Opens(string member) => member is "Keys" or "Values" or "GetEnumerator" or "CopyTo";

    private static bool BecomesSequence(TypeInfo info) =>
        IsHashTable(info.Type)
        && info.ConvertedType is { TypeKind: TypeKind.Interface } made
        && (IsSequence(made) || made.AllInterfaces.Any(IsSequence));

    private static bool IsSequence(ITypeSymbol type) => type.SpecialType is SpecialType.System_Collections_IEnumerable;

    private static bool IsHashTable(ITypeSymbol? type) =>
        Named(type) is "Dictionary`2" or "HashSet`1" or "Hashtable" or "KeyCollection" or "ValueCollection"
        && type!.ContainingType?.MetadataName is null or "Dictionary`2";

    private static bool IsUnordered(ITypeSymbol? type) =>
        IsHashTable(type)
        || Named(type) is "IDictionary`2" or "IReadOnlyDictionary`2" or "ISet`1" or "IReadOnlySet`1" or "IDictionary";

    private static string? Named(ITypeSymbol? type) =>
        type?.ContainingNamespace?.ToString()?.StartsWith("System.Collections", StringComparison.Ordinal) == true
            ? type.MetadataName
            : null;

    private static IEnumerable<Finding> SeededKeys(Compilation compilation) =>
        Visit(compilation, (node, model) =>
        {
            if (node is not GenericNameSyntax name) return null;
            if (model.GetSymbolInfo(name).Symbol is not INamedTypeSymbol table || !IsHashTable(table)) return null;
            var key = table.TypeArguments[0];
            return IsSeeded(key) ? ($"'{key}' as the key of a {table.Name}.", KeyCure) : null;
        });

    private static bool IsSeeded(ITypeSymbol type)
    {
        if (type.IsTupleType) return true;
        if (type is { Name: "UInt128" or "Int128", ContainingNamespace.Name: "System" }) return true;
        return type is { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None }
            && type.ContainingNamespace.ToString()!.StartsWith("Stun", StringComparison.Ordinal)
            && type.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && IsSeeded(field.Type));
    }

    private static IEnumerable<Finding> Visit(
        Compilation compilation, Func<SyntaxNode, SemanticModel, (string What, string Cure)?> judge)
    {
        HashSet<(string, int)> told = [];
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot().DescendantNodes())
            {
                if (judge(node, model) is not var (what, cure)) continue;
                var line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
                if (told.Add((tree.FilePath, line))) yield return new Finding(tree.FilePath, line, what, cure);
            }
        }
    }
}
