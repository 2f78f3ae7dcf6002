using System.Text.RegularExpressions;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>What no file of the repository may hold: a machine's own paths, registry hosts, odd line ends.</summary>
public sealed class TextFileTests
{
    // Put together here so that this file obeys its own law.
    private static readonly string[] Homes = ["work", "home", "root", "Users"];

    private static readonly Regex MachinePath = new(@"(?<![\w.~)\]}/-])/(" + string.Join('|', Homes) + @")/\w");

    private static readonly string[] Hosts =
        ["\"resolved\": \"" + "http", "/v3/" + "index.json", "registry." + "npmjs", "api." + "nuget.org",
            "index." + "crates.io"];

    [Fact]
    public void No_path_of_one_machine_stands_in_a_file() => Law.Holds(Repository.Texts.SelectMany(MachinePaths));

    [Theory]
    [InlineData("see /{0}/somebody/notes", 1)]
    [InlineData("\"/{0}/x\"", 1)]
    [InlineData("docs/{0}/notes", 0)]
    public void A_path_of_one_machine_is_found(string line, int findings) =>
        Assert.All(Homes, home => Law.Finds(findings, MachinePaths(new TextFile("a.md", string.Format(line, home)))));

    [Fact]
    public void No_registry_host_stands_in_a_file() => Law.Holds(Repository.Texts.SelectMany(RegistryHosts));

    [Fact]
    public void A_registry_host_is_found() =>
        Assert.All(Hosts, host => Law.Finds(1, RegistryHosts(new TextFile("packages.lock.json", "x\n" + host + "\n"))));

    [Fact]
    public void Text_files_end_with_one_newline_and_hold_no_carriage_return() =>
        Law.Holds(Repository.Texts.SelectMany(LineEnds));

    [Theory]
    [InlineData("no end", 1)]
    [InlineData("a\r\nb\n", 1)]
    [InlineData("a\n\n", 1)]
    [InlineData("a\nb\n", 0)]
    [InlineData("", 0)]
    public void A_file_with_odd_line_ends_is_found(string text, int findings) =>
        Law.Finds(findings, LineEnds(new TextFile("a.txt", text)));

    private static IEnumerable<Finding> MachinePaths(TextFile file)
    {
        foreach (var (index, line) in file.Lines.Index())
            if (MachinePath.Match(line) is { Success: true } match)
                yield return new Finding(file.Path, index + 1, $"'{match.Value}…' is a path of one machine.",
                    "Write it relative to the repository, or read it from the environment.");
    }

    private static IEnumerable<Finding> RegistryHosts(TextFile file)
    {
        foreach (var (index, line) in file.Lines.Index())
            if (Hosts.FirstOrDefault(host => line.Contains(host, StringComparison.Ordinal)) is { } host)
                yield return new Finding(file.Path, index + 1, $"'{host}' names a package registry.",
                    "Leave it out: the client's own configuration says where packages come from.");
    }

    private static IEnumerable<Finding> LineEnds(TextFile file)
    {
        // Lock files are written by the SDK, which leaves out the last newline.
        if (file.Text.Length == 0 || file.Path.EndsWith("packages.lock.json", StringComparison.Ordinal)) yield break;
        var lines = file.Lines;
        if (file.Text.Contains('\r'))
            yield return new Finding(file.Path, 1, "A carriage return.",
                "Save it with plain newlines; .gitattributes asks for them.");
        if (!file.Text.EndsWith('\n') || file.Text.EndsWith("\n\n", StringComparison.Ordinal))
            yield return new Finding(file.Path, lines.Length, "The file does not end with exactly one newline.",
                "End it with one.");
    }
}
