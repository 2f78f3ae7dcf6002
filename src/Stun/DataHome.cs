namespace Stun;

/// <summary>Where this machine's user keeps what Stun keeps.</summary>
internal static class DataHome
{
    /// <summary>
    /// Containers are other users and must be able to pass through it: the home of root is closed, so root's is
    /// elsewhere.
    /// </summary>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("STUN_HOME") is { Length: > 0 } home)
                return System.IO.Path.GetFullPath(home);
            if (Environment.IsPrivilegedProcess) return "/var/lib/stun";
            var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } given
                ? given
                : System.IO.Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            return System.IO.Path.Combine(data, "stun");
        }
    }

    public static string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes it so that others may pass through and not look.</summary>
    public static void Make()
    {
        Directory.CreateDirectory(Path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                Path, File.GetUnixFileMode(Path) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
    }
}
