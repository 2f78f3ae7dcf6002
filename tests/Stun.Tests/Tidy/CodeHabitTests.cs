using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Habits that cost later: loose ends, folds, lost exceptions, dead code, output from libraries.</summary>
public sealed class CodeHabitTests
{
    private static readonly Regex LooseEnd = new(@"\b(TODO|FIXME|HACK)\b(?!\s*\(?#\d+)");

    [Fact]
    public void Loose_ends_carry_an_issue_number() =>
        Law.Holds(Repository.Sources.SelectMany(LooseEnds).Concat(Repository.Texts.SelectMany(LooseEndsOfScripts)));

    [Theory]
    [InlineData("// TODO later", 1)]
    [InlineData("/* FIXME */", 1)]
    [InlineData("/// <summary>HACK for now</summary>\nclass C;", 1)]
    [InlineData("// TODO #12: later", 0)]
    [InlineData("class C { string s = \"TODO\"; }", 0)]
    public void A_loose_end_without_an_issue_is_found(string code, int findings) =>
        Law.Finds(findings, LooseEnds(new SourceFile("src/A/B.cs", code)));

    [Fact]
    public void A_loose_end_in_a_script_is_found() =>
        Law.Finds(1, LooseEndsOfScripts(new TextFile("check",
            "#!/usr/bin/env bash\necho TODO\n# TODO later\n# TODO #3\n")));

    [Fact]
    public void Nothing_is_folded_into_regions() => Law.Holds(Repository.Sources.SelectMany(Regions));

    [Fact]
    public void A_region_is_found() =>
        Law.Finds(1, Regions(new SourceFile("src/A/B.cs", "#region Fold\nclass C;\n#endregion\n")));

    [Fact]
    public void No_async_void() => Law.Holds(Repository.Sources.SelectMany(AsyncVoid));

    [Fact]
    public void An_async_void_is_found() =>
        Law.Finds(2, AsyncVoid(new SourceFile(
            "src/A/B.cs", "class C { async void M() { async void L() { } } async Task N() { } }")));

    [Fact]
    public void No_code_is_commented_out() => Law.Holds(Repository.Sources.SelectMany(CommentedOut));

    [Theory]
    [InlineData("// x = Compute(y);", 1)]
    [InlineData("// if (ready) Start();", 1)]
    [InlineData("// Compute first, then keep what was found;", 0)]
    [InlineData("// See the limits (all of them) in one file.", 0)]
    public void Code_that_is_commented_out_is_found(string comment, int findings) =>
        Law.Finds(findings, CommentedOut(new SourceFile("src/A/B.cs", comment + "\nclass C;\n")));

    [Fact]
    public void Libraries_do_not_write_to_the_console() =>
        Law.Holds(Repository.Sources.Where(IsLibrary).SelectMany(Console));

    [Fact]
    public void A_library_that_writes_to_the_console_is_found() =>
        Law.Finds(1, Console(new SourceFile("src/A/B.cs", "class C { void M() => Console.WriteLine(); }")));

    /// <summary>The program itself, src/Stun, speaks to people; everything else under src/ is a library.</summary>
    private static bool IsLibrary(SourceFile source) => source.IsUnder("src") && !source.IsUnder("src/Stun");

    private static IEnumerable<Finding> LooseEnds(SourceFile source)
    {
        foreach (var trivia in source.Unit.DescendantTrivia().Where(IsComment))
            if (LooseEnd.Match(trivia.ToFullString()) is { Success: true } match)
                yield return LooseEndAt(source.Path, source.LineOf(trivia), match.Value);
    }

    private static IEnumerable<Finding> LooseEndsOfScripts(TextFile file)
    {
        if (!file.Text.StartsWith("#!", StringComparison.Ordinal)
            && !file.Path.EndsWith(".sh", StringComparison.Ordinal))
            yield break;
        foreach (var (index, line) in file.Lines.Index())
            if (line.TrimStart().StartsWith('#') && LooseEnd.Match(line) is { Success: true } match)
                yield return LooseEndAt(file.Path, index + 1, match.Value);
    }

    private static Finding LooseEndAt(string path, int line, string word) =>
        new(path, line, $"'{word}' without an issue.", $"Finish it, or open an issue and write '{word} #number'.");

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia
        or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia
        or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static IEnumerable<Finding> Regions(SourceFile source)
    {
        foreach (var trivia in source.Unit.DescendantTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)))
            yield return new Finding(source.Path, source.LineOf(trivia), "A #region.",
                "If it needs a fold it needs a file.");
    }

    private static IEnumerable<Finding> AsyncVoid(SourceFile source)
    {
        foreach (var node in source.Unit.DescendantNodes())
        {
            var (modifiers, type) = node switch
            {
                MethodDeclarationSyntax method => (method.Modifiers, method.ReturnType),
                LocalFunctionStatementSyntax local => (local.Modifiers, local.ReturnType),
                _ => (default, null),
            };
            if (type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
                && modifiers.Any(SyntaxKind.AsyncKeyword))
                yield return source.Finding(type, "async void: its exception is lost or ends the process.",
                    "Return a Task and await it.");
        }
    }

    private static IEnumerable<Finding> CommentedOut(SourceFile source)
    {
        foreach (var trivia in source.Unit.DescendantTrivia()
            .Where(item => item.IsKind(SyntaxKind.SingleLineCommentTrivia)))
        {
            var text = trivia.ToString().TrimStart('/').Trim();
            if (!text.EndsWith(';') || text.IndexOfAny(['(', '=']) < 0) continue;
            if (!SyntaxFactory.ParseStatement(text).ContainsDiagnostics)
                yield return new Finding(source.Path, source.LineOf(trivia), "Code in a comment.",
                    "Delete it: the history has it.");
        }
    }

    private static IEnumerable<Finding> Console(SourceFile source)
    {
        foreach (var name in source.Unit.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.Text == "Console" && name.Parent is MemberAccessExpressionSyntax)
                yield return source.Finding(name, "A library writes to the console.",
                    "Emit a note through the Outbox, or return the text; src/Stun prints.");
    }
}
