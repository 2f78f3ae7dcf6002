using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Every package has a line that says what for, under which licence, and who would replace it.</summary>
public sealed class DependencyTests
{
    private const string Lines = "dependencies.md";
    private const string Versions = "Directory.Packages.props";
    private static readonly string[] Modules =
    [
        "contracts/evm/package.json", "sdk/javascript/package.json",
        "tests/Stun.Integration/OpenAi/client/package.json", "tests/Stun.Integration/Tee/peer/package.json",
        "tests/Stun.Integration/Zk/package.json", "web/package.json",
    ];

    private static readonly Regex Row = new(@"^\| `(?<name>[A-Za-z0-9._@/-]+)` \|(?<cells>.*)\|\s*$");

    [Fact]
    public void Packages_and_their_lines_are_the_same() =>
        Law.Holds(Differences(
            Repository.Read(Versions), [.. Modules.Select(path => new TextFile(path, Repository.Read(path)))],
            Repository.Read(Lines)));

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Law.Holds(Repository.Projects
            .Select(path => path[..path.LastIndexOf('/')] + "/packages.lock.json")
            .Where(path => !Repository.Exists(path))
            .Select(path => new Finding(path, 1, "No lock file.", "Run eng/lock and commit what it writes.")));

    [Fact]
    public void A_package_without_a_line_and_a_line_without_a_package_are_found() =>
        Law.Finds(6, Differences(
            "<P><PackageVersion Include=\"A.B\" Version=\"1\" /><PackageVersion Include=\"A.D\" Version=\"1\" /></P>",
            [
                new TextFile("a/package.json", """{"devDependencies":{"a/e":"1.0.0","a/f":"^1.0.0"}}"""),
                new TextFile("b/package.json", """{"dependencies":{"a/g":"1.0.0"}}"""),
            ],
            "| `A.C` | what | MIT | nobody |\n| `A.D` | what |  | nobody |\n| `a/f` | what | MIT | nobody |\n"));

    private static IEnumerable<Finding> Differences(string versions, IReadOnlyList<TextFile> modules, string lines)
    {
        SortedSet<string> packages = new(StringComparer.Ordinal);
        foreach (var item in XDocument.Parse(versions).Descendants("PackageVersion"))
            packages.Add(item.Attribute("Include")!.Value);
        foreach (var file in modules)
            foreach (var module in ModulesOf(file))
            {
                packages.Add(module.Name);
                if (!char.IsAsciiDigit(module.Value.GetString()![0]))
                    yield return new Finding(
                        file.Path, 1, $"{module.Name} has no exact version.", "Name the one that is locked.");
            }
        SortedSet<string> told = new(StringComparer.Ordinal);
        foreach (var (index, line) in lines.Split('\n').Index())
        {
            if (Row.Match(line) is not { Success: true } row) continue;
            var name = row.Groups["name"].Value;
            told.Add(name);
            if (!packages.Contains(name))
                yield return new Finding(Lines, index + 1, $"{name} is no package of ours.", "Remove the line.");
            if (row.Groups["cells"].Value.Split('|').Any(string.IsNullOrWhiteSpace))
                yield return new Finding(Lines, index + 1, $"{name}: a cell is empty.",
                    "Say what for, the licence, and who would replace it.");
        }
        foreach (var name in packages.Where(name => !told.Contains(name)))
            yield return new Finding(Versions, 1, $"{name} has no line in {Lines}.",
                "Add a row: name, what for, licence, who would replace it.");
    }

    private static IEnumerable<JsonProperty> ModulesOf(TextFile file)
    {
        var document = JsonDocument.Parse(file.Text).RootElement;
        foreach (var list in (string[])["dependencies", "devDependencies"])
            if (document.TryGetProperty(list, out var packages))
                foreach (var module in packages.EnumerateObject())
                    yield return module;
    }
}
