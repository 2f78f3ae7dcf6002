using System.Text;
using Stun.Execution.Tools;

namespace Stun.Execution.Images;

/// <summary>
/// Gets an image from a registry by skopeo, into a plain directory: that keeps the manifest and the blobs byte by byte.
/// (A copy into an OCI layout would rewrite a Docker manifest, and its digest would be another one.)
/// Nothing skopeo says is believed: the bytes are hashed again by <see cref="StagedImage"/>.
/// </summary>
internal static class RegistryPull
{
    private static readonly TimeSpan ManifestPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BlobPatience = TimeSpan.FromHours(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public static async Task<ResolvedManifest> ResolveAsync(
        ImageSource.Registry source, ImageLimits limits, CancellationToken cancel)
    {
        var content = await ReadManifestAsync(source, source.FirstReference, limits, cancel).ConfigureAwait(false);
        var digest = ImageDigest.Of(content);
        if (source.Digest is { } named && digest != named)
            throw ImageRefusal.Mismatch("The manifest", named, digest);
        if (ImageManifest.ChooseFromIndex(content) is not { } chosen)
            return new ResolvedManifest(digest, content, null);
        var inner = await ReadManifestAsync(source, source.Reference(chosen.Digest), limits, cancel)
            .ConfigureAwait(false);
        var innerDigest = ImageDigest.Of(inner);
        return innerDigest == chosen.Digest
            ? new ResolvedManifest(innerDigest, inner, digest)
            : throw ImageRefusal.Mismatch("The manifest", chosen.Digest, innerDigest);
    }

    public static async Task FetchAsync(ImageSource.Registry source, StagedImage stage, ImageLimits limits,
        IProgress<ImageProgress> progress, CancellationToken cancel)
    {
        var total = stage.Manifest.LayerBytes + stage.Manifest.Config.Bytes;
        DiskSpace.Require(stage.Directory, total, limits, "The download");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // No signature policy: what may run is decided by the digest in the order, not by this machine's settings.
        var copy = Tool.RunAsync("skopeo",
            ["--insecure-policy", "copy", "--quiet", "--preserve-digests", $"--src-tls-verify={Tls(source)}",
                source.Reference(stage.Resolved.Digest), $"dir:{stage.Directory}"],
            BlobPatience, stop.Token);
        while (await Task.WhenAny(copy, Task.Delay(LookEvery, cancel)).ConfigureAwait(false) != copy)
        {
            cancel.ThrowIfCancellationRequested();
            var filled = DiskSpace.Filled(stage.Directory);
            progress.Report(new ImageProgress(ImageStage.Fetch, Math.Min(filled, total), total));
            // Slack for the manifest and the version file beside the blobs.
            if (filled <= total + limits.ManifestBytesMax) continue;
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(copy).ConfigureAwait(false);
            throw ImageRefusal.TooLarge($"{source} sends more than the {total} bytes of its manifest.");
        }
        var result = await copy.ConfigureAwait(false);
        if (!result.Ok) throw Failure(source, result.Errors);
        progress.Report(new ImageProgress(ImageStage.Fetch, total, total));
    }

    private static async Task<byte[]> ReadManifestAsync(
        ImageSource.Registry source, string reference, ImageLimits limits, CancellationToken cancel)
    {
        var result = await Tool.RunAsync("skopeo", ["inspect", "--raw", $"--tls-verify={Tls(source)}", reference],
            ManifestPatience, cancel).ConfigureAwait(false);
        if (!result.Ok) throw Failure(source, result.Errors);
        var content = Encoding.UTF8.GetBytes(result.Output);
        return content.Length < limits.ManifestBytesMax
            ? content
            : throw ImageRefusal.TooLarge($"The manifest has {limits.ManifestBytesMax} bytes or more.");
    }

    private static string Tls(ImageSource.Registry source) => source.PlainHttp ? "false" : "true";

    private static ExecutionException Failure(ImageSource.Registry source, string errors)
    {
        if (ImageRefusal.IsDiskFull(errors)) return ImageRefusal.DiskFull($"No room for {source}.");
        var line = ImageRefusal.LastLine(errors);
        if (errors.Contains("manifest unknown", StringComparison.OrdinalIgnoreCase)
            || errors.Contains("name unknown", StringComparison.OrdinalIgnoreCase))
            return ImageRefusal.NotFound($"{source} does not exist: {line}");
        if (errors.Contains("digest", StringComparison.OrdinalIgnoreCase)
            && errors.Contains("match", StringComparison.OrdinalIgnoreCase))
            return new ExecutionException("image.digest-mismatch", $"{source} is not what it says: {line}",
                "Do not use it: it was damaged or replaced in the registry.");
        return new ExecutionException("image.registry", $"{source} cannot be fetched: {line}",
            "Look at the network, the registry and its password; a plain http registry needs docker+http://.");
    }
}
