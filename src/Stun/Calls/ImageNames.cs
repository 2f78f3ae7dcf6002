using Stun.Execution.Images;
using Stun.Execution.Tools;

namespace Stun.Calls;

/// <summary>Makes of what a person calls an image what a task may name: a digest, with or without its source.</summary>
internal static class ImageNames
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

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
        var reference = $"docker://{source.Host}/{source.Name}:{source.Tag ?? "latest"}";
        var answer = await Tool.RunAsync("skopeo",
            ["--insecure-policy", "inspect", "--no-tags", $"--tls-verify={(source.PlainHttp ? "false" : "true")}",
                "--format", "{{.Digest}}", reference], Patience, cancel).ConfigureAwait(false);
        var text = answer.Output.Trim();
        return answer.Ok && ImageDigest.TryParse(text, out _)
            ? text
            : throw new CommandException(
                "image.unresolved", $"{reference} has no digest to be had: {answer.Errors.Trim()}",
                "Look at the name, at whether the registry is up, and whether it asks for a login.");
    }
}
