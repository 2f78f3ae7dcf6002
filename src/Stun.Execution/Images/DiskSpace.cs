using Stun.Execution.Tools;

namespace Stun.Execution.Images;

/// <summary>What lies on the disk, in bytes that it really takes, and how much room is left.</summary>
internal static class DiskSpace
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static void Require(string directory, long bytes, ImageLimits limits, string what)
    {
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (free - limits.FreeBytesMin < bytes)
            throw ImageRefusal.DiskFull(
                $"{what} needs {bytes} bytes beside the reserve of {limits.FreeBytesMin}; {free} are free.");
    }

    public static async Task<long> MeasureAsync(string directory, CancellationToken cancel)
    {
        var result = await Tool.RunAsync("du", ["-s", "-x", "-B1", "--", directory], Patience, cancel)
            .ConfigureAwait(false);
        return result.Ok && long.TryParse(result.Output.Split('\t')[0], out var bytes)
            ? bytes
            : throw new ExecutionException("image.unpack", $"{directory} cannot be measured: {result.Errors}",
                "Look at the disk of the store.");
    }

    /// <summary>
    /// Names in an image may be no text at all, which the framework cannot spell; rm can. Never follows a link.
    /// </summary>
    public static async Task RemoveAsync(string path)
    {
        var result = await Tool.RunAsync("rm", ["-rf", "--one-file-system", "--", path], Patience)
            .ConfigureAwait(false);
        if (!result.Ok)
            throw new ExecutionException("image.remove", $"{path} cannot be removed: {result.Errors}",
                "Look who uses it: a mount inside it, or another user's files.");
    }

    /// <summary>Puts all of this file system on the disk: a rename may then say "complete".</summary>
    public static async Task FlushAsync(string path, CancellationToken cancel)
    {
        var result = await Tool.RunAsync("sync", ["-f", path], Patience, cancel).ConfigureAwait(false);
        if (!result.Ok)
            throw new ExecutionException("image.unpack", $"{path} cannot be flushed: {result.Errors}",
                "Look at the disk of the store.");
    }

    /// <summary>The files of a directory that is being filled by another program.</summary>
    public static long Filled(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
        }
        catch (IOException)
        {
            // A file was renamed while we looked. The next look counts it.
            return 0;
        }
    }
}
