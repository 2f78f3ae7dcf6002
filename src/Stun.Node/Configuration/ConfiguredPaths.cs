using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>Paths in settings: made absolute from where they were written, and looked for if they must exist.</summary>
internal sealed class ConfiguredPaths(SettingSet settings, ConfigurationSources sources)
{
    private static readonly string[] Files =
        [
        "listen.tls-certificate", "listen.tls-key", "provider.policy-file", "keys.password-file", "chain.contracts",
        "operator.bridge-token-file",
    ];

    public string? Find(string key) =>
        settings.Find(key) is { Value: string path } setting ? From(setting, path) : null;

    /// <summary>Of a list of paths.</summary>
    public IReadOnlyList<string> All(string key) => settings.Find(key) is { Value: List<object> items } setting
        ? [.. items.Cast<string>().Select(path => From(setting, path))]
        : [];

    public string DataDirectory
    {
        get
        {
            var path = Find("data-directory")!;
            if (File.Exists(path)) settings.Fault("data-directory", $"{path} is a file. Name a directory.");
            return path;
        }
    }

    /// <summary>A file that has to be there.</summary>
    public string? ExistingFile(string key)
    {
        var path = Find(key);
        if (path is not null && !File.Exists(path))
            settings.Fault(key, Missing(path));
        return path;
    }

    /// <summary>So that missing files are told together with everything else.</summary>
    public void LookAtAll()
    {
        foreach (var key in Files) ExistingFile(key);
        foreach (var list in (string[])["operator.models", "models.outside"])
            for (var index = 0; index < settings.CountOf(list); index++)
                ExistingFile($"{list}.{index}.key-file");
        foreach (var path in All("operator.federations"))
            if (!File.Exists(path)) settings.Fault("operator.federations", Missing(path));
        _ = DataDirectory;
    }

    private static string Missing(string path) =>
        $"There is no file {path}. Relative paths begin at the place of the configuration.";

    private string From(Setting setting, string path)
    {
        var start = sources.WorkingDirectory;
        if (setting.Origin is Origin.File && sources.File is { } file)
            start = Path.GetDirectoryName(Path.GetFullPath(file, start)) ?? start;
        return Path.GetFullPath(path, start);
    }
}
