using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Stun.Tests.Tidy;

/// <param name="Law">
/// What was measured, and of what: "file", "columns", "method Receive", "nesting Receive", "parameters Runner".
/// </param>
internal sealed record Size(string Path, int Line, string Law, int Measured, int Limit, string Cure);

/// <summary>A line of eng/size-waivers.txt: path | law | number | reason.</summary>
internal sealed record SizeWaiver(int Line, string Path, string Law, int Number)
{
    public static List<SizeWaiver> Parse(string text)
    {
        List<SizeWaiver> waivers = [];
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            if (parts.Length != 4 || parts.Any(part => part.Length == 0))
                throw new FormatException($"eng/size-waivers.txt:{index + 1}: not 'path | law | number | reason'.");
            waivers.Add(new SizeWaiver(index + 1, parts[0], parts[1], int.Parse(parts[2])));
        }
        return waivers;
    }
}

internal static class Sizes
{
    private const int FileMax = 400;
    private const int TestFileMax = 1200;
    private const int MethodMax = 70;
    private const int ParameterMax = 7;
    private const int ColumnMax = 120;
    private const int NestingMax = 4;

    public static IEnumerable<Size> Measure(SourceFile source)
    {
        if (source.IsGenerated) return [];
        return [.. Lines(source), .. Methods(source), .. Parameters(source)];
    }

    private static IEnumerable<Size> Lines(SourceFile source)
    {
        var lines = source.Text.TrimEnd('\n').Split('\n');
        var limit = source.IsUnder("tests") ? TestFileMax : FileMax;
        yield return new Size(source.Path, 1, "file", lines.Length, limit,
            "Split the file by what it keeps or decides.");
        foreach (var (index, line) in lines.Index())
        {
            var columns = line.EnumerateRunes().Count();
            if (columns > ColumnMax)
                yield return new Size(source.Path, index + 1, "columns", columns, ColumnMax, "Break the line.");
        }
    }

    private static IEnumerable<Size> Methods(SourceFile source)
    {
        const string Cure = "Give a step of it a name and a method of its own.";
        const string NestingCure = "Return early, or give the inner part a name and a method of its own.";
        foreach (var method in source.Unit.DescendantNodes().Where(IsMethod))
        {
            var (name, line) = (NameOf(method), source.LineOf(method));
            yield return new Size(source.Path, line, "method " + name, source.LineCount(method), MethodMax, Cure);
            yield return new Size(source.Path, line, "nesting " + name, Depth(method), NestingMax, NestingCure);
        }
        var statements = source.Unit.Members.OfType<GlobalStatementSyntax>().ToList();
        if (statements.Count == 0) yield break;
        var start = source.LineOf(statements[0]);
        var count = source.LineOf(statements[^1]) + source.LineCount(statements[^1]) - start;
        yield return new Size(source.Path, start, "method Main", count, MethodMax, Cure);
        yield return new Size(source.Path, start, "nesting Main", statements.Max(Depth), NestingMax, NestingCure);
    }

    private static IEnumerable<Size> Parameters(SourceFile source)
    {
        foreach (var list in source.Unit.DescendantNodes().OfType<ParameterListSyntax>())
        {
            var name = list.Parent switch
            {
                ClassDeclarationSyntax or StructDeclarationSyntax =>
                    ((TypeDeclarationSyntax)list.Parent).Identifier.Text,
                ConstructorDeclarationSyntax made when made.Parent is not RecordDeclarationSyntax =>
                    made.Identifier.Text,
                _ => null,
            };
            if (name is not null)
                yield return new Size(source.Path, source.LineOf(list), "parameters " + name, list.Parameters.Count,
                    ParameterMax, "Pass one options record with named fields, or split the type by what it keeps.");
        }
    }

    private static bool IsMethod(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
        or PropertyDeclarationSyntax { ExpressionBody: not null };

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax made => made.Identifier.Text,
        OperatorDeclarationSyntax symbol => "operator" + symbol.OperatorToken.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        BaseMethodDeclarationSyntax other => other.Kind().ToString(),
        _ => "accessor",
    };

    private static int Depth(SyntaxNode node)
    {
        var inner = 0;
        foreach (var child in node.ChildNodes()) inner = Math.Max(inner, Depth(child));
        return Deepens(node) ? inner + 1 : inner;
    }

    private static bool Deepens(SyntaxNode node) => node switch
    {
        IfStatementSyntax { Parent: ElseClauseSyntax } => false,
        IfStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax
            or DoStatementSyntax or SwitchStatementSyntax or TryStatementSyntax or LockStatementSyntax
            or FixedStatementSyntax => true,
        UsingStatementSyntax { Statement: BlockSyntax } => true,
        _ => false,
    };
}
