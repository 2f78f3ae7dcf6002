using System.Text.RegularExpressions;

namespace Stun.Execution.Images;

/// <summary>
/// Where an image comes from. A closed family, written as text like this:
/// <c>docker://host/name:tag</c>, <c>docker://host/name@sha256:…</c> (with <c>docker+http://</c> for a registry that
/// speaks plain http), <c>oci:DIRECTORY</c>, <c>docker-archive:FILE</c>, <c>blob:FILE@sha256:…</c>.
/// </summary>
public abstract partial record ImageSource
{
    private ImageSource()
    {
    }

    /// <summary>A registry. With a digest the tag does not matter; with neither, the tag is "latest".</summary>
    /// <param name="PlainHttp">Asked for by who names the source, never found out by trying.</param>
    public sealed record Registry(string Host, string Name, string? Tag, Digest? Digest, bool PlainHttp) : ImageSource
    {
        public string Reference(Digest digest) => $"docker://{Host}/{Name}@{ImageDigest.Text(digest)}";

        /// <summary>What skopeo is asked for first.</summary>
        internal string FirstReference =>
            Digest is { } digest ? Reference(digest) : $"docker://{Host}/{Name}:{Tag ?? "latest"}";

        public override string ToString() => PlainHttp ? "docker+http" + FirstReference[6..] : FirstReference;
    }

    /// <summary>An OCI layout, a directory. Without a digest it must hold exactly one image for this machine.</summary>
    public sealed record Layout(string Directory) : ImageSource
    {
        public override string ToString() => $"oci:{Directory}";
    }

    /// <summary>What <c>docker save</c> writes.</summary>
    public sealed record DockerArchive(string File) : ImageSource
    {
        public override string ToString() => $"docker-archive:{File}";
    }

    /// <summary>An OCI layout or a docker archive in one tar file, which is itself named by its digest.</summary>
    public sealed record Blob(string File, Digest Digest) : ImageSource
    {
        public override string ToString() => $"blob:{File}@{ImageDigest.Text(Digest)}";
    }

    public static ImageSource Parse(string text)
    {
        var colon = text.IndexOf(':');
        var rest = text[(colon + 1)..];
        ImageSource? source = (colon < 0 ? "" : text[..colon]) switch
        {
            "docker" => ParseRegistry(rest, plainHttp: false),
            "docker+http" => ParseRegistry(rest, plainHttp: true),
            "oci" when rest.Length > 0 => new Layout(Path.GetFullPath(rest)),
            "docker-archive" when rest.Length > 0 => new DockerArchive(Path.GetFullPath(rest)),
            "blob" => ParseBlob(rest),
            _ => null,
        };
        return source ?? throw new ExecutionException("image.source-invalid", $"'{text}' names no image.",
            "Write docker://HOST/NAME:TAG, docker://HOST/NAME@sha256:DIGEST, oci:DIRECTORY, docker-archive:FILE or "
            + "blob:FILE@sha256:DIGEST.");
    }

    private static Registry? ParseRegistry(string text, bool plainHttp)
    {
        if (RegistryForm().Match(text) is not { Success: true } match) return null;
        Digest? digest = null;
        if (match.Groups["digest"].Success)
        {
            if (!ImageDigest.TryParse(match.Groups["digest"].Value, out var parsed)) return null;
            digest = parsed;
        }
        var tag = match.Groups["tag"].Success ? match.Groups["tag"].Value : null;
        return new Registry(match.Groups["host"].Value, match.Groups["name"].Value, tag, digest, plainHttp);
    }

    private static Blob? ParseBlob(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && ImageDigest.TryParse(text[(at + 1)..], out var digest)
            ? new Blob(Path.GetFullPath(text[..at]), digest)
            : null;
    }

    /// <summary>The grammar of the distribution specification; the host is never left out and never guessed.</summary>
    [GeneratedRegex(@"\A//(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?)/"
        + @"(?<name>(?=[^@:]{1,255}(?:[@:]|\z))[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
        + @"(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegistryForm();
}
