using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Node.Configuration;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>What a machine needs to run containers, opened once for all roles of a process.</summary>
public sealed class Workshop : IAsyncDisposable
{
    private const long ImageBytesMax = 100L << 30;

    /// <summary>A quarter of what the blobs of a node may take.</summary>
    private const long ModelBytesMax = 64L << 30;

    private readonly ContainerHost host;
    private readonly PodmanEngine? podman;
    private readonly string scratch;
    private readonly List<UnpackedImage> warm = [];

    private Workshop(
        ContainerHost host, ImageStore images, PodmanEngine? podman, string scratch, string secrets)
    {
        (this.host, Images, this.podman, this.scratch) = (host, images, podman, scratch);
        SecretGround = secrets;
    }

    public ImageStore Images { get; }

    public string DriverName => host.DriverName;

    /// <param name="state">Of this process alone: what lies there is cleared.</param>
    /// <param name="imageHome">Where images are kept; may be shared with later processes, not with living ones.</param>
    public static async Task<Workshop> OpenAsync(
        string state, string imageHome, ProviderSettings settings, Action<Exception> trouble)
    {
        Directory.CreateDirectory(state);
        var runtime = Path.Combine(state, "runtime");
        PodmanEngine? podman = null;
        IContainerDriver driver;
        if (settings.Driver == "podman")
        {
            podman = await PodmanEngine.StartAsync(runtime).ConfigureAwait(false);
            driver = new PodmanDriver(podman);
        }
        else
        {
            driver = new OciDriver(RuntimeOf(settings.Driver), runtime);
        }
        var options = new ContainerHostOptions(Path.Combine(state, "containers"))
        {
            CgroupParent = "stun/" + Path.GetFileName(state.TrimEnd('/')),
            EgressMayReach = [.. settings.EgressMayReach.Select(net => System.Net.IPNetwork.Parse(net))],
            OnTrouble = trouble,
        };
        var host = new ContainerHost(options, driver);
        await host.RecoverAsync().ConfigureAwait(false);
        var images = await ImageStore.OpenAsync(imageHome, ImageBytesMax, new ImageLimits()).ConfigureAwait(false);
        var scratch = Path.Combine(state, "runs");
        // What runs left behind belongs to an earlier life.
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        var secrets = Path.Combine(state, "secrets");
        Directory.CreateDirectory(secrets);
        // Mounts are told by their spelling without links.
        secrets = Kernel.RealPath(secrets);
        MemoryFolder.ClearBelow(secrets);
        Directory.CreateDirectory(secrets);
        return new Workshop(host, images, podman, scratch, secrets);
    }

    public ContainerExecutor Executor(Blobs blobs, ReplicaBoard replicas) => new(
        host, Images, blobs, scratch, new ModelShelf(blobs.Files, ModelBytesMax, TimeProvider.System), replicas);

    /// <summary>Runs things whose inputs and outputs are no other's: they are in this folder of memory alone.</summary>
    public ContainerExecutor Executor(Blobs inMemory, MemoryFolder folder) => new(
        host, Images, inMemory, folder.Path,
        new ModelShelf(inMemory.Files, ModelBytesMax, TimeProvider.System), new ReplicaBoard())
    {
        KeepsOffDisk = true,
    };

    /// <summary>Where folders in memory are laid out, and what is sealed waits to be kept.</summary>
    public string SecretGround { get; }

    /// <summary>Brings an image, so that no task has to wait for it, and keeps containers of it ready.</summary>
    public async Task<Digest> PrepareAsync(string source, int warmCount, CancellationToken cancel)
    {
        var image = await Images.AcquireAsync(ImageSource.Parse(source), null, new Progress<ImageProgress>(), cancel)
            .ConfigureAwait(false);
        // In use until the workshop closes: warm containers stand on its root.
        warm.Add(image);
        if (warmCount > 0) await host.KeepWarmAsync(image, warmCount).ConfigureAwait(false);
        return image.Digest;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var image in warm) await host.KeepWarmAsync(image, 0).ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        foreach (var image in warm) image.Dispose();
        Images.Dispose();
        if (podman is not null) await podman.DisposeAsync().ConfigureAwait(false);
    }

    private static OciRuntime RuntimeOf(string name) =>
        OciRuntime.All.FirstOrDefault(runtime => runtime.Name == name) is { IsInstalled: true } found
            ? found
            : throw new NodeException("provider.driver-missing", $"The runtime {name} is not on this machine.",
                "Install it, or set provider.driver to another one.");
}
