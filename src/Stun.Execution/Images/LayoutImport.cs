namespace Stun.Execution.Images;

/// <summary>
/// Takes an image out of an OCI layout on this machine. The blobs are copied, not linked: whoever owns the layout
/// could change a linked one after it was inspected.
/// </summary>
internal static class LayoutImport
{
    public static ResolvedManifest Resolve(string layout, Digest? expected, ImageLimits limits)
    {
        var index = Read(Path.Combine(layout, "index.json"), limits);
        List<ResolvedManifest> found = [];
        foreach (var descriptor in ImageManifest.ReadIndex(index))
        {
            var content = ReadBlob(layout, descriptor.Digest, limits);
            if (ImageManifest.ChooseFromIndex(content) is { } chosen)
                found.Add(new ResolvedManifest(
                    chosen.Digest, ReadBlob(layout, chosen.Digest, limits), descriptor.Digest));
            else
                found.Add(new ResolvedManifest(descriptor.Digest, content, null));
        }
        var fitting = found.Where(manifest => expected is null || manifest.IsNamed(expected.Value)).ToList();
        if (fitting.Count == 0 && expected is { } digest && found.Count > 0)
            throw ImageRefusal.Mismatch("The image in the layout", digest, found[0].Digest);
        // Two tags of one image are one image.
        return fitting.Select(manifest => manifest.Digest).Distinct().Count() == 1
            ? fitting[0]
            : throw ImageRefusal.NotFound($"The layout has {fitting.Count} images; name one by its digest.");
    }

    public static void Fetch(
        string layout, StagedImage stage, ImageLimits limits, IProgress<ImageProgress> progress,
        CancellationToken cancel)
    {
        var total = stage.Manifest.LayerBytes + stage.Manifest.Config.Bytes;
        DiskSpace.Require(stage.Directory, total, limits, "The copy of the layout");
        var done = 0L;
        foreach (var blob in stage.Manifest.Layers.Span.ToArray().Append(stage.Manifest.Config).Distinct())
        {
            Copy(BlobPath(layout, blob.Digest), stage.BlobPath(blob.Digest), blob, cancel);
            done += blob.Bytes;
            progress.Report(new ImageProgress(ImageStage.Fetch, done, total));
        }
    }

    private static void Copy(string from, string to, ImageDescriptor blob, CancellationToken cancel)
    {
        // An image may name one layer twice, or once with another type.
        if (File.Exists(to)) return;
        if (!File.Exists(from)) throw ImageRefusal.NotFound($"The blob sha256:{blob.Digest} of the image is missing.");
        using var source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.CreateNew);
        var buffer = new byte[1 << 20];
        int count;
        // One byte more than claimed is enough to see the lie.
        while (target.Length <= blob.Bytes && (count = source.Read(buffer)) > 0)
        {
            cancel.ThrowIfCancellationRequested();
            target.Write(buffer, 0, count);
        }
    }

    private static byte[] ReadBlob(string layout, Digest digest, ImageLimits limits)
    {
        var content = Read(BlobPath(layout, digest), limits);
        var actual = ImageDigest.Of(content);
        return actual == digest ? content : throw ImageRefusal.Mismatch("The manifest", digest, actual);
    }

    private static byte[] Read(string path, ImageLimits limits)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw ImageRefusal.NotFound($"{path} does not exist, so there is no image.");
        if (file.Length > limits.ManifestBytesMax)
            throw ImageRefusal.TooLarge($"{path} has {file.Length} bytes of {limits.ManifestBytesMax}.");
        return File.ReadAllBytes(path);
    }

    private static string BlobPath(string layout, Digest digest) =>
        Path.Combine(layout, "blobs", "sha256", digest.ToString());
}
