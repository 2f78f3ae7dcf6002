using System.Text;

namespace Stun.Integration.Operator;

/// <summary>Pairs of texts, as contracts write them.</summary>
internal static class Pairs
{
    public static IEnumerable<byte> Of(params string[] texts) => texts.SelectMany(Text);

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length < 24 ? [(byte)(0x60 + bytes.Length), .. bytes] : [0x78, (byte)bytes.Length, .. bytes];
    }
}
