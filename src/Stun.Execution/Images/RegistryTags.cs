using Stun.Execution.Tools;

namespace Stun.Execution.Images;

/// <summary>Asks a registry which image a tag stands for today.</summary>
public static class RegistryTags
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <exception cref="ExecutionException"><c>image.unresolved</c></exception>
    public static async Task<Digest> ResolveAsync(ImageSource.Registry source, CancellationToken cancel)
    {
        if (source.Digest is { } named) return named;
        var reference = $"docker://{source.Host}/{source.Name}:{source.Tag ?? "latest"}";
        var answer = await Tool.RunAsync("skopeo",
            ["--insecure-policy", "inspect", "--no-tags", $"--tls-verify={(source.PlainHttp ? "false" : "true")}",
                "--format", "{{.Digest}}", reference], Patience, cancel).ConfigureAwait(false);
        return answer.Ok && ImageDigest.TryParse(answer.Output.Trim(), out var digest)
            ? digest
            : throw new ExecutionException(
                "image.unresolved", $"{reference} has no digest to be had: {ImageRefusal.LastLine(answer.Errors)}",
                "Look at the name, at whether the registry is up, and whether it asks for a login.");
    }
}
