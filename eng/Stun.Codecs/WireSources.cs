using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Stun.Codecs;

/// <summary>
/// Reads the sources, not the built assemblies: a new event can be generated for while the code that uses its codec
/// does not compile yet.
/// </summary>
public static class WireSources
{
    private const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using Stun.Protocol;";

    private static readonly string[] Projects = ["Stun.Cbor", "Stun.Protocol", "Stun.Engine"];

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    /// <param name="root">The repository.</param>
    public static CSharpCompilation Read(string root) => Compile(
        from project in Projects
        let folder = Path.Combine(root, "src", project)
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        where !file.EndsWith(".g.cs", StringComparison.Ordinal)
        orderby file.Substring(root.Length)
        select (Path.GetRelativePath(root, file), File.ReadAllText(file)));

    public static CSharpCompilation Compile(IEnumerable<(string Path, string Text)> files)
    {
        var trees = files.Append(("globals.cs", GlobalUsings))
            .Select(file => CSharpSyntaxTree.ParseText(file.Item2, Options, file.Item1));
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Directory.EnumerateFiles(framework, "System*.dll")
            .Where(file => !file.Contains("Native", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));
        return CSharpCompilation.Create(
            "wire", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
    }
}
