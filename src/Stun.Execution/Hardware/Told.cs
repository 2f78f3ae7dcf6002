using System.Text;

namespace Stun.Execution.Hardware;

/// <summary>
/// What a program or a file said, fit to be shown to people: short, on one line, without control signs.
/// </summary>
internal static class Told
{
    private const int LengthMax = 120;

    public static string Short(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= LengthMax) return shown.Append('…').ToString();
            // An escape sequence in a remark would reach somebody's terminal.
            if (!Rune.IsControl(rune)) shown.Append(rune.ToString());
            else if (shown.Length > 0 && shown[^1] != ' ') shown.Append(' ');
        }
        return shown.ToString().Trim();
    }
}
