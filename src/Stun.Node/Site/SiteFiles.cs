using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Stun.Node.Site;

/// <summary>
/// The files of the console as they were built: in the binary, some of them also compressed. All of them together are a
/// few megabytes, read once and kept.
/// </summary>
public sealed class SiteFiles
{
    public const string Index = "index.html";

    /// <summary>Of the resources of this binary that are files of the console.</summary>
    private const string Prefix = "site/";

    private static readonly Lazy<SiteFiles> OfBinary = new(ReadBinary);
    private readonly FrozenDictionary<string, SiteFile> files;

    /// <param name="contents">By path. What ends with .br or .gz is another form of the file without it.</param>
    public SiteFiles(IReadOnlyDictionary<string, byte[]> contents)
    {
        files = contents.Where(file => !IsPacked(file.Key, contents)).ToFrozenDictionary(
            file => file.Key,
            file => new SiteFile(
                MediaTypes.Of(file.Key), file.Value, contents.GetValueOrDefault(file.Key + ".br"),
                contents.GetValueOrDefault(file.Key + ".gz"), TagOf(file.Value)),
            StringComparer.Ordinal);
    }

    /// <summary>Empty where it was built without the console.</summary>
    public static SiteFiles Embedded => OfBinary.Value;

    public bool IsEmpty => !files.ContainsKey(Index);

    public SiteFile? Find(string path) => files.GetValueOrDefault(path);

    private static bool IsPacked(string path, IReadOnlyDictionary<string, byte[]> contents) =>
        path.EndsWith(".br", StringComparison.Ordinal) || path.EndsWith(".gz", StringComparison.Ordinal)
            ? contents.ContainsKey(path[..^3]) : false;

    private static string TagOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..32];

    private static SiteFiles ReadBinary()
    {
        var binary = Assembly.GetExecutingAssembly();
        Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
        foreach (var name in binary.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            using var stream = binary.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            // The build names folders as its machine does.
            contents.Add(name[Prefix.Length..].Replace('\\', '/'), content);
        }
        return new SiteFiles(contents);
    }
}

/// <param name="Tag">Of the content; what it is packed with is no other content.</param>
public sealed record SiteFile(string MediaType, byte[] Plain, byte[]? Brotli, byte[]? Gzip, string Tag)
{
    /// <summary>Whether there are forms of it among which the caller chooses.</summary>
    public bool HasForms => Brotli is not null || Gzip is not null;
}

internal static class MediaTypes
{
    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
        [".wasm"] = "application/wasm",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What nobody named is bytes, and no browser may guess (nosniff).</summary>
    public static string Of(string path) =>
        Known.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
}
