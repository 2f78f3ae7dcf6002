using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>Reading and writing of both kinds of policy.</summary>
internal static class PolicyFile
{
    /// <summary>Signs outside of plain ASCII are written by their number: two that look alike stay apart.</summary>
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.Default };

    public static SettingSet Read(KeyTable table, string text, string source, string subject)
    {
        var faults = new FaultList();
        var settings = new SettingSet(table, faults);
        if (YamlTree.Parse(source, text, faults) is { } root)
        {
            settings.AddFile(root);
            settings.RequireAll();
        }
        faults.ThrowIfAny("policy.invalid", $"{subject} {source}");
        return settings;
    }

    /// <summary>Every value in the order of the table, lists sorted, all texts quoted.</summary>
    public static string Canonical(SettingSet settings)
    {
        var text = new StringBuilder();
        var section = "";
        foreach (var setting in settings.All())
        {
            var parts = setting.Path.Split('.');
            var isNested = parts.Length == 2;
            if (isNested && parts[0] != section) text.Append($"{section = parts[0]}:\n");
            text.Append($"{(isNested ? "  " : "")}{parts[^1]}: {setting.Write(Quoted)}\n");
        }
        return text.ToString();
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Quoting);
}
