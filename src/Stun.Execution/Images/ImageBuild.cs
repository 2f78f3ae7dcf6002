using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Images;

public sealed record BuiltImage(Digest Digest, string Layout, long Bytes);

/// <summary>
/// Makes one of our images from its recipe, the same bytes each time: Debian packages are laid out without running
/// their scripts, what differs from run to run is removed, and <see cref="OciLayoutWriter"/> writes the layout.
/// The packages come from where this machine gets its own.
/// </summary>
public sealed class ImageBuild(ImageRecipe recipe, IProgress<string> steps)
{
    /// <summary>Any fixed time will do; packages carry older ones.</summary>
    private const string Epoch = "SOURCE_DATE_EPOCH=1700000000";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(40);

    /// <summary>What depends on the machine or the moment of the build, or is of no use in a container.</summary>
    private static readonly string[] Emptied =
    [
        "dev", "proc", "sys", "run", "tmp", "var/cache", "var/log", "var/tmp", "var/lib/apt", "etc/apt",
        "etc/hostname", "etc/resolv.conf", "etc/machine-id", "var/lib/dpkg/status-old", "var/lib/dpkg/lock",
        "var/lib/dpkg/lock-frontend", "var/lib/dpkg/triggers/Lock", "var/lib/dpkg/diversions-old",
    ];

    private static readonly string[] Left = ["dev", "proc", "sys", "run", "tmp", "var/tmp"];

    /// <param name="outside">Where the finished layout goes; what lies there is replaced.</param>
    public async Task<BuiltImage> RunAsync(string outside, CancellationToken cancel)
    {
        await InstallPrerequisitesAsync(cancel).ConfigureAwait(false);
        var work = Directory.CreateTempSubdirectory("stun-image-").FullName;
        try
        {
            var root = Path.Combine(work, "root");
            await LayOutAsync(root, cancel).ConfigureAwait(false);
            await RunScriptAsync(root, work, cancel).ConfigureAwait(false);
            steps.Report("writing the layout");
            Directory.CreateDirectory(outside);
            var layout = Path.Combine(Path.GetFullPath(outside), recipe.Name);
            var next = layout + ".next";
            await DiskSpace.RemoveAsync(next).ConfigureAwait(false);
            var digest = await Task.Run(() => OciLayoutWriter.Write(root, recipe.Config, next), cancel)
                .ConfigureAwait(false);
            await DiskSpace.RemoveAsync(layout).ConfigureAwait(false);
            Directory.Move(next, layout);
            var bytes = new DirectoryInfo(layout).EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(file => file.Length);
            return new BuiltImage(digest, layout, bytes);
        }
        finally
        {
            await DiskSpace.RemoveAsync(work).ConfigureAwait(false);
        }
    }

    private async Task InstallPrerequisitesAsync(CancellationToken cancel)
    {
        List<string> missing = [];
        foreach (var package in recipe.Prerequisites.Span.ToArray())
        {
            var status = await Tool.RunAsync("dpkg-query", ["-W", "-f", "${db:Status-Status}", package], Patience,
                cancel).ConfigureAwait(false);
            if (status.Output != "installed") missing.Add(package);
        }
        if (missing.Count == 0) return;
        var command = $"apt-get install -y --no-install-recommends {string.Join(' ', missing)}";
        if (!Kernel.IsRoot)
            throw new ExecutionException("image.recipe-prerequisite",
                $"The recipe '{recipe.Name}' needs packages of this machine.", $"Run as root: {command}");
        steps.Report($"installing {string.Join(' ', missing)}");
        await RequireAsync("apt-get", ["install", "-y", "--no-install-recommends", .. missing], cancel)
            .ConfigureAwait(false);
    }

    private async Task LayOutAsync(string root, CancellationToken cancel)
    {
        if (recipe.Packages.Count == 0)
        {
            Directory.CreateDirectory(root);
            return;
        }
        if (!Kernel.IsRoot)
            throw new ExecutionException("image.recipe-root", "Only root can lay out Debian packages.",
                "Build as root, or pull the finished image.");
        steps.Report($"laying out {recipe.Packages.Count} packages and what they depend on");
        List<string> arguments =
        [
            Epoch, "mmdebstrap", "--quiet", "--mode=root", "--variant=extract", "--format=directory",
            "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
            $"--include={string.Join(',', recipe.Packages.Span.ToArray())}",
        ];
        foreach (var path in new[] { "man", "doc", "locale", "info", "lintian", "doc-base" })
            arguments.Add($"--dpkgopt=path-exclude=/usr/share/{path}/*");
        arguments.Add("--dpkgopt=path-exclude=/usr/lib/x86_64-linux-gnu/gconv/*");
        arguments.AddRange([Suite(), root, .. PackageSources()]);
        await RequireAsync("env", arguments, cancel).ConfigureAwait(false);
        foreach (var path in Emptied)
            await DiskSpace.RemoveAsync(Path.Combine(root, path)).ConfigureAwait(false);
        foreach (var path in Left) Directory.CreateDirectory(Path.Combine(root, path));
    }

    private async Task RunScriptAsync(string root, string work, CancellationToken cancel)
    {
        if (recipe.Script is not { } script) return;
        steps.Report("running build.sh");
        var scratch = Path.Combine(work, "scratch");
        Directory.CreateDirectory(scratch);
        await RequireAsync("env",
            [Epoch, "LC_ALL=C.UTF-8", "TZ=UTC", $"ROOT={root}", $"RECIPE={recipe.Directory}", $"SCRATCH={scratch}",
                "bash", "-euo", "pipefail", script], cancel).ConfigureAwait(false);
    }

    private static string Suite() =>
        File.ReadAllLines("/etc/os-release")
            .Where(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal))
            .Select(line => line.Split('=')[1].Trim('"'))
            .FirstOrDefault() ?? throw new ExecutionException("image.recipe-system", "This machine is no Debian.",
                "Build on Debian, or pull the finished image.");

    /// <summary>The lists of the machine itself: a mirror written down here would be wrong elsewhere.</summary>
    private static IEnumerable<string> PackageSources()
    {
        const string Old = "/etc/apt/sources.list", New = "/etc/apt/sources.list.d";
        var found = Directory.Exists(New)
            ? Directory.EnumerateFiles(New).Where(file => file.EndsWith(".sources", StringComparison.Ordinal)
                || file.EndsWith(".list", StringComparison.Ordinal))
            : [];
        if (File.Exists(Old) && new FileInfo(Old).Length > 0) found = found.Append(Old);
        return found.Order(StringComparer.Ordinal);
    }

    private async Task RequireAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var result = await Tool.RunAsync(program, arguments, Patience, cancel).ConfigureAwait(false);
        if (!result.Ok)
            throw new ExecutionException("image.build",
                $"The image '{recipe.Name}' cannot be built: {ImageRefusal.LastLine(result.Errors)}",
                "Look at the recipe, and whether this machine reaches its package mirror.");
    }
}
