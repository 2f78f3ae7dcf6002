using Stun.Execution;
using Stun.Execution.Images;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// What a document calls an image becomes an image and its digest, once, when it is handed in: what is signed, run and
/// run again must be the same, and a tag can change.
/// </summary>
internal sealed class TesImages(TesSettings settings)
{
    private const int CharsMax = 512;

    public async Task<string> ResolveAsync(string image, string path, CancellationToken cancel)
    {
        if (image.Length > CharsMax) throw Unknown(path, image, $"its name has more than {CharsMax} characters");
        if (ImageDigest.TryParse(image, out _)) return image;
        if (image.StartsWith("blob:sha256:", StringComparison.Ordinal) && image.Contains('@')) return image;
        if (settings.ImageNamed(image) is { } known) return ImageDigest.Text(known);
        if (SourceOf(image) is not { } text)
            return image.LastIndexOf('@') is > 0 and var at && ImageDigest.TryParse(image[(at + 1)..], out _)
                // Whoever has it may run it; nobody can fetch it.
                ? image[(at + 1)..]
                : throw Unknown(path, image, "this node has no image of this name, and no registry that is usually meant");
        try
        {
            if (ImageSource.Parse(text) is not ImageSource.Registry source)
                throw Unknown(path, image, "it is not of a registry");
            if (source.Digest is null && !MayAsk(source.Host))
                throw Unknown(path, image, $"this node does not ask {source.Host} what a tag stands for; give the digest");
            var digest = source.Digest ?? await settings.Resolve(source, cancel).ConfigureAwait(false);
            var scheme = source.PlainHttp ? "docker+http" : "docker";
            return $"{scheme}://{source.Host}/{source.Name}@{ImageDigest.Text(digest)}";
        }
        catch (ExecutionException failure)
        {
            throw Unknown(path, image, failure.Message);
        }
    }

    private bool MayAsk(string host) =>
        host == settings.Registry || settings.Registries.Contains(host) || settings.Registries.Contains("*");

    /// <summary>Null where no registry is named and none is meant.</summary>
    private string? SourceOf(string image)
    {
        if (image.Contains("://", StringComparison.Ordinal)) return image;
        var slash = image.IndexOf('/');
        var first = slash < 0 ? "" : image[..slash];
        // As everywhere: a first part with a dot or a port is a host, and so is this machine.
        var hasHost = first.Contains('.') || first.Contains(':') || first == "localhost";
        if (!hasHost && settings.Registry is null) return null;
        var host = hasHost ? first : settings.Registry!;
        var name = hasHost ? image[(slash + 1)..] : image;
        var scheme = settings.PlainRegistries.Contains(host) ? "docker+http" : "docker";
        return $"{scheme}://{host}/{name}";
    }

    private static ApiException Unknown(string path, string image, string why) =>
        new("tes.image-unknown", $"{path}: '{Sentence.Short(image)}' cannot be had: {why.TrimEnd('.')}.");
}
