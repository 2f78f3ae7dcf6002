using System.CommandLine;
using Stun.Calls;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Fetching;

namespace Stun.Commands;

/// <summary>Options of a task whose inputs are sealed.</summary>
internal static class SecretOptions
{
    private static readonly Option<string?> Policy = new("--secret")
    {
        Description = "Seal the inputs to trusted hardware that this policy takes; outputs come back sealed.",
        HelpName = "POLICY",
    };

    private static readonly Option<bool> EndToEnd = new("--end-to-end")
    {
        Description = "Seal the inputs to one provider, without any hardware: nobody on the way reads them, and its "
            + "owner does.",
    };

    public static IEnumerable<Option> All => [Policy, EndToEnd, TeeCommands.CollateralPath, TeeCommands.SoftwareRoot];

    /// <summary>Null where inputs are as they are.</summary>
    public static SecretTerms? Of(ParseResult parsed)
    {
        var (path, isEndToEnd) = (parsed.GetValue(Policy), parsed.GetValue(EndToEnd));
        if (path is not null && isEndToEnd)
            throw CommandException.Usage("--secret and --end-to-end are two things.", "Give one of them.");
        if (path is null && !isEndToEnd) return null;
        var roots = TrustRoots.Pinned;
        CollateralFolder? folder = null;
        if (parsed.GetValue(TeeCommands.CollateralPath) is { } place)
        {
            folder = TeeCommands.ReadFolder(place);
            roots = roots.With(folder.ArmKeys);
        }
        if (parsed.GetValue(TeeCommands.SoftwareRoot) is { } root)
            roots = TeeCommands.Guarded(() => roots.WithSoftware(TeeCommands.ReadFile(root)));
        ReadOnlyMemory<byte>? policy = null;
        if (path is not null)
        {
            var bytes = TeeCommands.ReadFile(path);
            _ = TeeCommands.Guarded(() => PolicyFile.Read(bytes));
            policy = bytes;
        }
        return new SecretTerms(policy, roots, bundle => TeeCommands.CollateralOf(bundle, folder));
    }
}
