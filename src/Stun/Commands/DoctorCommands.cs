using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stun.Calls;
using Stun.Execution;
using Stun.Execution.Cgroups;
using Stun.Execution.Containers;
using Stun.Execution.Tools;
using Stun.Node.Gateway;

namespace Stun.Commands;

/// <summary><c>stun doctor</c>: what is missing, what is wrong, and how to mend it.</summary>
internal static class DoctorCommands
{
    private const int UsualPort = 7800;
    private const long SpaceMin = 2L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Option<string?> Connection =
        new("--connection") { Description = "A PostgreSQL to try as well." };

    /// <param name="State">ok, weak (it works without) or bad.</param>
    private sealed record Finding(string Name, string State, string What, string? Cure = null);

    public static Command Make() => Shared.Local("doctor", "Looks at this machine and says what is missing or wrong.",
        [Connection, Shared.Json, Shared.Node, Shared.Key], RunAsync,
        "stun doctor", "stun doctor --connection 'Host=localhost;Username=stun' --json");

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        List<Finding> findings = [.. await PrerequisitesAsync(cancel).ConfigureAwait(false)];
        findings.AddRange([Root(), Groups(), Runtime(), Space(), Image(), Port()]);
        findings.AddRange(await NodeAsync(parsed, cancel).ConfigureAwait(false));
        if (parsed.GetValue(Connection) is { } connection)
            findings.Add(await DatabaseAsync(connection, cancel).ConfigureAwait(false));
        if (Shared.IsJson(parsed)) Screen.Write(new { Findings = findings });
        else
            foreach (var finding in findings)
            {
                Screen.Line($"{finding.State,-5} {finding.Name,-16} {finding.What}");
                if (finding.Cure is { } cure) Screen.Line($"      {"",-16} cure: {cure}");
            }
        return findings.Exists(finding => finding.State == "bad") ? Exits.Failed : Exits.Ok;
    }

    /// <summary>The list of the working copy, where this runs in one: the same that ./check goes by.</summary>
    private static async Task<List<Finding>> PrerequisitesAsync(CancellationToken cancel)
    {
        List<Finding> findings = [];
        var root = Path.GetFullPath(Path.Combine(OurImages.Recipes, ".."));
        var list = Path.Combine(root, "eng", "prerequisites");
        if (!File.Exists(list)) return findings;
        foreach (var line in await File.ReadAllLinesAsync(list, cancel).ConfigureAwait(false))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.Split(" ;; ", StringSplitOptions.TrimEntries) is not { Length: >= 4 } parts) continue;
            var (name, what, cure) = (parts[0], parts[1], parts[^1]);
            var detect = string.Join(" ;; ", parts[2..^1]);
            var script = $"cd '{root}' && PATH=$PATH:/usr/sbin:/sbin; {detect}";
            var found = await Tool.RunAsync("bash", ["-c", script], Patience, cancel).ConfigureAwait(false);
            var isOptional = cure.StartsWith("apt?:", StringComparison.Ordinal);
            if (found.Ok) findings.Add(new Finding(name, "ok", what));
            else findings.Add(new Finding(name, isOptional ? "weak" : "bad", $"missing: {what}", CureOf(cure)));
        }
        return findings;
    }

    private static string CureOf(string cure) =>
        cure.StartsWith("apt", StringComparison.Ordinal) ? "as root, apt-get install" + cure[(cure.IndexOf(':') + 1)..]
            : cure.StartsWith("npm:", StringComparison.Ordinal) ? "npm ci in" + cure["npm:".Length..] : cure;

    private static Finding Root() => Environment.IsPrivilegedProcess
        ? new Finding("root", "ok", "containers can be run")
        : new Finding("root", "bad", "containers need root", "run it as root, or use --executor noop to try the rest");

    private static Finding Groups()
    {
        try
        {
            CgroupTree.Detect("stun/doctor");
            return new Finding("cgroups", "ok", "limits can be set");
        }
        catch (Exception failure) when (failure is ExecutionException or IOException or UnauthorizedAccessException)
        {
            return new Finding(
                "cgroups", "bad", failure.Message, "run as root on a system that has its groups mounted");
        }
    }

    private static Finding Runtime()
    {
        var names = OciRuntime.All.Where(runtime => runtime.IsInstalled).Select(runtime => runtime.Name).ToList();
        return names.Count > 0
            ? new Finding("runtimes", "ok", string.Join(", ", names))
            : new Finding("runtimes", "bad", "none of crun, runc, runsc", "as root, apt-get install crun");
    }

    private static Finding Space()
    {
        var folder = new DirectoryInfo(DataHome.Path);
        while (!folder.Exists && folder.Parent is not null) folder = folder.Parent;
        var free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:0.0} GB free for {DataHome.Path}");
        return free >= SpaceMin
            ? new Finding("space", "ok", text)
            : new Finding("space", "bad", text, "make room, or set STUN_HOME to a larger disk");
    }

    private static Finding Image() => OurImages.IsBuilt(OurImages.Base)
        ? new Finding("image", "ok", "the image base is built")
        : new Finding(
            "image", "weak", "the image base is not built yet", "stun images build base; stun dev does it as well");

    private static Finding Port()
    {
        if (NodeAddress.Read()?.Node.Port == UsualPort)
            return new Finding("port", "ok", $"{UsualPort} is that of 'stun dev'");
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, UsualPort);
            probe.Start();
            return new Finding("port", "ok", $"{UsualPort} is free");
        }
        catch (SocketException)
        {
            return new Finding("port", "weak", $"somebody has {UsualPort}", "give stun dev another with --port");
        }
    }

    private static async Task<List<Finding>> NodeAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            using var calls = Shared.Calls(parsed);
            using var response = await calls.OpenAsync("/v1/network", null, cancel).ConfigureAwait(false);
            var apart = response.Headers.Date is { } theirs ? (DateTimeOffset.UtcNow - theirs).Duration()
                : TimeSpan.Zero;
            List<Finding> findings =
            [
                new Finding("node", "ok", $"{calls.Node} answers"),
                apart < TimeSpan.FromSeconds(5)
                    ? new Finding("clock", "ok", "as the node's")
                    : new Finding("clock", "bad", $"{apart.TotalSeconds:0} s apart from the node's",
                        "let the system keep the time: timedatectl set-ntp true"),
            ];
            await calls.GetAsync<HealthView>("/readyz", cancel).ConfigureAwait(false);
            findings.Add(new Finding("ready", "ok", "the node takes tasks in"));
            return findings;
        }
        catch (CommandException failure)
        {
            // A machine without a node is sound; only one that was named has to answer.
            var isMeant = parsed.GetValue(Shared.Node) is not null;
            var isNone = failure.Code is "node.unnamed" or "node.unreachable";
            return [new Finding("node", isNone && !isMeant ? "weak" : "bad", failure.Message, failure.Cure)];
        }
    }

    private static async Task<Finding> DatabaseAsync(string connection, CancellationToken cancel)
    {
        try
        {
            var source = Npgsql.NpgsqlDataSource.Create(connection);
            await using (source.ConfigureAwait(false))
            {
                var open = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
                await using (open.ConfigureAwait(false))
                    return new Finding("database", "ok", $"PostgreSQL {open.PostgreSqlVersion} at {open.Host}");
            }
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or ArgumentException)
        {
            return new Finding("database", "bad", failure.Message, "look at --connection and whether it runs");
        }
    }
}
