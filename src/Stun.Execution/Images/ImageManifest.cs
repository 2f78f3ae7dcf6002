using System.Text;
using System.Text.Json;

namespace Stun.Execution.Images;

/// <summary>A blob of an image: what it is, its name and its exact size.</summary>
internal sealed record ImageDescriptor(string MediaType, Digest Digest, long Bytes);

/// <summary>
/// A manifest of the OCI or the Docker v2 kind, read strictly. What later steps see is this record, never the foreign
/// JSON again: another reader may take a repeated or differently spelled key to mean something else.
/// </summary>
internal sealed record ImageManifest(ImageDescriptor Config, ValueList<ImageDescriptor> Layers)
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciTar = "application/vnd.oci.image.layer.v1.tar";
    public const string OciGzip = "application/vnd.oci.image.layer.v1.tar+gzip";

    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    private const string DockerTar = "application/vnd.docker.image.rootfs.diff.tar";
    private const string DockerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public long LayerBytes => Layers.Sum(layer => layer.Bytes);

    public static bool IsGzip(string mediaType) => mediaType is OciGzip or DockerGzip;

    /// <summary>Of an index: the one manifest for linux on x86-64. Null if the content is no index.</summary>
    public static ImageDescriptor? ChooseFromIndex(ReadOnlyMemory<byte> content)
    {
        using var document = ParseJson(content, "The manifest");
        var root = document.RootElement;
        if (!IsIndex(root)) return null;
        var found = ManifestsOf(root).Where(IsForThisMachine).Select(Descriptor).ToList();
        return found.Count > 0
            ? found[0]
            : throw new ExecutionException("image.platform", "The image has no variant for linux/amd64.",
                "Push one for linux/amd64: docker buildx build --platform linux/amd64.");
    }

    /// <summary>All manifests that an index names for this machine, or for no machine in particular.</summary>
    public static IReadOnlyList<ImageDescriptor> ReadIndex(ReadOnlyMemory<byte> content)
    {
        using var document = ParseJson(content, "The index");
        return [.. ManifestsOf(document.RootElement)
            .Where(item => !item.TryGetProperty("platform", out _) || IsForThisMachine(item))
            .Select(Descriptor)];
    }

    public static ImageManifest Read(ReadOnlyMemory<byte> content, ImageLimits limits)
    {
        using var document = ParseJson(content, "The manifest");
        var root = document.RootElement;
        var type = OptionalText(root, "mediaType");
        if (Number(root, "schemaVersion") != 2 || type is not (null or OciManifest or DockerManifest))
            throw ImageRefusal.MediaType($"A manifest of the type '{type}' is not supported.");
        var config = Descriptor(Required(root, "config", JsonValueKind.Object));
        if (config.MediaType is not (OciConfig or DockerConfig))
            throw ImageRefusal.MediaType($"'{config.MediaType}' is no configuration of a container image.");
        var layers = Required(root, "layers", JsonValueKind.Array);
        if (layers.GetArrayLength() is 0) throw ImageRefusal.Manifest("The manifest names no layer.");
        if (layers.GetArrayLength() > limits.LayersMax)
            throw ImageRefusal.TooLarge($"The image has {layers.GetArrayLength()} layers of {limits.LayersMax}.");
        var manifest = new ImageManifest(config, ValueList.From(layers.EnumerateArray().Select(Layer).ToList()));
        if (config.Bytes > limits.ManifestBytesMax)
            throw ImageRefusal.TooLarge($"The configuration has {config.Bytes} bytes of {limits.ManifestBytesMax}.");
        foreach (var layer in manifest.Layers)
            if (layer.Bytes > limits.CompressedBytesMax)
                throw ImageRefusal.TooLarge($"A layer has {layer.Bytes} bytes of {limits.CompressedBytesMax}.");
        return manifest.LayerBytes <= limits.CompressedBytesMax
            ? manifest
            : throw ImageRefusal.TooLarge(
                $"The layers have {manifest.LayerBytes} bytes of {limits.CompressedBytesMax}.");
    }

    internal static JsonDocument ParseJson(ReadOnlyMemory<byte> content, string what)
    {
        try
        {
            var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw ImageRefusal.Manifest($"{what} is no JSON object.");
        }
        catch (JsonException failure)
        {
            throw ImageRefusal.Manifest($"{what} is no JSON: {failure.Message}");
        }
    }

    internal static string? OptionalText(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw ImageRefusal.Manifest($"'{name}' is no text.");

    internal static JsonElement Required(JsonElement element, string name, JsonValueKind kind) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw ImageRefusal.Manifest($"'{name}' is missing or is no {kind}.");

    private static bool IsIndex(JsonElement root) =>
        OptionalText(root, "mediaType") is { } type
            ? type is OciIndex or DockerIndex
            : root.TryGetProperty("manifests", out _) && !root.TryGetProperty("layers", out _);

    private static JsonElement.ArrayEnumerator ManifestsOf(JsonElement root) =>
        Required(root, "manifests", JsonValueKind.Array).EnumerateArray();

    private static bool IsForThisMachine(JsonElement manifest) =>
        manifest.ValueKind == JsonValueKind.Object
        && manifest.TryGetProperty("platform", out var platform) && platform.ValueKind == JsonValueKind.Object
        && OptionalText(platform, "os") == "linux" && OptionalText(platform, "architecture") == "amd64";

    private static ImageDescriptor Layer(JsonElement element)
    {
        var layer = Descriptor(element);
        if (layer.MediaType is not (OciTar or OciGzip or DockerTar or DockerGzip))
            throw ImageRefusal.MediaType($"A layer of the type '{layer.MediaType}' is not supported.");
        if (element.TryGetProperty("urls", out var urls) && urls.ValueKind != JsonValueKind.Null)
            throw ImageRefusal.MediaType("A layer lies at foreign addresses.");
        return layer;
    }

    private static ImageDescriptor Descriptor(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) throw ImageRefusal.Manifest("A descriptor is no object.");
        var text = OptionalText(element, "digest");
        if (!ImageDigest.TryParse(text, out var digest))
            throw ImageRefusal.Manifest($"'{text}' is no SHA-256 digest.");
        var bytes = Number(element, "size");
        return bytes >= 0
            ? new ImageDescriptor(OptionalText(element, "mediaType") ?? "", digest, bytes)
            : throw ImageRefusal.Manifest("A descriptor has a negative size.");
    }

    private static long Number(JsonElement element, string name) =>
        Required(element, name, JsonValueKind.Number).TryGetInt64(out var number)
            ? number
            : throw ImageRefusal.Manifest($"'{name}' is no whole number.");
}

/// <summary>The configuration blob: how the image wants to be run, and the digests of its plain layers.</summary>
internal sealed record ImageConfigBlob(ImageConfig Config, ValueList<Digest> DiffIds)
{
    /// <summary>The system's own limit for one argument or variable.</summary>
    private const int TextBytesMax = 128 << 10;

    public static ImageConfigBlob Read(ReadOnlyMemory<byte> content)
    {
        using var document = ImageManifest.ParseJson(content, "The configuration");
        var root = document.RootElement;
        var (os, architecture) =
            (ImageManifest.OptionalText(root, "os"), ImageManifest.OptionalText(root, "architecture"));
        if (os is not (null or "linux") || architecture is not (null or "amd64"))
            throw new ExecutionException("image.platform", $"The image is for {os}/{architecture}.",
                "Name an image for linux/amd64.");
        var system = ImageManifest.Required(root, "rootfs", JsonValueKind.Object);
        var diffIds = Texts(system, "diff_ids").Select(text => ImageDigest.TryParse(text, out var digest)
            ? digest
            : throw ImageRefusal.Manifest($"'{text}' is no SHA-256 digest.")).ToList();
        var isEmpty = !root.TryGetProperty("config", out var config) || config.ValueKind == JsonValueKind.Null;
        if (isEmpty) return new ImageConfigBlob(new ImageConfig([], [], [], "/"), ValueList.From(diffIds));
        if (config.ValueKind != JsonValueKind.Object) throw ImageRefusal.Manifest("'config' is no object.");
        return new ImageConfigBlob(
            new ImageConfig(
                ValueList.From(Texts(config, "Entrypoint")),
                ValueList.From(Texts(config, "Cmd")),
                ValueList.From(Texts(config, "Env")),
                ImageManifest.OptionalText(config, "WorkingDir") is { Length: > 0 } directory ? directory : "/"),
            ValueList.From(diffIds));
    }

    private static List<string> Texts(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array) throw ImageRefusal.Manifest($"'{name}' is no list.");
        List<string> texts = [];
        foreach (var item in list.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : null;
            if (text is null || text.Contains('\0') || Encoding.UTF8.GetByteCount(text) > TextBytesMax)
                throw ImageRefusal.Manifest($"'{name}' holds something that no program can be given.");
            texts.Add(text);
        }
        return texts;
    }
}
