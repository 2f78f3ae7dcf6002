using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Stun.Tests.Tidy;

/// <summary>
/// The pure projects, compiled in memory, so that laws about types look at types and not at spelling. Each project is
/// compiled against the framework and the pure projects on lower floors, never against the build's outputs.
/// </summary>
internal static class PureCode
{
    public static readonly string[] Projects = ["Stun.Cbor", "Stun.Protocol", "Stun.Engine"];

    private static readonly Lazy<List<MetadataReference>> Framework = new(FindFramework);
    private static readonly Lazy<List<CSharpCompilation>> All = new(CompileAll);

    public static IReadOnlyList<CSharpCompilation> Compilations => All.Value;

    /// <summary>A sample of pure code, with the names of the real pure projects in reach.</summary>
    public static CSharpCompilation Sample(string code) => Compile(
        "Sample",
        [SourceFile.Parse("using System; using System.Collections.Generic; using Stun.Protocol;\n" + code,
            "sample.cs")],
        Compilations);

    public static IEnumerable<Diagnostic> Errors(Compilation compilation) =>
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    private static List<CSharpCompilation> CompileAll()
    {
        List<CSharpCompilation> done = [];
        foreach (var project in Projects)
        {
            var trees = Repository.Sources.Where(source => source.IsUnder("src/" + project))
                .Select(source => source.Tree);
            var implied = SourceFile.Parse(Implied(project), $"src/{project}/implied.g.cs");
            done.Add(Compile(project, [.. trees, implied], done));
        }
        return done;
    }

    private static CSharpCompilation Compile(
        string name, IEnumerable<SyntaxTree> trees, IEnumerable<CSharpCompilation> lower) =>
        CSharpCompilation.Create(
            name,
            trees,
            [.. Framework.Value, .. lower.Select(compilation => compilation.ToMetadataReference())],
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                    nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>What the build adds to the sources of a project from its project file.</summary>
    private static string Implied(string project)
    {
        var file = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj"));
        var text = "global using System; global using System.Collections.Generic;\n";
        foreach (var item in file.Descendants("Using"))
            if (item.Attribute("Include")?.Value is { } name) text += $"global using {name};\n";
        foreach (var item in file.Descendants("InternalsVisibleTo"))
            text += "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo"
                + $"(\"{item.Attribute("Include")?.Value}\")]\n";
        return text;
    }

    private static List<MetadataReference> FindFramework()
    {
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return trusted
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToList();
    }
}
