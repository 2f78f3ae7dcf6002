using System.Security.Cryptography;

namespace Stun.Tee.Reading;

/// <summary>Small questions about bytes.</summary>
internal static class Bits
{
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static string Hex(ReadOnlyMemory<byte> bytes) => Hex(bytes.Span);

    public static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);

    public static byte[] Sha256(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);

    /// <summary>Whether the bits of the mask are equal in both.</summary>
    public static bool EqualUnder(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<byte> mask)
    {
        if (left.Length != right.Length || left.Length != mask.Length) return false;
        for (var at = 0; at < mask.Length; at++)
            if (((left[at] ^ right[at]) & mask[at]) != 0) return false;
        return true;
    }

    /// <summary>The bytes of hexadecimal digits of exactly this many bytes.</summary>
    public static byte[] FromHex(string? text, int size, string what)
    {
        if (text is null || text.Length != 2 * size || !text.All(char.IsAsciiHexDigit))
            throw new EvidenceException("format.hex", $"{what} is not {2 * size} hexadecimal digits.");
        return Convert.FromHexString(text);
    }
}
