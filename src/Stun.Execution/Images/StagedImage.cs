namespace Stun.Execution.Images;

/// <summary>A manifest whose bytes have the digest by which it was asked for.</summary>
/// <param name="Index">Of the index that named it, if there was one.</param>
internal sealed record ResolvedManifest(Digest Digest, byte[] Content, Digest? Index)
{
    public bool IsNamed(Digest digest) => digest == Digest || digest == Index;

    public void Require(Digest? expected)
    {
        if (expected is { } digest && !IsNamed(digest)) throw ImageRefusal.Mismatch("The manifest", digest, Digest);
    }
}

/// <summary>An image on its way in: its blobs lie in a private directory, each under the hex of its digest.</summary>
internal sealed class StagedImage(string directory, ResolvedManifest manifest, ImageLimits limits)
{
    public string Directory => directory;

    public ResolvedManifest Resolved => manifest;

    public ImageManifest Manifest { get; } = ImageManifest.Read(manifest.Content, limits);

    public string BlobPath(Digest digest) => Path.Combine(directory, digest.ToString());

    /// <summary>Checks every byte against the digests and every layer against the limits.</summary>
    public VerifiedImage Verify(IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        var config = ImageConfigBlob.Read(ReadConfig());
        if (config.DiffIds.Count != Manifest.Layers.Count)
            throw ImageRefusal.Manifest(
                $"The configuration names {config.DiffIds.Count} layers, the manifest {Manifest.Layers.Count}.");
        var inspection = new LayerInspection(limits);
        List<LayerFacts> facts = [];
        var done = 0L;
        for (var index = 0; index < Manifest.Layers.Count; index++)
        {
            var expected = Manifest.Layers[index];
            progress.Report(new ImageProgress(ImageStage.Inspect, done, Manifest.LayerBytes));
            using var file = Open(expected);
            var layer = inspection.Inspect(file, cancel);
            if (layer.Digest != expected.Digest)
                throw ImageRefusal.Mismatch($"Layer {index}", expected.Digest, layer.Digest);
            if (layer.DiffId != config.DiffIds[index])
                throw ImageRefusal.Mismatch($"Layer {index}, unpacked,", config.DiffIds[index], layer.DiffId);
            facts.Add(layer);
            done += layer.Bytes;
        }
        return new VerifiedImage(this, config, facts);
    }

    private byte[] ReadConfig()
    {
        using var file = Open(Manifest.Config);
        var content = new byte[(int)Manifest.Config.Bytes];
        file.ReadExactly(content);
        var digest = ImageDigest.Of(content);
        return digest == Manifest.Config.Digest
            ? content
            : throw ImageRefusal.Mismatch("The configuration", Manifest.Config.Digest, digest);
    }

    private FileStream Open(ImageDescriptor blob)
    {
        var path = BlobPath(blob.Digest);
        if (!File.Exists(path)) throw ImageRefusal.NotFound($"The blob sha256:{blob.Digest} of the image is missing.");
        var file = File.OpenRead(path);
        if (file.Length == blob.Bytes) return file;
        var length = file.Length;
        file.Dispose();
        throw new ExecutionException("image.digest-mismatch",
            $"The blob sha256:{blob.Digest} has {length} bytes, not {blob.Bytes}.",
            "Do not use it: it was damaged or replaced on its way.");
    }
}

internal sealed record VerifiedImage(StagedImage Image, ImageConfigBlob Config, IReadOnlyList<LayerFacts> Layers);
