using System.Text;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>Lays file, variables and flags over one another and finds all that is wrong with the whole.</summary>
internal static class ConfigurationReader
{
    private const string Code = "config.invalid";
    private const string Subject = "The configuration";

    public static NodeConfiguration Read(ConfigurationSources sources)
    {
        var faults = new FaultList();
        var settings = new SettingSet(ConfigurationKeys.Table, faults);
        if (sources.File is { } file) AddFile(settings, Path.GetFullPath(file, sources.WorkingDirectory), file);
        AddVariables(settings, sources.Environment);
        AddFlags(settings, sources.Flags);
        settings.RequireAll();
        var paths = new ConfiguredPaths(settings, sources);
        Contradictions.Find(settings);
        var configuration = faults.IsEmpty ? ConfigurationBinder.Bind(settings, paths) : null;
        if (configuration is null) paths.LookAtAll();
        faults.ThrowIfAny(Code, Subject);
        return configuration!;
    }

    /// <summary>Names of variables that set a key, and the key with the number of its entry.</summary>
    internal static string? PathOf(string variable, KeyTable table)
    {
        foreach (var key in table.All)
        {
            var name = EnvironmentNames.Of(key.Path);
            var number = name.IndexOf('#');
            if (number < 0)
            {
                if (name == variable) return key.Path;
                continue;
            }
            var (before, after) = (name[..number], name[(number + 1)..]);
            if (!variable.StartsWith(before, StringComparison.Ordinal)
                || !variable.EndsWith(after, StringComparison.Ordinal)
                || variable.Length <= before.Length + after.Length) continue;
            var index = variable[before.Length..^after.Length];
            if (IsIndex(index)) return key.Path.Replace("#", index);
        }
        return null;
    }

    private static void AddFile(SettingSet settings, string path, string shown)
    {
        string text;
        try
        {
            var bytes = new byte[YamlTree.BytesMax + 1];
            using var file = File.OpenRead(path);
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            settings.Faults.Add(new Origin.File(shown, 0, 0), "", "It is no text in UTF-8.");
            return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            settings.Faults.Add(new Origin.File(shown, 0, 0), "", "There is no such file, or it cannot be read.");
            return;
        }
        if (YamlTree.Parse(shown, text, settings.Faults) is { } root) settings.AddFile(root);
    }

    private static void AddVariables(SettingSet settings, IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentNames.Prefix, StringComparison.Ordinal)) continue;
            if (EnvironmentNames.NoSettings.Any(other => other.EndsWith('_')
                ? name.StartsWith(other, StringComparison.Ordinal) : name == other)) continue;
            var origin = new Origin.Variable(YamlTree.Shown(name));
            if (PathOf(name, settings.Table) is { } path)
                settings.AddText(settings.Table.Find(path)!, path, value, origin);
            else
                settings.Faults.Add(origin, "", $"No key has this variable. {Suggest(name, settings.Table)}");
        }
    }

    private static string Suggest(string name, KeyTable table) =>
        Spelling.Nearest(name, table.All.Select(key => EnvironmentNames.Of(key.Path))) is { } near
            ? $"Did you mean {near}?" : "Unset it, or look for its name in the reference.";

    private static void AddFlags(SettingSet settings, IReadOnlyList<string> flags)
    {
        foreach (var flag in flags)
        {
            var sign = flag.IndexOf('=');
            // What has no key may be a secret that was put in the wrong place: it is not shown.
            var path = sign < 0 ? "" : flag[..sign];
            var origin = new Origin.Flag(YamlTree.Shown(path));
            if (path.Length == 0)
                settings.Faults.Add(origin, "", "A flag is a key, '=' and a value: listen.port=7800.");
            else if (!path.Split('.').Any(part => part == "#" || (part.Length > 0 && char.IsAsciiDigit(part[0])
                && !IsIndex(part))) && settings.Table.Find(path) is { } key)
                settings.AddText(key, path, flag[(sign + 1)..], origin);
            else
                settings.Faults.Add(origin, "", $"There is no such key. {Nearest(path, settings.Table)}");
        }
    }

    private static string Nearest(string path, KeyTable table) =>
        Spelling.Nearest(KeyTable.General(path), table.All.Select(key => key.Path)) is { } near
            ? $"Did you mean '{near}'?" : "Look for its name in the reference.";

    /// <summary>One spelling for each number, and few of them.</summary>
    private static bool IsIndex(string text) =>
        text.Length is 1 or 2 or 3 && text.All(char.IsAsciiDigit) && (text == "0" || text[0] != '0');
}
