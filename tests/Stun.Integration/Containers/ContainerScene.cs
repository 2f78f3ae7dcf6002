using System.Text;
using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Linux;

namespace Stun.Integration.Containers;

/// <summary>A host with its own state directory and group, and an image of busybox, for one test.</summary>
internal sealed class ContainerScene : IAsyncDisposable
{
    public const long MiB = 1 << 20;

    private static readonly string[] Applets =
        ["sh", "ls", "cat", "echo", "id", "sleep", "dd", "env", "true", "false", "ln", "mkdir", "touch", "yes", "stat"];

    private readonly string directory;
    private readonly string group = $"stun-test-{Guid.NewGuid():n}"[..20];
    private int count;

    private readonly TestDriver driver;

    private ContainerScene(string directory, TestDriver driver)
    {
        this.directory = directory;
        this.driver = driver;
        Host = NewHost();
        Image = MakeImage(Path.Combine(directory, "image"));
    }

    public string DriverName => driver.Driver.Name;

    public bool CanWait => driver.Driver.CanWait;

    public ContainerHost Host { get; private set; }

    public UnpackedImage Image { get; }

    public string StateDirectory => Path.Combine(directory, "state");

    public string CgroupParent => group;

    public List<Exception> Troubles { get; } = [];

    public static RunLimits Limits { get; } =
        new(64 * MiB, 1000, 64, 16 * MiB, 1 * MiB, TimeSpan.FromSeconds(60));

    /// <summary>Skips the test where the driver or the privilege to use it is missing.</summary>
    public static async Task<ContainerScene> OpenAsync(string driver)
    {
        Assert.SkipUnless(Kernel.IsRoot, "running containers needs root");
        Assert.SkipUnless(TestDrivers.IsInstalled(driver), $"{driver} is not installed");
        var directory = Directory.CreateTempSubdirectory("stun-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_001_001);
        return new ContainerScene(
            directory, await TestDrivers.CreateAsync(driver, Path.Combine(directory, "runtime")));
    }

    public string NewDirectory(string name) => Directory.CreateDirectory(Path.Combine(directory, name)).FullName;

    public RunRequest Request(params string[] command) =>
        new($"run-{++count}", Image, [.. command], [], ["**"], Limits, Path.Combine(directory, "taken", $"{count}"));

    public Task<Outcome> ShellAsync(string script, Func<RunRequest, RunRequest>? with = null) =>
        RunAsync((with ?? (request => request))(Request("/bin/sh", "-c", script)));

    public async Task<Outcome> RunAsync(RunRequest request, CancellationToken stop = default)
    {
        var output = new StringBuilder();
        var errors = new StringBuilder();
        var report = await Host.RunAsync(request, (stream, bytes) =>
            (stream == LogStream.Output ? output : errors).Append(Encoding.UTF8.GetString(bytes.Span)), stop);
        return new Outcome(report, output.ToString(), errors.ToString(), request.OutputDirectory);
    }

    /// <summary>As after the end of the process: what it held of the state directory is free.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = NewHost();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await driver.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        foreach (var controller in Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
            if (Directory.Exists(Path.Combine(controller, group))) Directory.Delete(Path.Combine(controller, group));
        Assert.Empty(Troubles);
    }

    private ContainerHost NewHost()
    {
        var options = new ContainerHostOptions(StateDirectory)
        {
            CgroupParent = group,
            EgressMayReach = [EgressLab.Network],
            EgressNames = EgressLab.NamesAsync,
            OnTrouble = failure => { lock (Troubles) Troubles.Add(failure); },
        };
        return new ContainerHost(options, driver.Driver);
    }

    private static UnpackedImage MakeImage(string root)
    {
        var programs = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        File.Copy("/bin/busybox", Path.Combine(programs, "busybox"));
        foreach (var applet in Applets) File.CreateSymbolicLink(Path.Combine(programs, applet), "busybox");
        var config = new ImageConfig([], [], ["PATH=/bin", "COLOUR=green"], "/");
        return new UnpackedImage(new Digest(1, 2, 3, 4), root, config, () => { });
    }
}

internal sealed record Outcome(RunReport Report, string Output, string Errors, string OutputDirectory)
{
    public RunEnd End => Report.End;

    public string Text(string name) => File.ReadAllText(Path.Combine(
        OutputDirectory, Report.Outputs.Single(file => file.Name == name).Digest.ToString()));
}

internal static class TestDrivers
{
    private const string Podman = "podman";

    public static readonly string[] Names = ["crun", "runc", "runsc", Podman];

    public static bool IsInstalled(string name) =>
        name == Podman ? PodmanEngine.IsInstalled : Runtime(name).IsInstalled;

    public static async Task<TestDriver> CreateAsync(string name, string directory)
    {
        if (name != Podman) return new TestDriver(new OciDriver(Runtime(name), directory), null);
        var engine = await PodmanEngine.StartAsync(directory);
        return new TestDriver(new PodmanDriver(engine), engine);
    }

    private static OciRuntime Runtime(string name) => OciRuntime.All.Single(runtime => runtime.Name == name);
}

/// <param name="Engine">The service behind it, where there is one.</param>
internal sealed record TestDriver(IContainerDriver Driver, PodmanEngine? Engine) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Engine?.DisposeAsync() ?? ValueTask.CompletedTask;
}
