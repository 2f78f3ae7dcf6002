using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Images;

/// <summary>
/// Unpacks a verified image by umoci. It is given a layout whose manifest and configuration we wrote ourselves from
/// what was checked, so it cannot read something else out of the foreign JSON than we did.
/// </summary>
internal static class RootUnpack
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>The root file system then lies in <paramref name="rootfs"/>, which must not exist before.</summary>
    public static async Task UnpackAsync(
        VerifiedImage image, string layout, string rootfs, ImageLimits limits, CancellationToken cancel)
    {
        DiskSpace.Require(image.Image.Directory, image.Layers.Sum(layer => layer.DiskBytes), limits, "Unpacking");
        WriteLayout(image, layout);
        List<string> arguments = ["raw", "unpack", "--image", $"{layout}:1"];
        if (!Kernel.IsRoot) arguments.Add("--rootless");
        arguments.Add(rootfs);
        var result = await Tool.RunAsync("umoci", arguments, Patience, cancel).ConfigureAwait(false);
        if (!result.Ok)
            throw ImageRefusal.IsDiskFull(result.Errors + result.Output)
                ? ImageRefusal.DiskFull("The disk became full while the image was unpacked.")
                : ImageRefusal.Broken("image.unpack",
                    $"umoci cannot unpack the image: {ImageRefusal.LastLine(result.Errors + result.Output)}");
        await EmptyDevicesAsync(rootfs).ConfigureAwait(false);
    }

    /// <summary>
    /// Device nodes are let through only under dev/, and the container gets a /dev of its own. So none needs to lie
    /// in our store.
    /// </summary>
    private static async Task EmptyDevicesAsync(string rootfs)
    {
        var devices = new DirectoryInfo(Path.Combine(rootfs, "dev"));
        if (devices.LinkTarget is not null || !devices.Exists) return;
        await DiskSpace.RemoveAsync(devices.FullName).ConfigureAwait(false);
        devices.Create();
    }

    private static void WriteLayout(VerifiedImage image, string layout)
    {
        var blobs = Path.Combine(layout, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        var layers = image.Image.Manifest.Layers.Span.ToArray()
            .Select(layer => layer with { MediaType = TypeOf(image.Image.BlobPath(layer.Digest)) }).ToList();
        var config = OciLayoutWriter.WriteBlob(blobs, ImageManifest.OciConfig,
            OciLayoutWriter.Config(new ImageConfig([], [], [], "/"), image.Layers.Select(layer => layer.DiffId)));
        var manifest = OciLayoutWriter.WriteBlob(blobs, ImageManifest.OciManifest,
            OciLayoutWriter.Manifest(config, layers));
        foreach (var digest in layers.Select(layer => layer.Digest).Distinct())
            File.Move(image.Image.BlobPath(digest), Path.Combine(blobs, digest.ToString()));
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(layout, "index.json"), OciLayoutWriter.Index(manifest).ToJsonString());
    }

    /// <summary>By the content: the inspection went by it too, whatever the manifest says.</summary>
    private static string TypeOf(string blob)
    {
        using var stream = File.OpenRead(blob);
        return stream.ReadByte() == 0x1F ? ImageManifest.OciGzip : ImageManifest.OciTar;
    }
}
