using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Stun.Tests.Tidy;

/// <summary>One C# file, parsed. A sample in a test is one too: its path says which laws it is under.</summary>
internal sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    public string Path => path;

    public string Text => text;

    public SyntaxTree Tree { get; } = CSharpSyntaxTree.ParseText(text, Options, path);

    public CompilationUnitSyntax Unit => (CompilationUnitSyntax)Tree.GetRoot();

    public bool IsGenerated => path.EndsWith(".g.cs", StringComparison.Ordinal);

    public bool IsUnder(string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    public int LineOf(SyntaxNodeOrToken node) => Tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;

    public int LineOf(SyntaxTrivia trivia) => Tree.GetLineSpan(trivia.Span).StartLinePosition.Line + 1;

    /// <summary>Without the attributes above it: the data of a test is not its length.</summary>
    public int LineCount(SyntaxNode node)
    {
        var above = node is MemberDeclarationSyntax member ? member.AttributeLists.LastOrDefault() : null;
        var first = above?.Span.End ?? node.SpanStart;
        var end = Tree.GetLineSpan(node.Span).EndLinePosition.Line;
        var start = node.DescendantTokens().First(token => token.SpanStart >= first);
        return end - Tree.GetLineSpan(start.Span).StartLinePosition.Line + 1;
    }

    public Finding Finding(SyntaxNodeOrToken at, string what, string cure) => new(path, LineOf(at), what, cure);

    public static SyntaxTree Parse(string code, string path) => CSharpSyntaxTree.ParseText(code, Options, path);
}

internal static class TestMethodSearch
{
    private static readonly string[] Marks = ["Fact", "Theory"];

    public static IEnumerable<MethodDeclarationSyntax> TestMethods(this SourceFile source) =>
        source.Unit.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(method => method.AttributeLists
                .SelectMany(list => list.Attributes)
                .Any(attribute => Marks.Contains(attribute.Name.ToString())));
}
