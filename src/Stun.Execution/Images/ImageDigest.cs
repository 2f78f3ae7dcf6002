using System.Buffers;
using System.Security.Cryptography;

namespace Stun.Execution.Images;

/// <summary>The text form of a digest in the image formats: <c>sha256:</c> and 64 lower-case hex digits.</summary>
public static class ImageDigest
{
    private const string Prefix = "sha256:";

    /// <summary>One content has one name: upper case would be a second one.</summary>
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static string Text(Digest digest) => $"{Prefix}{digest}";

    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + (2 * Digest.Size)) return false;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (text.AsSpan(Prefix.Length).ContainsAnyExcept(Hex)) return false;
        digest = Digest.Read(Convert.FromHexString(text.AsSpan(Prefix.Length)));
        return true;
    }

    public static Digest Of(ReadOnlySpan<byte> content) => Digest.Read(SHA256.HashData(content));

    public static async Task<Digest> OfFileAsync(string path, CancellationToken cancel)
    {
        var file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
            return Digest.Read(await SHA256.HashDataAsync(file, cancel).ConfigureAwait(false));
    }
}
