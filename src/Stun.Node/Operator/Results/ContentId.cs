using System.Text;

namespace Stun.Node.Operator.Results;

/// <summary>
/// The name of a blob as IPFS writes it: version 1, raw bytes, SHA-256, in base 32 (multiformats.io/cid). It says the
/// same as the blob's digest, so that whoever has the bytes can check them, by our tools and by those of IPFS. Ids of
/// documents (dag-cbor, dag-json) name blobs in the same way, and are read, too.
/// </summary>
public static class ContentId
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Version 1, codec raw, SHA-256 of 32 bytes.</summary>
    private static ReadOnlySpan<byte> Head => [0x01, 0x55, 0x12, 0x20];

    /// <summary>The same with the codec of documents in CBOR, as IPFS keeps them; and of those in JSON.</summary>
    private static ReadOnlySpan<byte> CborHead => [0x01, 0x71, 0x12, 0x20];

    private static ReadOnlySpan<byte> JsonHead => [0x01, 0xa9, 0x02, 0x12, 0x20];

    public static string Of(Digest blob)
    {
        Span<byte> bytes = stackalloc byte[Head.Length + Digest.Size];
        Head.CopyTo(bytes);
        blob.Write(bytes[Head.Length..]);
        var text = new StringBuilder("b");
        var (bits, held) = (0, 0);
        foreach (var next in bytes)
        {
            (bits, held) = (((bits & 31) << 8) | next, held + 8);
            for (; held >= 5; held -= 5) text.Append(Alphabet[(bits >> (held - 5)) & 31]);
        }
        if (held > 0) text.Append(Alphabet[(bits << (5 - held)) & 31]);
        return text.ToString();
    }

    /// <summary>Also <c>sha256:</c> and 64 digits. Null for what is neither, and for ids of another kind.</summary>
    public static ContentName? TryParse(string text)
    {
        const string plain = "sha256:";
        if (text.StartsWith(plain, StringComparison.Ordinal))
            return TryHex(text[plain.Length..]) is { } digest ? new ContentName(digest, false) : null;
        if (text.Length is not (59 or 61) || text[0] != 'b' || TryBytes(text.AsSpan(1)) is not { } bytes) return null;
        foreach (var isCbor in (bool[])[false, true])
            if (TryBehind(bytes, isCbor ? CborHead : Head) is { } blob) return new ContentName(blob, isCbor);
        return TryBehind(bytes, JsonHead) is { } document ? new ContentName(document, false) : null;
    }

    private static Digest? TryBehind(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> head) =>
        bytes.Length == head.Length + Digest.Size && bytes.StartsWith(head) ? Digest.Read(bytes[head.Length..]) : null;

    private static byte[]? TryBytes(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        var (bits, held, length) = (0, 0, 0);
        foreach (var sign in text)
        {
            var value = Alphabet.IndexOf(sign, StringComparison.Ordinal);
            if (value < 0) return null;
            (bits, held) = (((bits & 0xff) << 5) | value, held + 5);
            if (held < 8) continue;
            bytes[length++] = (byte)((bits >> (held - 8)) & 0xff);
            held -= 8;
        }
        return (bits & ((1 << held) - 1)) == 0 ? bytes : null;
    }

    private static Digest? TryHex(string digits) =>
        digits.Length == 2 * Digest.Size && digits.All(char.IsAsciiHexDigit)
            ? Digest.Read(Convert.FromHexString(digits)) : null;
}

/// <param name="IsCbor">The blob is a document in CBOR.</param>
public readonly record struct ContentName(Digest Blob, bool IsCbor);
