using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Calls;

/// <summary>Makes of what a person calls an image what a task may name: a digest, with or without its source.</summary>
internal static class ImageNames
{
    public static async Task<string> ResolveAsync(string image, CancellationToken cancel)
    {
        if (OurImages.IsName(image)) return ImageDigest.Text(OurImages.DigestOf(image));
        if (ImageDigest.TryParse(image, out _)) return image;
        if (image.StartsWith("blob:", StringComparison.Ordinal)) return image;
        if (ImageSource.Parse(image) is not ImageSource.Registry source)
            throw new CommandException(
                "image.source-local", $"'{image}' is on this machine, and the task runs on another.",
                "Name an image of a registry, or build one here with 'stun images build NAME'.", Exits.Usage);
        if (source.Digest is not null) return image;
        var digest = await DigestOfAsync(source, cancel).ConfigureAwait(false);
        Screen.Note($"stun: {image} is {digest} today");
        var scheme = source.PlainHttp ? "docker+http" : "docker";
        return $"{scheme}://{source.Host}/{source.Name}@{digest}";
    }

    private static async Task<string> DigestOfAsync(ImageSource.Registry source, CancellationToken cancel)
    {
        try
        {
            return ImageDigest.Text(await RegistryTags.ResolveAsync(source, cancel).ConfigureAwait(false));
        }
        catch (ExecutionException unknown) when (unknown.Code == "image.unresolved")
        {
            // Its cure is the end of its message.
            throw new CommandException(
                unknown.Code, unknown.Message[..^(unknown.Cure.Length + 1)], unknown.Cure);
        }
    }
}
