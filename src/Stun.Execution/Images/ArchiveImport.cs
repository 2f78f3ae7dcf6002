using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Execution.Images;

/// <summary>
/// Opens an archive file, an OCI layout or a docker archive in one tar, plain or gzip. Files are written under
/// numbers, so that no name in the archive ever becomes a path of this machine.
/// </summary>
internal sealed class ArchiveImport(string file, Digest? blob, string directory, ImageLimits limits)
{
    /// <summary>Each layer has up to four files in an old docker archive; and blobs of other platforms.</summary>
    private const int FilesMax = 4096;

    private readonly SortedDictionary<string, string> files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> links = new(StringComparer.Ordinal);

    /// <summary>Extracts the archive and finds its image; the blobs then lie in the stage.</summary>
    public StagedImage Import(string stage, Digest? expected, CancellationToken cancel)
    {
        DiskSpace.Require(directory, new FileInfo(file).Length, limits, "The archive");
        try
        {
            Extract(cancel);
        }
        catch (InvalidDataException failure)
        {
            throw ImageRefusal.Broken("image.layer-broken", $"{file} cannot be decompressed: {failure.Message}");
        }
        if (files.ContainsKey("index.json") && files.ContainsKey("oci-layout")) return ImportLayout(stage, expected);
        return files.ContainsKey("manifest.json")
            ? ImportDocker(stage, expected)
            : throw ImageRefusal.NotFound($"{file} holds neither an OCI layout nor a docker archive.");
    }

    private void Extract(CancellationToken cancel)
    {
        using var opened = File.OpenRead(file);
        var isGzip = opened.ReadByte() == 0x1F;
        opened.Position = 0;
        using var raw = new MeteredStream(opened, _ => { }, cancel);
        using var plain = new MeteredStream(Unpacked(raw, isGzip), count =>
        {
            if (count > limits.UnpackedBytesMax)
                throw ImageRefusal.TooLarge($"{file} unpacks to more than {limits.UnpackedBytesMax} bytes.");
        }, cancel);
        var entries = new TarEntries(plain, limits);
        var buffer = new byte[1 << 16];
        while (entries.Next() is { } entry) Keep(entry, entries, buffer);
        raw.Drain();
        // The file was hashed before, by who called; this says that it is still the same.
        if (blob is { } named && raw.ReadDigest() != named)
            throw ImageRefusal.Mismatch($"The blob {file}", named, raw.ReadDigest());
    }

    private void Keep(TarEntry entry, TarEntries entries, byte[] buffer)
    {
        if (files.Count + links.Count >= FilesMax)
            throw ImageRefusal.TooLarge($"{file} has more than {FilesMax} files.");
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        if (entry.Kind == TarKind.Symlink) links[name] = Resolve(name, entry.Target);
        if (entry.Kind == TarKind.HardLink) links[name] = entry.Target;
        if (entry.Kind != TarKind.File) return;
        var path = Path.Combine(directory, files.Count.ToString());
        using var target = new FileStream(path, FileMode.CreateNew);
        int count;
        while ((count = entries.ReadContent(buffer)) > 0) target.Write(buffer, 0, count);
        if (!files.TryAdd(name, path))
            throw ImageRefusal.Broken("image.layer-broken", $"{file} has one name twice.");
    }

    private static Stream Unpacked(Stream raw, bool isGzip) =>
        isGzip ? new GZipStream(raw, CompressionMode.Decompress) : raw;

    private StagedImage ImportLayout(string stage, Digest? expected)
    {
        // The layout is built a second time with names that we made, and read like any other.
        var layout = Path.Combine(directory, "layout");
        var blobs = Path.Combine(layout, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        File.Move(files["index.json"], Path.Combine(layout, "index.json"));
        foreach (var (name, path) in files)
            if (name.StartsWith("blobs/sha256/", StringComparison.Ordinal)
                && ImageDigest.TryParse($"sha256:{name[13..]}", out var digest))
                File.Move(path, Path.Combine(blobs, digest.ToString()));
        var staged = new StagedImage(stage, LayoutImport.Resolve(layout, expected, limits), limits);
        var needed = staged.Manifest.Layers.Span.ToArray().Append(staged.Manifest.Config);
        foreach (var blob in needed.Select(blob => blob.Digest).Distinct())
            if (File.Exists(Path.Combine(blobs, blob.ToString())))
                File.Move(Path.Combine(blobs, blob.ToString()), staged.BlobPath(blob));
        return staged;
    }

    /// <summary>
    /// A docker archive has no manifest of the kind that registries know. Ours is made from the contents alone, so
    /// that one archive has one digest on every machine.
    /// </summary>
    private StagedImage ImportDocker(string stage, Digest? expected)
    {
        var (configName, layerNames) = ReadDockerManifest();
        var config = Stage(configName, stage, ImageManifest.OciConfig);
        var layers = layerNames.Select(name => Stage(name, stage, null)).ToList();
        var content = Encoding.UTF8.GetBytes(OciLayoutWriter.Manifest(config, layers).ToJsonString());
        var resolved = new ResolvedManifest(ImageDigest.Of(content), content, null);
        resolved.Require(expected);
        return new StagedImage(stage, resolved, limits);
    }

    private (string Config, IReadOnlyList<string> Layers) ReadDockerManifest()
    {
        var path = files["manifest.json"];
        if (new FileInfo(path).Length > limits.ManifestBytesMax)
            throw ImageRefusal.TooLarge($"The manifest.json of {file} is larger than {limits.ManifestBytesMax}.");
        try
        {
            var images = JsonNode.Parse(File.ReadAllBytes(path))!.AsArray();
            if (images.Count != 1)
                throw ImageRefusal.NotFound($"{file} has {images.Count} images; save one to a file.");
            var layers = images[0]!["Layers"]!.AsArray().Select(layer => layer!.GetValue<string>()).ToList();
            if (layers.Count > limits.LayersMax)
                throw ImageRefusal.TooLarge($"The image has {layers.Count} layers of {limits.LayersMax}.");
            return (images[0]!["Config"]!.GetValue<string>(), layers);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException
            or NullReferenceException)
        {
            throw ImageRefusal.Manifest($"The manifest.json of {file} is none: {failure.Message}");
        }
    }

    private ImageDescriptor Stage(string name, string stage, string? mediaType)
    {
        var path = FileOf(name);
        using var stream = File.OpenRead(path);
        var type = mediaType ?? (stream.ReadByte() == 0x1F ? ImageManifest.OciGzip : ImageManifest.OciTar);
        stream.Position = 0;
        var digest = Digest.Read(System.Security.Cryptography.SHA256.HashData(stream));
        var target = Path.Combine(stage, digest.ToString());
        // Empty layers occur several times in one archive, under one name or several.
        if (path != target) File.Move(path, target, overwrite: true);
        foreach (var again in files.Where(pair => pair.Value == path).Select(pair => pair.Key).ToList())
            files[again] = target;
        return new ImageDescriptor(type, digest, stream.Length);
    }

    private string FileOf(string name)
    {
        const int LinksMax = 8;
        for (var followed = 0; followed < LinksMax; followed++)
        {
            if (files.TryGetValue(name, out var path)) return path;
            if (!links.TryGetValue(name, out var target)) break;
            name = target;
        }
        throw ImageRefusal.NotFound($"{file} has no file of the name that its manifest.json gives.");
    }

    /// <summary>Names are only keys here, so a link that climbs out finds nothing.</summary>
    private static string Resolve(string name, string target)
    {
        List<string> parts = [.. name.Split('/')[..^1]];
        foreach (var part in target.Split('/'))
        {
            if (part == ".." && parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or "")) parts.Add(part);
        }
        return string.Join('/', parts);
    }
}
