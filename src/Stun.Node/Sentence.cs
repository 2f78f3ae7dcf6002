using System.Text;

namespace Stun.Node;

/// <summary>Fits words for people into the space that a message has for them.</summary>
internal static class Sentence
{
    public static string Short(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= WireLimits.DetailBytesMax) return text;
        var length = Math.Min(text.Length, WireLimits.DetailBytesMax);
        while (Encoding.UTF8.GetByteCount(text.AsSpan(0, length)) > WireLimits.DetailBytesMax - 3) length--;
        // Half of a pair is no text.
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length] + "…";
    }
}
