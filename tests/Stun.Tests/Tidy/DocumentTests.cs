using System.Text.RegularExpressions;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Documents stay true: links lead somewhere, commands exist.</summary>
public sealed class DocumentTests
{
    private static readonly Regex Link = new(@"\[[^\]]*\]\((?<target>[^)\s]+)\)");
    private static readonly Regex Command =
        new(@"\./(?<script>check|stun)(?:[ \t]+(?<word>(?:--)?[a-z][\w-]*))?(?![\w./-])");
    private static readonly Regex Figure = new(@"<!-- figure:(?<name>[^ ]*) -->");

    [Fact]
    public void Links_in_documents_lead_somewhere() =>
        Law.Holds(Documents().SelectMany(file => BrokenLinks(file, Repository.Exists, Repository.Read)));

    [Theory]
    [InlineData("[a](gone.md)", 1)]
    [InlineData("[a](b.md#gone)", 1)]
    [InlineData("[a](#gone)", 1)]
    [InlineData("[a](/docs/b.md)", 1)]
    [InlineData("[a](b.md#a-head-line-of-b)", 0)]
    [InlineData("# Here it is\n[a](#here-it-is)", 0)]
    [InlineData("[a](../README.md)", 0)]
    [InlineData("[a](https://www.rfc-editor.org/rfc/rfc8949)", 0)]
    [InlineData("`[a](gone.md)`\n```\n[a](gone.md)\n```", 0)]
    public void A_link_that_leads_nowhere_is_found(string text, int findings) =>
        Law.Finds(findings, BrokenLinks(
            new TextFile("docs/a.md", text),
            path => path is "docs/b.md" or "README.md",
            _ => "# A `head` line, of B\n"));

    [Fact]
    public void Commands_in_documents_exist() =>
        Law.Holds(Documents().SelectMany(file => UnknownCommands(file, CommandsOf)));

    [Theory]
    [InlineData("Run `./stun fly`.", 1)]
    [InlineData("Run `./check --slow`.", 1)]
    [InlineData("Run `./stun demo` or `./check`.", 0)]
    [InlineData("`./stun-notes` and `./checks/a` are no commands.", 0)]
    public void A_command_that_does_not_exist_is_found(string text, int findings) =>
        Law.Finds(findings, UnknownCommands(new TextFile("a.md", text), script =>
            script == "stun" ? ["demo"] : ["--quick"]));

    [Theory]
    [InlineData("stun")]
    [InlineData("check")]
    public void A_script_carries_out_each_command_that_it_lists(string script)
    {
        var text = Repository.Read(script);
        Assert.NotEmpty(CommandsOf(script));
        Assert.All(CommandsOf(script), command =>
            Assert.True(
                Regex.IsMatch(text, $@"^\s*(\S+ \| )*{Regex.Escape(command)}( \| \S+)*\)", RegexOptions.Multiline),
                $"{script}: '{command}' is listed and has no case. Cure: add the case, or remove the line."));
    }

    [Fact]
    public void Figures_still_to_be_filled_in_have_names()
    {
        foreach (var file in Documents())
            foreach (Match match in Figure.Matches(file.Text))
                Assert.Matches("^[a-z0-9-]+$", match.Groups["name"].Value);
    }

    private static IEnumerable<TextFile> Documents() =>
        Repository.Texts.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    private static IEnumerable<Finding> BrokenLinks(TextFile file, Func<string, bool> exists, Func<string, string> read)
    {
        foreach (var (line, text) in Prose(file))
            foreach (Match match in Link.Matches(text))
            {
                var target = match.Groups["target"].Value;
                if (target.Contains("://") || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
                var (path, anchor) = Split(target);
                var whole = path.Length == 0 ? file.Path : Resolve(file.Path, path);
                if (path.StartsWith('/') || (path.Length > 0 && !exists(whole)))
                    yield return new Finding(file.Path, line, $"'{target}' leads nowhere.",
                        "Correct the link (relative to this file), or remove it.");
                else if (anchor.Length > 0 && !Anchors(path.Length == 0 ? file.Text : read(whole)).Contains(anchor))
                    yield return new Finding(file.Path, line, $"'{target}': no heading makes the anchor '{anchor}'.",
                        "Take the anchor from the heading: lower case, spaces as hyphens, signs left out.");
            }
    }

    private static (string Path, string Anchor) Split(string target)
    {
        var parts = target.Split('#', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private static string Resolve(string from, string path)
    {
        List<string> parts = [.. from.Split('/')[..^1]];
        foreach (var part in path.TrimEnd('/').Split('/'))
        {
            if (part == ".." && parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else if (part != ".") parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private static IEnumerable<string> Anchors(string text) =>
        text.Split('\n')
            .Where(line => line.StartsWith('#'))
            .Select(line => Regex.Replace(line.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ',
                '-'));

    /// <summary>The lines outside fences, code spans blanked.</summary>
    private static IEnumerable<(int Line, string Text)> Prose(TextFile file)
    {
        var isFenced = false;
        foreach (var (index, line) in file.Lines.Index())
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) isFenced = !isFenced;
            else if (!isFenced) yield return (index + 1, Regex.Replace(line, "`[^`]*`", "``"));
        }
    }

    private static IEnumerable<Finding> UnknownCommands(TextFile file, Func<string, IReadOnlyList<string>> commandsOf)
    {
        foreach (var (index, line) in file.Lines.Index())
            foreach (Match match in Command.Matches(line))
            {
                var (script, word) = (match.Groups["script"].Value, match.Groups["word"].Value);
                if (word.Length == 0 || commandsOf(script).Contains(word)) continue;
                // A word of prose may follow the bare command; what stands in code is a command.
                if (!line.Contains($"`./{script} {word}")
                    && !line.TrimStart(' ', '$').StartsWith($"./{script} {word}")) continue;
                yield return new Finding(file.Path, index + 1, $"'./{script} {word}' does not exist.",
                    $"Correct the document, or add the command to the list at the top of '{script}'.");
            }
    }

    /// <summary>The first words of the lines between 'commands=' and the closing quote.</summary>
    private static List<string> CommandsOf(string script) =>
        Repository.Read(script).Split('\n')
            .SkipWhile(line => line != "commands='")
            .Skip(1)
            .TakeWhile(line => line != "'")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
            .ToList();
}
