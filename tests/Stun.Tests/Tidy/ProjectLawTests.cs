using System.Xml.Linq;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>The floors: which project may know which, and what a pure project may bring along.</summary>
public sealed class ProjectLawTests
{
    /// <summary>
    /// An arrow may only go down. A new project under src/ begins with a line here and in ARCHITECTURE.md.
    /// </summary>
    private static readonly SortedDictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Stun.Cbor"] = [],
        ["Stun.Protocol"] = ["Stun.Cbor"],
        ["Stun.Engine"] = ["Stun.Cbor", "Stun.Protocol"],
        ["Stun.Chain"] = ["Stun.Cbor", "Stun.Protocol"],
        ["Stun.Execution"] = ["Stun.Cbor", "Stun.Protocol"],
        ["Stun.Tee"] = ["Stun.Cbor"],
        ["Stun.Zk"] = [],
        ["Stun.Node"] =
        [
            "Stun.Cbor", "Stun.Protocol", "Stun.Engine", "Stun.Chain", "Stun.Execution", "Stun.Tee", "Stun.Zk",
        ],
        ["Stun"] =
        [
            "Stun.Protocol", "Stun.Engine", "Stun.Chain", "Stun.Execution", "Stun.Tee", "Stun.Zk", "Stun.Node",
        ],
    };

    [Fact]
    public void Projects_know_only_the_projects_below_them() =>
        Law.Holds(SourceProjects().SelectMany(project => References(project, Repository.Read(project))));

    [Theory]
    [InlineData("src/Stun.Cbor/Stun.Cbor.csproj", "../Stun.Protocol/Stun.Protocol.csproj")]
    [InlineData("src/Stun.Protocol/Stun.Protocol.csproj", "../Stun.Engine/Stun.Engine.csproj")]
    [InlineData("src/Stun.Extra/Stun.Extra.csproj", "../Stun.Cbor/Stun.Cbor.csproj")]
    public void An_arrow_that_goes_up_or_from_nowhere_is_found(string project, string reference) =>
        Law.Finds(1, References(project, $"<Project><ProjectReference Include=\"{reference}\" /></Project>"));

    [Fact]
    public void Pure_projects_say_so_and_bring_no_package() =>
        Law.Holds(PureCode.Projects
            .Select(name => $"src/{name}/{name}.csproj")
            .SelectMany(project => Purity(project, Repository.Read(project))));

    [Fact]
    public void The_build_gives_pure_projects_the_analyser_and_nothing_else() =>
        Law.Holds(Packages("Directory.Build.targets", Repository.Read("Directory.Build.targets"))
            .Concat(Packages("Directory.Build.props", Repository.Read("Directory.Build.props"))));

    [Fact]
    public void A_pure_project_that_forgets_to_say_so_or_brings_a_package_is_found() =>
        Law.Finds(2, Purity("src/Stun.Cbor/Stun.Cbor.csproj",
            "<Project><PackageReference Include=\"Some.Package\" /></Project>"));

    private static IEnumerable<string> SourceProjects() =>
        Repository.Projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal));

    private static IEnumerable<Finding> References(string path, string text)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (!Allowed.TryGetValue(name, out var allowed))
        {
            yield return new Finding(path, 1, $"{name} has no floor.",
                "Give it a line in ProjectLawTests.Allowed and in ARCHITECTURE.md, or use a project that has one.");
            yield break;
        }
        foreach (var (line, target) in Items(text, "ProjectReference"))
        {
            var other = Path.GetFileNameWithoutExtension(target.Replace('\\', '/'));
            if (!allowed.Contains(other))
                yield return new Finding(path, line, $"{name} may not know {other}.",
                    "Move the code down a floor, or emit an effect and be told the answer as a message.");
        }
    }

    private static IEnumerable<Finding> Purity(string path, string text)
    {
        if (!XDocument.Parse(text).Descendants("Pure").Any(item => item.Value == "true"))
            yield return new Finding(path, 1, "A pure project that does not say so.", "Add <Pure>true</Pure>.");
        foreach (var finding in Packages(path, text)) yield return finding;
    }

    private static IEnumerable<Finding> Packages(string path, string text)
    {
        foreach (var (line, package) in Items(text, "PackageReference"))
            if (package != "Microsoft.CodeAnalysis.BannedApiAnalyzers")
                yield return new Finding(path, line, $"{package} would reach a pure project.",
                    "Write the few lines that are needed, or use the package in the shell and pass its answer in.");
    }

    private static IEnumerable<(int Line, string Include)> Items(string text, string element) =>
        XDocument.Parse(text, LoadOptions.SetLineInfo)
            .Descendants(element)
            .Select(item => (((System.Xml.IXmlLineInfo)item).LineNumber, item.Attribute("Include")?.Value ?? ""));
}
