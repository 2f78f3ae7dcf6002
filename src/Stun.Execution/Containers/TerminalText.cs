using System.Text;

namespace Stun.Execution.Containers;

/// <summary>
/// Makes what a stranger's program wrote fit to be shown on a terminal: no escape sequence, no control character but
/// line feed and tab, no text that runs backwards. What was there is shown, as a visible sign.
/// </summary>
public static class TerminalText
{
    private const int NameMax = 1024;

    /// <summary>Of a name, which has one line and no end: a line feed in it would begin a line of its own.</summary>
    public static string OfName(string name)
    {
        var text = Of(name).Replace("\n", "\\u{a}", StringComparison.Ordinal)
            .Replace("\t", "\\u{9}", StringComparison.Ordinal);
        return text.Length <= NameMax ? text : text[..NameMax] + "...";
    }

    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status != System.Buffers.OperationStatus.Done) text.Append($"\\x{bytes[0]:x2}");
            else if (IsSafe(rune)) text.Append(rune.ToString());
            else text.Append($"\\u{{{rune.Value:x}}}");
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>Format characters turn text around or hide it; private ones mean what a font says.</summary>
    private static bool IsSafe(Rune rune) =>
        rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (
            System.Globalization.UnicodeCategory.Control or
            System.Globalization.UnicodeCategory.Format or
            System.Globalization.UnicodeCategory.PrivateUse or
            System.Globalization.UnicodeCategory.Surrogate or
            System.Globalization.UnicodeCategory.OtherNotAssigned or
            System.Globalization.UnicodeCategory.LineSeparator or
            System.Globalization.UnicodeCategory.ParagraphSeparator);
}
