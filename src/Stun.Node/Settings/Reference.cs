using System.Text;

namespace Stun.Node.Settings;

/// <summary>Tables of keys for the reference documents, made from what the readers know.</summary>
internal static class Reference
{
    /// <param name="isForProgram">Whether a key can also come from a variable, which then has its own column.</param>
    public static string Tables(KeyTable table, bool isForProgram)
    {
        var text = new StringBuilder();
        foreach (var section in table.All.GroupBy(key => key.Path.Contains('.') ? key.Path.Split('.')[0] : ""))
        {
            text.Append(section.Key.Length == 0 ? "At the top:\n\n" : $"`{section.Key}`:\n\n");
            text.Append("| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var key in section) text.Append(Row(key, isForProgram));
            text.Append('\n');
        }
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Row(SettingKey key, bool isForProgram)
    {
        var value = (key.IsList ? "list of: " : "") + key.Form.Explanation;
        var otherwise = key.Default.Length > 0 ? $"`{key.Default}`" : key.IsRequired ? "required" : "";
        var variable = isForProgram ? $"<br>`{Configuration.EnvironmentNames.Of(key.Path)}`" : "";
        return $"| `{key.Path}`{variable} | {Escape(value)}; e.g. `{Escape(key.Example)}` | {otherwise} | "
            + $"{Escape(key.Meaning)} |\n";
    }

    private static string Escape(string text) => text.Replace("|", "\\|");
}
