using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>
/// Each answer in SECURITY.md names the test or the simulator's checker that shows it, and it exists.
/// </summary>
public sealed class SecurityTests
{
    private const string Security = "SECURITY.md";
    private static readonly Regex Sentence = new(@"\b[A-Z][a-z]*(_[A-Za-z0-9]+){2,}\b");
    private static readonly Regex Name = new("`(?<name>[A-Za-z][A-Za-z0-9_.-]*)`");

    [Fact]
    public void Each_test_named_in_the_security_table_exists() =>
        Law.Holds(Differences(Repository.Read(Security), Known(Repository.Sources)));

    [Fact]
    public void A_name_without_a_test_is_found() =>
        Law.Finds(1, Differences("| Fraud | slashed | `A_cheat_is_slashed`, `Gone_is_gone_now` |\n",
            ["A_cheat_is_slashed"]));

    [Fact]
    public void A_row_that_names_no_test_is_found() =>
        Law.Finds(1, Differences("| Threat | Answer | Shown by |\n|---|---|---|\n| Fraud | slashed | |\n", []));

    [Fact]
    public void Test_methods_and_the_names_of_checkers_are_known() =>
        Assert.Equal(
            ["A_cheat_is_slashed", "Money_is_conserved", "queues"],
            Known([
                new SourceFile("tests/Stun.Tests/A.cs",
                    "class C { [Fact] void A_cheat_is_slashed() { } void Other_one_here() { } }"),
                new SourceFile(
                    "tests/Stun.Simulation/B.cs",
                    "/// <summary>Money_is_conserved: at every step.</summary>\nclass C { string s = \"queues\"; }"),
            ]));

    private static bool IsDocumentation(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia);

    private static SortedSet<string> Known(IEnumerable<SourceFile> sources)
    {
        SortedSet<string> known = new(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var method in source.TestMethods()) known.Add(method.Identifier.Text);
            if (!source.IsUnder("tests/Stun.Simulation")) continue;
            // The simulator names its laws in plain strings, or in the comments above the code that checks them.
            foreach (var literal in source.Unit.DescendantNodes().OfType<LiteralExpressionSyntax>())
                if (literal.Token.Value is string text) known.Add(text);
            foreach (var trivia in source.Unit.DescendantTrivia().Where(IsDocumentation))
                foreach (Match match in Sentence.Matches(trivia.ToFullString()))
                    known.Add(match.Value);
        }
        return known;
    }

    private static IEnumerable<Finding> Differences(string security, IReadOnlyCollection<string> known)
    {
        foreach (var (index, line) in security.Split('\n').Index())
        {
            if (!line.StartsWith('|') || line.StartsWith("|--", StringComparison.Ordinal)
                || line.Contains("| Shown by |")) continue;
            var names = Name.Matches(line.Split('|')[^2]).Select(match => match.Groups["name"].Value).ToList();
            if (names.Count == 0)
                yield return new Finding(Security, index + 1, "An answer that nothing shows.",
                    "Name the test or the checker in the last column.");
            foreach (var name in names)
            {
                if (!known.Contains(name))
                    yield return new Finding(Security, index + 1, $"'{name}' is neither a test nor a checker.",
                        "Correct the name, or write the test.");
            }
        }
    }
}
