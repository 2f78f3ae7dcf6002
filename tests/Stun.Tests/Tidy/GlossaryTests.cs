using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>One word for one thing: the glossary's words are used, and their synonyms are not.</summary>
public sealed class GlossaryTests
{
    private const string Glossary = "docs/reference/glossary.md";
    private const string CodeHeading = "## Words in the code";
    private static readonly Regex Row = new(@"^\| (?<word>[A-Z][A-Za-z ]*) \| .+ \|$");

    /// <summary>A word that never stands for the thing, and the word that does.</summary>
    private static readonly SortedDictionary<string, string> Banned = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Job"] = "Task",
        ["Jobs"] = "Tasks",
        ["Worker"] = "Provider",
        ["Workers"] = "Providers",
        ["Miner"] = "Provider",
        ["Miners"] = "Providers",
        ["Bid"] = "Offer",
        ["Bids"] = "Offers",
        ["Client"] = "Requester",
        ["Clients"] = "Requesters",
        ["Customer"] = "Requester",
    };

    /// <summary>Whole identifiers that others have named: types of the framework, fields and functions of a
    /// foreign format.</summary>
    private static readonly string[] Exempt =
    [
        "HttpClient", "ClientWebSocket", "ClientWebSocketOptions", "SslClientAuthenticationOptions", "BackgroundWorker",
        "JobId", "jobId", "ChangeJobId",
    ];

    [Fact]
    public void Words_of_the_glossary_are_used_in_the_code()
    {
        var code = string.Join('\n', Repository.Sources.Where(source => source.IsUnder("src"))
            .Select(source => source.Text));
        Law.Holds(Unused(Repository.Read(Glossary), code));
    }

    [Fact]
    public void A_word_that_nobody_uses_is_found() =>
        Law.Finds(1, Unused(
            $"{CodeHeading}\n| Word | Meaning |\n|---|---|\n| Lease | x |\n| Front door | x |\n## Later\n| Bar | x |\n",
            "record LeaseTable;"));

    [Fact]
    public void A_glossary_without_words_is_found() => Law.Finds(1, Unused("# Glossary\n", ""));

    [Fact]
    public void Synonyms_of_our_words_do_not_occur() =>
        Law.Holds(Repository.Sources.Where(source => source.IsUnder("src")).SelectMany(Synonyms));

    [Theory]
    [InlineData("class JobTable { }", 1)]
    [InlineData("class C { int bidCount; void M(int clientId) { } }", 2)]
    [InlineData("class C { HttpClient http; bool isForbidden; int cobbler; }", 0)]
    [InlineData("/// <summary>No Job here.</summary>\nclass C { string s = \"Worker\"; }", 0)]
    public void A_synonym_is_found(string code, int findings) =>
        Law.Finds(findings, Synonyms(new SourceFile("src/A/B.cs", code)));

    private static IEnumerable<Finding> Unused(string glossary, string code)
    {
        var lines = glossary.Split('\n');
        var start = Array.IndexOf(lines, CodeHeading);
        if (start < 0)
        {
            yield return new Finding(Glossary, 1, $"No heading '{CodeHeading}'.",
                "Put the words that are in the code under it.");
            yield break;
        }
        for (var index = start + 1; index < lines.Length
            && !lines[index].StartsWith("## ", StringComparison.Ordinal); index++)
        {
            if (Row.Match(lines[index]) is not { Success: true } row || row.Groups["word"].Value == "Word") continue;
            var word = row.Groups["word"].Value;
            if (!Regex.IsMatch(code, word.Replace(" ", " ?"), RegexOptions.IgnoreCase))
                yield return new Finding(Glossary, index + 1, $"Nothing in src/ is called '{word}'.",
                    "Move the line to the words of what is planned, or remove it.");
        }
    }

    private static IEnumerable<Finding> Synonyms(SourceFile source)
    {
        foreach (var token in source.Unit.DescendantTokens())
        {
            if (!token.IsKind(SyntaxKind.IdentifierToken) || Exempt.Contains(token.Text)) continue;
            foreach (Match part in Regex.Matches(token.Text, "[A-Z]?[a-z]+|[A-Z]+(?![a-z])"))
                if (Banned.TryGetValue(part.Value, out var word))
                    yield return source.Finding(token, $"'{part.Value}' in '{token.Text}'.",
                        $"Our word is {word}, see {Glossary}. A name that others gave goes to GlossaryTests.Exempt.");
        }
    }
}
