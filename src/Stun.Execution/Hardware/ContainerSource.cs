namespace Stun.Execution.Hardware;

/// <summary>What containers can be run with: control groups, overlayfs, user namespaces, and the runtimes.</summary>
public static class ContainerSource
{
    private static readonly string[] Runtimes = ["crun", "runc", "runsc", "podman"];

    public static async Task<ContainerReport> ReadAsync(
        MachineFiles files, HardwareTools tools, List<Remark> remarks)
    {
        List<ToolVersion> versions = [];
        foreach (var runtime in Runtimes)
            if (await tools.AskAsync(runtime, ["--version"], remarks).ConfigureAwait(false) is { } text)
                versions.Add(new ToolVersion(runtime, Version(text)));
        return new ContainerReport(
            ControlGroup.VersionOf(files),
            files.Lines("/proc/filesystems").Any(line => line.Trim() is "nodev\toverlay" or "overlay"),
            HasUserNamespaces(files),
            ValueList.From(versions));
    }

    /// <summary>The last word of the first line: all four print "NAME version X", with or without the colon.</summary>
    public static string Version(string text) =>
        Told.Short(text.Split('\n')[0].Trim().Split(' ')[^1]);

    private static bool HasUserNamespaces(MachineFiles files) =>
        files.Number("/proc/sys/user/max_user_namespaces") > 0
        // Debian's and Ubuntu's own switches; absent elsewhere.
        && files.Number("/proc/sys/kernel/unprivileged_userns_clone") != 0
        && files.Number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") is not 1;
}
