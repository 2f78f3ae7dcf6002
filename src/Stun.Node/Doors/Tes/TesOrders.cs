using System.Globalization;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// Makes of each executor a task of ours. All of them see the same directories: those that the document names. What
/// lies there when one ends is its result, and the next one begins with it.
/// </summary>
internal static class TesOrders
{
    /// <summary>As many patterns as a task may have, less the one for the exit code.</summary>
    private const int PatternsMax = 63;

    /// <param name="image">As the API takes it, with its digest.</param>
    /// <param name="carried">The manifest of what lies there at the beginning; null for nothing.</param>
    public static TaskForm FormOf(TesTask task, int step, string image, (Digest Digest, long Size)? carried)
    {
        var reader = new FormReader();
        var asked = BackendParameters.Read(task.Resources?.BackendParameters, reader);
        var executors = task.Executors!;
        return new TaskForm
        {
            Image = image,
            Command = Launcher.CommandOf(executors[step]),
            Inputs = carried is { } there
                ? [new InputForm("/", $"sha256:{there.Digest}", (ulong)there.Size)]
                : [],
            Outputs = OutputsOf(task, step),
            Resources = ResourcesOf(task.Resources, asked),
            Verification = asked.Verification,
            Comparator = asked.Comparator,
            Privacy = asked.Privacy,
            Priority = asked.Priority,
            RunTimeMaxSeconds = asked.RunTimeMaxSeconds,
            Deadline = asked.Deadline,
            PriceLimit = (asked.PriceMax is { } all
                ? all.Units / (UInt128)executors.Count
                : PriceUsual(asked.RunTimeMaxSeconds)).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Whether every executor makes an order that can be: all faults that are seen before anything runs.
    /// </summary>
    public static void Require(TesTask task, IReadOnlyList<string> images, Instant now)
    {
        for (var step = 0; step < task.Executors!.Count; step++)
        {
            var form = FormOf(task, step, images[step], null);
            if (form.Outputs!.Count > PatternsMax + 1)
                throw new ApiException("tes.invalid",
                    $"The task names {form.Outputs.Count - 1} directories and outputs; it may name {PatternsMax}.");
            try
            {
                OrderDesk.Read(form, Address.Zero, 0, now);
            }
            catch (ApiException refused) when (refused.Code == "request.invalid")
            {
                throw new ApiException("tes.invalid", $"executors[{step}]: {refused.Message}")
                {
                    Faults = refused.Faults,
                };
            }
        }
    }

    /// <summary>The directories that all executors share.</summary>
    public static IReadOnlyList<string> DirectoriesOf(TesTask task) => TesPaths.Outermost(
    [
        .. (task.Volumes ?? []).Select(TesPaths.Trim),
        .. (task.Inputs ?? []).Select(input => input.Type == "DIRECTORY"
            ? TesPaths.Trim(input.Path!)
            : TesPaths.ParentOf(TesPaths.Trim(input.Path!))),
        .. (task.Outputs ?? []).Select(PlaceOf),
        .. task.Executors!.SelectMany(executor => (string[])
        [
            TesPaths.ParentOf(executor.Stdin ?? ""), TesPaths.ParentOf(executor.Stdout ?? ""),
            TesPaths.ParentOf(executor.Stderr ?? ""),
            executor.Workdir is null or "/" ? "" : TesPaths.Trim(executor.Workdir),
        ]),
    ]);

    /// <summary>What the API takes for usual, and as much more as the time is longer.</summary>
    private static UInt128 PriceUsual(long seconds) => (UInt128)(1_000_000 * Math.Max(1, (seconds + 599) / 600));

    /// <summary>Files right below the root are in no directory that could be shared: each executor gets them anew.
    /// </summary>
    public static bool IsOfRoot(string path) => path.LastIndexOf('/') == 0;

    public static bool IsRegion(string zone)
    {
        try
        {
            return Region.Parse(zone) != Region.Anywhere;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string PlaceOf(TesOutput output)
    {
        var path = TesPaths.Trim(output.Path!);
        if (PosixPattern.IsWild(path)) return PosixPattern.Parse(path).Place;
        var plain = PosixPattern.Parse(path).Text;
        return output.Type == "DIRECTORY" ? plain : TesPaths.ParentOf(plain);
    }

    /// <summary>All of it while somebody comes after; at the end what was asked for.</summary>
    private static List<string> OutputsOf(TesTask task, int step)
    {
        var directories = DirectoriesOf(task);
        var executor = task.Executors![step];
        List<string> patterns = [Launcher.ExitFile];
        if (step < task.Executors.Count - 1)
        {
            patterns.AddRange(directories.Select(directory => directory + "/**"));
            return patterns;
        }
        patterns.AddRange(directories.Select(directory => directory + "/"));
        foreach (var output in task.Outputs ?? [])
        {
            var wider = PosixPattern.Parse(TesPaths.Trim(output.Path!)).Wider;
            patterns.Add(output.Type == "DIRECTORY" ? wider + "/**" : wider);
        }
        foreach (var file in (string?[])[executor.Stdout, executor.Stderr])
            if (file is { Length: > 0 }) patterns.Add(PosixPattern.Parse(file).Wider);
        return [.. patterns.Distinct(StringComparer.Ordinal)];
    }

    private static ResourcesForm ResourcesOf(TesResources? resources, BackendParameters asked)
    {
        var reader = new FormReader();
        var regions = (resources?.Zones ?? []).Where(IsRegion).ToList();
        return new ResourcesForm
        {
            CpuMillis = resources?.CpuCores is { } cores ? (uint)cores * 1_000 : null,
            MemoryMib = Mebibytes(resources?.RamGb),
            DiskMib = Mebibytes(resources?.DiskGb),
            Regions = regions.Count > 0 ? regions : null,
            GpuCount = asked.Gpu ?? (asked.GpuModel is null && asked.GpuMemoryMib is null ? null : (ushort)1),
            GpuModel = asked.GpuModel,
            GpuMemoryMib = asked.GpuMemoryMib,
            ComputeCapability = asked.ComputeCapability,
        };

        uint? Mebibytes(decimal? gigabytes) => gigabytes is { } size
            ? (uint?)BackendParameters.MebibytesOf(reader, "", size.ToString(CultureInfo.InvariantCulture))
            : null;
    }
}
