using System.CommandLine;
using Stun.Node.Configuration;

namespace Stun.Commands;

/// <summary><c>stun config</c>: what a node would be told, and where each word of it comes from.</summary>
internal static class ConfigCommands
{
    internal static readonly Option<string?> File = new("--config")
    {
        Description = "The node's configuration; else STUN_CONFIG.",
        HelpName = "FILE",
    };

    internal static readonly Option<string[]> Sets = new("--set")
    {
        Description = "One setting, which wins over file and variables.",
        HelpName = "KEY=VALUE",
    };

    public static Command Make() => Shared.Group("config", "The configuration of a node.", Show(), Check());

    internal static NodeConfiguration Load(ParseResult parsed)
    {
        var file = parsed.GetValue(File)
            ?? (Environment.GetEnvironmentVariable("STUN_CONFIG") is { Length: > 0 } named ? named : null);
        return NodeConfiguration.Load(ConfigurationSources.OfProcess(file, parsed.GetValue(Sets) ?? []));
    }

    private static Command Show() =>
        Shared.Local("show", "Every setting, its value and its source; secrets are masked.",
        [File, Sets, Shared.Json], (parsed, _) =>
        {
            var values = Load(parsed).Values;
            if (Shared.IsJson(parsed)) Screen.Write(new { Values = values });
            else
                Screen.Table(["KEY", "VALUE", "SOURCE"],
                    values.Select(each => (string[])[each.Key, each.Value, each.Source]));
            return Task.FromResult(Exits.Ok);
        }, "stun config show --config node.yaml", "stun config show --config node.yaml --set listen.port=0 --json");

    private static Command Check() => Shared.Local("check", "Says everything that is wrong with a configuration.",
        [File, Sets, Shared.Json], (parsed, _) =>
        {
            var configuration = Load(parsed);
            if (Shared.IsJson(parsed))
                Screen.Write(new { Ok = true, Roles = configuration.Roles.Select(role => $"{role}") });
            else Screen.Line($"The configuration is whole: {string.Join(", ", configuration.Roles)}.");
            return Task.FromResult(Exits.Ok);
        }, "stun config check --config node.yaml");
}
