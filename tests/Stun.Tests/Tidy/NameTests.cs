using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Names of folders, types, namespaces and tests.</summary>
public sealed class NameTests
{
    private static readonly string[] FolderNames =
    [
        "Common", "Shared", "Core", "Base", "Misc", "Helpers", "Helper", "Utils", "Util", "Services", "Models",
        "Interfaces", "Abstractions", "Controllers", "Dtos",
    ];

    private static readonly string[] TypeEndings =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Service", "Services"];

    private static readonly string[] Roofs = ["src/", "tests/", "bench/", "eng/"];

    [Fact]
    public void Folders_are_nouns_of_the_domain_or_of_a_mechanism() => Law.Holds(Folders(Repository.Paths));

    [Theory]
    [InlineData("src/Stun.Engine/Helpers/A.cs")]
    [InlineData("src/Stun.Common/A.cs")]
    [InlineData("tests/Stun.Tests/utils/A.cs")]
    public void A_folder_that_names_no_subject_is_found(string path) => Law.Finds(1, Folders([path]));

    [Fact]
    public void Types_say_what_they_keep_or_do() => Law.Holds(Repository.Sources.SelectMany(Types));

    [Fact]
    public void A_type_that_manages_or_helps_is_found() =>
        Law.Finds(3, Types(new SourceFile("src/A/B.cs",
            "class LeaseManager; record struct FooHelper; interface IFooService;")));

    [Fact]
    public void Namespaces_equal_folders() =>
        Law.Holds(Repository.Sources.SelectMany(source => Namespaces(source, Repository.Projects)));

    [Theory]
    [InlineData("src/Stun.X/Inner/A.cs", "namespace Stun.X; class A;", 1)]
    [InlineData("src/Stun.X/A.cs", "namespace Stun.X.Inner; class A;", 1)]
    [InlineData("src/Stun.X/A.cs", "class A;", 1)]
    [InlineData("src/Stun.X/Inner/A.cs", "namespace Stun.X.Inner; class A;", 0)]
    [InlineData("src/Stun.X/Generated/A.g.cs", "namespace Stun.X; class A;", 0)]
    [InlineData("src/Stun.X/Generated/A.g.cs", "namespace Stun.Y; class A;", 1)]
    [InlineData("src/Stun.X/Program.cs", "return 0;", 0)]
    public void A_namespace_that_is_not_its_folder_is_found(string path, string code, int findings) =>
        Law.Finds(findings, Namespaces(new SourceFile(path, code), ["src/Stun.X/Stun.X.csproj"]));

    [Fact]
    public void Tests_are_sentences() =>
        Law.Holds(Repository.Sources.Where(source => source.IsUnder("tests")).SelectMany(Sentences));

    [Fact]
    public void A_test_that_is_no_sentence_is_found() =>
        Law.Finds(1, Sentences(new SourceFile(
            "tests/A/B.cs",
            "class C { [Fact] void Test1() { } [Theory] void A_lease_expires() { } void Other() { } }")));

    private static IEnumerable<Finding> Folders(IEnumerable<string> paths)
    {
        foreach (var folder in paths.Where(path => Roofs.Any(path.StartsWith)).Select(FolderOf).Distinct())
            foreach (var part in folder.Split('/', '.'))
                if (FolderNames.Contains(part, StringComparer.OrdinalIgnoreCase))
                    yield return new Finding(folder, 0, $"A folder named '{part}'.",
                        "Name the subject: a noun of the domain or of a mechanism, see STYLE.md.");
    }

    private static string FolderOf(string path) => path.Contains('/') ? path[..path.LastIndexOf('/')] : "";

    private static IEnumerable<Finding> Types(SourceFile source)
    {
        foreach (var type in source.Unit.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            if (TypeEndings.FirstOrDefault(ending =>
                type.Identifier.Text.EndsWith(ending, StringComparison.Ordinal)) is { } ending)
                yield return source.Finding(type.Identifier, $"{type.Identifier.Text} ends in '{ending}'.",
                    "Name the thing it keeps or does, like LeaseTable or PathMatch.");
    }

    private static IEnumerable<Finding> Namespaces(SourceFile source, IEnumerable<string> projects)
    {
        var project = projects.Where(path => source.IsUnder(FolderOf(path))).MaxBy(path => path.Length);
        if (project is null) yield break;
        var root = Path.GetFileNameWithoutExtension(project);
        var inner = FolderOf(source.Path)[FolderOf(project).Length..].Trim('/');
        var isGenerated = inner.Split('/').Contains("Generated");
        var expected = inner.Length == 0 || isGenerated ? root : $"{root}.{inner.Replace('/', '.')}";
        var declared = source.Unit.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().ToList();
        foreach (var item in declared)
        {
            var name = item.Name.ToString();
            var isRight = name == expected || (isGenerated && name.StartsWith(root + ".", StringComparison.Ordinal));
            if (!isRight)
                yield return source.Finding(item.Name, $"Namespace {name}, but the folder says {expected}.",
                    $"Write 'namespace {expected};' or move the file.");
        }
        var isProgram = source.Unit.Members.Any(member => member is GlobalStatementSyntax);
        if (declared.Count == 0 && !isProgram && source.Unit.Members.Count > 0)
            yield return source.Finding(source.Unit.Members[0], "A type without a namespace.",
                $"Add 'namespace {expected};'.");
    }

    private static IEnumerable<Finding> Sentences(SourceFile source)
    {
        foreach (var method in source.TestMethods())
            if (method.Identifier.Text.Count(character => character == '_') < 2)
                yield return source.Finding(method.Identifier, $"'{method.Identifier.Text}' is no sentence.",
                    "Say what holds, in words joined by underscores: A_receipt_replayed_by_a_provider_is_refused.");
    }
}
