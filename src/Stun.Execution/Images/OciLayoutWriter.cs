using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Stun.Execution.Images;

public enum LayerForm
{
    /// <summary>The same bytes on every machine: nothing depends on a compression library.</summary>
    Tar,

    /// <summary>Smaller; the same bytes for the same version of the framework.</summary>
    Gzip,
}

/// <summary>
/// Writes an OCI layout with one image, the same bytes for the same contents: no times, no names of users, sorted.
/// </summary>
public static class OciLayoutWriter
{
    /// <summary>A time that is no time; one second after the epoch, because some tools take zero as unset.</summary>
    private static readonly DateTimeOffset NoTime = DateTimeOffset.FromUnixTimeSeconds(1);

    /// <summary>Packs a directory into one layer.</summary>
    public static Digest Write(string root, ImageConfig config, string layout, LayerForm form = LayerForm.Tar)
    {
        Directory.CreateDirectory(layout);
        var tar = Path.Combine(layout, "layer.tmp");
        using (var stream = File.Create(tar)) WriteTar(root, stream);
        try
        {
            return WriteLayers([tar], config, layout, form);
        }
        finally
        {
            File.Delete(tar);
        }
    }

    /// <summary>Takes tars as they are, lowest layer first.</summary>
    public static Digest WriteLayers(
        IReadOnlyList<string> tars, ImageConfig config, string layout, LayerForm form = LayerForm.Tar)
    {
        var blobs = Path.Combine(layout, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        var layers = tars.Select(tar => WriteLayer(tar, blobs, form)).ToList();
        var configBlob = WriteBlob(blobs, ImageManifest.OciConfig,
            Config(config, layers.Select(layer => layer.DiffId)));
        var manifest = WriteBlob(blobs, ImageManifest.OciManifest,
            Manifest(configBlob, layers.Select(layer => layer.Blob)));
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(layout, "index.json"), Index(manifest).ToJsonString());
        return manifest.Digest;
    }

    internal static JsonObject Manifest(ImageDescriptor config, IEnumerable<ImageDescriptor> layers) => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = ImageManifest.OciManifest,
        ["config"] = Descriptor(config),
        ["layers"] = new JsonArray([.. layers.Select(Descriptor)]),
    };

    internal static JsonObject Index(ImageDescriptor manifest)
    {
        var descriptor = Descriptor(manifest);
        descriptor["platform"] = new JsonObject { ["architecture"] = "amd64", ["os"] = "linux" };
        descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = "1" };
        return new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ImageManifest.OciIndex,
            ["manifests"] = new JsonArray(descriptor),
        };
    }

    internal static JsonObject Config(ImageConfig config, IEnumerable<Digest> diffIds) => new()
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["config"] = new JsonObject
        {
            ["Entrypoint"] = Texts(config.Entrypoint),
            ["Cmd"] = Texts(config.Command),
            ["Env"] = Texts(config.Environment),
            ["WorkingDir"] = config.WorkingDirectory,
        },
        ["rootfs"] = new JsonObject
        {
            ["type"] = "layers",
            ["diff_ids"] = new JsonArray([.. diffIds.Select(digest => (JsonNode)ImageDigest.Text(digest))]),
        },
    };

    internal static ImageDescriptor WriteBlob(string blobs, string mediaType, JsonObject content)
    {
        var bytes = Encoding.UTF8.GetBytes(content.ToJsonString());
        var digest = ImageDigest.Of(bytes);
        File.WriteAllBytes(Path.Combine(blobs, digest.ToString()), bytes);
        return new ImageDescriptor(mediaType, digest, bytes.Length);
    }

    private static JsonObject Descriptor(ImageDescriptor blob) => new()
    {
        ["mediaType"] = blob.MediaType,
        ["digest"] = ImageDigest.Text(blob.Digest),
        ["size"] = blob.Bytes,
    };

    private static JsonArray Texts(ValueList<string> texts) =>
        new([.. texts.Select(text => (JsonNode)text)]);

    private static (ImageDescriptor Blob, Digest DiffId) WriteLayer(string tar, string blobs, LayerForm form)
    {
        var written = Path.Combine(blobs, "layer.tmp");
        using var plain = new MeteredStream(File.OpenRead(tar), _ => { }, CancellationToken.None);
        using (var file = File.Create(written))
        {
            using Stream target = form == LayerForm.Gzip ? new GZipStream(file, CompressionLevel.Optimal) : file;
            plain.CopyTo(target);
        }
        Digest digest;
        long bytes;
        using (var stream = File.OpenRead(written))
            (digest, bytes) = (Digest.Read(System.Security.Cryptography.SHA256.HashData(stream)), stream.Length);
        File.Move(written, Path.Combine(blobs, digest.ToString()), overwrite: true);
        var type = form == LayerForm.Gzip ? ImageManifest.OciGzip : ImageManifest.OciTar;
        return (new ImageDescriptor(type, digest, bytes), plain.ReadDigest());
    }

    private static void WriteTar(string root, Stream stream)
    {
        using var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var name in Names(root, "").Order(StringComparer.Ordinal)) WriteEntry(tar, root, name);
    }

    /// <summary>All names below a directory; a link to a directory is a name and never a way.</summary>
    private static IEnumerable<string> Names(string root, string within)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(root, within)).EnumerateFileSystemInfos())
        {
            var name = Path.Combine(within, entry.Name);
            yield return name;
            if (entry is not DirectoryInfo || entry.LinkTarget is not null) continue;
            foreach (var inner in Names(root, name)) yield return inner;
        }
    }

    private static void WriteEntry(TarWriter tar, string root, string name)
    {
        var path = Path.Combine(root, name);
        var info = new FileInfo(path);
        if (info.LinkTarget is { } target)
        {
            tar.WriteEntry(Normal(new GnuTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target },
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute));
            return;
        }
        if (Directory.Exists(path))
        {
            tar.WriteEntry(Normal(new GnuTarEntry(TarEntryType.Directory, name + "/"), ModeOf(path)));
            return;
        }
        using var content = File.OpenRead(path);
        tar.WriteEntry(Normal(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = content },
            ModeOf(path)));
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsLinux()
        ? File.GetUnixFileMode(path)
        : throw new PlatformNotSupportedException("Images are made on Linux.");

    private static GnuTarEntry Normal(GnuTarEntry entry, UnixFileMode mode)
    {
        (entry.Uid, entry.Gid, entry.UserName, entry.GroupName) = (0, 0, "", "");
        (entry.ModificationTime, entry.Mode) = (NoTime, mode);
        return entry;
    }
}
