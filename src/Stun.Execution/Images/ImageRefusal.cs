namespace Stun.Execution.Images;

/// <summary>
/// The exceptions about images: a stable code, what was wrong, what to do. The codes are in docs/operating/images.md.
/// </summary>
internal static class ImageRefusal
{
    /// <summary>ENOSPC and EDQUOT, as the framework reports them.</summary>
    private const int NoSpace = 28, NoQuota = 122;

    public static ExecutionException Broken(string code, string message) =>
        new(code, message, "Build the image again with a standard tool and without tricks, or name another one.");

    public static ExecutionException Manifest(string message) =>
        new("image.manifest-invalid", message, "Push the image again as an OCI or Docker v2 image.");

    public static ExecutionException MediaType(string message) => new("image.media-type", message,
        "Push the image with gzip or plain tar layers of its own, without foreign addresses.");

    public static ExecutionException TooLarge(string message) =>
        new("image.too-large", message, "Make the image smaller, or raise the limits of this node.");

    public static ExecutionException Mismatch(string what, Digest expected, Digest actual) => new(
        "image.digest-mismatch", $"{what} has the digest sha256:{actual}, not sha256:{expected}.",
        "Do not use it: it was damaged or replaced on its way. Ask its author for the digest.");

    public static ExecutionException NotFound(string message) =>
        new("image.not-found", message, "Look at the name, the tag or digest, and the path.");

    public static ExecutionException DiskFull(string message, Exception? inner = null) => new("image.disk-full",
        message, "Free space on the disk of the store, or move the store; nothing was left behind.", inner);

    public static bool IsDiskFull(IOException failure) => failure.HResult is NoSpace or NoQuota;

    public static bool IsDiskFull(string errors) =>
        errors.Contains("no space left on device", StringComparison.OrdinalIgnoreCase)
        || errors.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase);

    /// <summary>What a tool wrote about its failure: the last line says most, and a screenful is enough.</summary>
    public static string LastLine(string errors)
    {
        const int Shown = 600;
        var line = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault("it said nothing");
        return line.Length > Shown ? line[..Shown] : line;
    }
}
