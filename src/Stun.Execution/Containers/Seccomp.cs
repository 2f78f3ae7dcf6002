using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Execution.Containers;

/// <summary>
/// The profile of every container. The distributions' own profiles let a container without capabilities make user
/// namespaces, with all capabilities inside, and open AF_VSOCK sockets, which lead past any network namespace to the
/// hypervisor. Here both are closed, and so is what has been a door before: keys, bpf, io_uring, userfaultfd, ptrace.
/// </summary>
internal static class Seccomp
{
    /// <summary>All CLONE_NEW flags, of time namespaces too.</summary>
    private const uint NamespaceFlags = 0x7E02_0080;

    private const int Unix = 1, Inet = 2, Inet6 = 10, Netlink = 16, NetlinkRoute = 0;

    private static readonly string Text = Build().ToJsonString();

    /// <summary>A new node each time: a node lives in one document.</summary>
    public static JsonNode Profile => JsonNode.Parse(Text)!;

    public static string ProfileText => Text;

    private static JsonObject Build()
    {
        var calls = new JsonArray
        {
            Allow(AllowedNames()),
            Allow(["clone"], Argument(0, NamespaceFlags, "SCMP_CMP_MASKED_EQ", 0)),
            // Its flags lie in memory, where a filter cannot look. The C library falls back to clone if the call is
            // "not implemented", which is what asking a tracer means where there is none (seccomp(2)), and ptrace is
            // refused. A chosen error number would say it more plainly, but gVisor does not know such.
            new JsonObject { ["names"] = new JsonArray("clone3"), ["action"] = "SCMP_ACT_TRACE" },
            Allow(["personality"], Argument(0, 0, "SCMP_CMP_EQ", 0)),
            Allow(["personality"], Argument(0, uint.MaxValue, "SCMP_CMP_EQ", 0)),
            Allow(["socket"], Argument(0, Netlink, "SCMP_CMP_EQ", 0), Argument(2, NetlinkRoute, "SCMP_CMP_EQ", 0)),
        };
        foreach (var family in new[] { Unix, Inet, Inet6 })
            calls.Add(Allow(["socket"], Argument(0, (uint)family, "SCMP_CMP_EQ", 0)));
        return new JsonObject
        {
            ["defaultAction"] = "SCMP_ACT_ERRNO",
            ["defaultErrnoRet"] = 1,
            ["architectures"] = new JsonArray(Architecture),
            ["syscalls"] = calls,
        };
    }

    /// <summary>Only the machine's own: calls by the numbers of another architecture are refused.</summary>
    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "SCMP_ARCH_AARCH64",
        _ => "SCMP_ARCH_X86_64",
    };

    private static string[] AllowedNames()
    {
        var assembly = typeof(Seccomp).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream("seccomp-allowed.txt")!);
        return reader.ReadToEnd().Split('\n')
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
    }

    private static JsonObject Allow(string[] names, params JsonObject[] arguments)
    {
        var call = new JsonObject
        {
            ["names"] = new JsonArray(names.Select(name => (JsonNode)name!).ToArray()),
            ["action"] = "SCMP_ACT_ALLOW",
        };
        if (arguments.Length > 0) call["args"] = new JsonArray(arguments);
        return call;
    }

    private static JsonObject Argument(int index, uint value, string comparison, uint second) =>
        new() { ["index"] = index, ["value"] = value, ["valueTwo"] = second, ["op"] = comparison };
}
