namespace Stun.Tests.Tidy;

/// <summary>The files of this repository as they lie on disk, build outputs and version control left out.</summary>
internal static class Repository
{
    private static readonly string[] Unread =
        [".git", ".vs", ".idea", "artifacts", "bin", "obj", "node_modules", "dist", "__pycache__"];

    private static readonly string[] Binary =
        [".png", ".jpg", ".ico", ".gz", ".zip", ".bin", ".wasm", ".woff2", ".pdf", ".dll", ".cbor"];

    private static readonly Lazy<List<string>> AllPaths = new(Walk);
    private static readonly Lazy<List<SourceFile>> AllSources = new(() =>
        AllPaths.Value.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(Source).ToList());

    private static string Root => Tests.Repository.Root;

    /// <summary>Relative, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Paths => AllPaths.Value;

    public static IReadOnlyList<SourceFile> Sources => AllSources.Value;

    public static IEnumerable<string> Projects =>
        Paths.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    public static IEnumerable<TextFile> Texts =>
        Paths.Where(path => !Binary.Contains(Path.GetExtension(path))).Select(path => new TextFile(path, Read(path)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) =>
        File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static SourceFile Source(string path) => new(path, Read(path));

    private static List<string> Walk()
    {
        List<string> found = [];
        Walk(new DirectoryInfo(Root), found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Walk(DirectoryInfo folder, List<string> found)
    {
        foreach (var file in folder.EnumerateFiles())
            if (file.Name != ".git")
                found.Add(Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'));
        foreach (var inner in folder.EnumerateDirectories())
            if (!Unread.Contains(inner.Name) && inner.LinkTarget is null)
                Walk(inner, found);
    }
}

internal sealed record TextFile(string Path, string Text)
{
    public string[] Lines => Text.Split('\n');
}
