using Stun.Node.Doors.Tes;
using Stun.Node.Operator.Responders;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>The keys of the TES door, and what they say.</summary>
internal static class TesKeys
{
    private static readonly SettingForm Host = new SettingForm<string>(
        "host", "a host such as files.example, *.files.example or files.example:8443",
        text => AllowedHosts.Fault(text) is null ? text : null, text => text);

    private static readonly SettingForm AnyHost = new SettingForm<string>(
        "registry", "a host such as registry.example or registry.example:5000, or * for all",
        text => text == "*" || AllowedHosts.Fault(text) is null ? text : null, text => text);

    public static IEnumerable<SettingKey> All =>
    [
        new("tes.registry", Host, "", "The registry that is meant where an image of a TES document names none. "
            + "Left out: such names mean nothing, beside those that the node knows.", "registry.example"),
        List("tes.registries", AnyHost, "Registries that are asked what a tag stands for, beside that one.",
            "registry.example:5000"),
        List("tes.http-hosts", Host, "Web servers of which inputs of TES documents may come, redirects and all.",
            "files.example"),
        List("tes.http-may-reach", ConfigurationKeys.IpNetwork,
            "Private networks that may be reached for them, where a host leads there.", "10.1.0.0/16"),
    ];

    public static TesSettings Read(SettingSet settings) => new()
    {
        Registry = settings.Find("tes.registry")?.Value as string,
        Registries = [.. settings.List<string>("tes.registries")],
        HttpHosts = [.. settings.List<string>("tes.http-hosts")],
        MayReach = [.. settings.List<string>("tes.http-may-reach")],
    };

    private static SettingKey List(string path, SettingForm form, string meaning, string example) =>
        new(path, form, "[]", meaning, example)
        {
            IsList = true,
            IsSet = true,
        };
}
