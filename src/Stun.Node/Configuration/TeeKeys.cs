using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>The keys about trusted hardware: this machine's own, and what must be known of that of others.</summary>
internal static class TeeKeys
{
    public static IEnumerable<SettingKey> All =>
    [
        new("tee.source", Forms.OneOf("none", "tsm", "sev-guest"), "none",
            "Where this machine's own evidence comes from: tsm is Linux's configfs, whatever the hardware.", "tsm"),
        new("tee.collateral", Forms.Text, "", "Folder of the makers' levels, identities and lists of revoked keys. "
            + "Else the makers are asked under these addresses; with neither, no evidence that needs them is taken.",
            "collateral"),
        new("tee.intel", Forms.HttpUrl, "", "Intel's service of levels and lists, or a cache of it.",
            "https://pccs.example"),
        new("tee.intel-root-list", Forms.HttpUrl, "", "The list of keys that Intel's root has revoked.",
            "https://pccs.example/root.crl"),
        new("tee.amd", Forms.HttpUrl, "", "AMD's service of keys and lists, or a cache of it.",
            "https://kds.example"),
    ];

    public static TeeSettings Read(SettingSet settings, ConfiguredPaths paths) => new(
        settings.Get<string>("tee.source"), paths.Find("tee.collateral"),
        Url(settings, "tee.intel"), Url(settings, "tee.intel-root-list"), Url(settings, "tee.amd"));

    private static Uri? Url(SettingSet settings, string key) =>
        settings.Find(key)?.Value is string text ? new Uri(text) : null;
}
