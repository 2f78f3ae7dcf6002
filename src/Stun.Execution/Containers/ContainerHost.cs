using System.Collections.Concurrent;
using System.Net;
using Stun.Execution.Images;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <param name="StateDirectory">Of this host alone, on a local disk; what it holds is worthless after a restart of the
/// machine.</param>
public sealed record ContainerHostOptions(string StateDirectory)
{
    public string CgroupParent { get; init; } = "stun";

    /// <summary>
    /// Private networks of which tasks may name hosts to connect to. The machine's own addresses are never among them.
    /// </summary>
    public IReadOnlyList<IPNetwork> EgressMayReach { get; init; } = [];

    /// <summary>Who is asked what the names of destinations mean; by default this machine's own resolver.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> EgressNames { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>What went wrong after a run while its traces were removed. It will be tried again at the next start.
    /// </summary>
    public Action<Exception> OnTrouble { get; init; } = _ => { };
}

/// <summary>
/// Runs strangers' programs on this machine. One host for one state directory; any number of runs at once.
/// </summary>
public sealed class ContainerHost : IAsyncDisposable
{
    private readonly ContainerHostOptions options;
    private readonly IContainerDriver driver;
    private readonly HostGround ground;
    private readonly ConcurrentDictionary<string, byte> names = new();
    private readonly Lazy<WarmPool> warm;

    public ContainerHost(ContainerHostOptions options, IContainerDriver driver)
    {
        if (!Kernel.IsRoot)
            throw new ExecutionException("host.not-root", "Running containers needs root on this machine.",
                "Start the provider as root; its containers run without any privilege.");
        this.options = options;
        this.driver = driver;
        ground = new HostGround(options.StateDirectory, options.CgroupParent);
        warm = new Lazy<WarmPool>(() => new WarmPool(this));
    }

    public string DriverName => driver.Name;

    /// <summary>
    /// Clears what an earlier life of this host left: first of all kills it. To be called before the first run.
    /// </summary>
    /// <returns>The runs that were lost. A container that waited for a task is none.</returns>
    public Task<IReadOnlyList<LostRun>> RecoverAsync() => new Leftovers(ground, driver).ClearAsync();

    /// <summary>
    /// Keeps containers of this image ready, made and isolated, waiting for their program. Each runs one task only.
    /// Zero lets them go; until then the caller keeps the image in use.
    /// </summary>
    public Task KeepWarmAsync(UnpackedImage image, int count) => warm.Value.KeepAsync(image, count);

    public int WarmCount(Digest image) => warm.IsValueCreated ? warm.Value.Count(image) : 0;

    /// <summary>Runs one program from start to end.</summary>
    /// <param name="stop">Kills it; the report then says so.</param>
    /// <exception cref="ExecutionException">The request cannot be run as it is. Nothing has run.</exception>
    public async Task<RunReport> RunAsync(RunRequest request, LogSink sink, CancellationToken stop = default)
    {
        RequestChecks.Check(request);
        var needs = new RunNeeds(
            request.Limits.DiskBytes, request.Egress, RunPlaces.Of(request), request.KeepsOffDisk);
        var script = StartScript.For(request.Image.Config, request.Environment, Arguments(request));
        if (!names.TryAdd(request.Name, 0))
            throw new ExecutionException("run.name-taken", $"A run called '{request.Name}' is there already.",
                "Use a name once.");
        try
        {
            var container = TakeWarm(request, needs) ?? await PrepareAsync(
                request.Image, new RunRecord(request.Name, Now()), needs, stop).ConfigureAwait(false);
            await using (container.ConfigureAwait(false))
                return await container.RunAsync(request, script, sink, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new RunReport(request.Name, new RunEnd.Stopped(), new RunUsage(default, default, 0, 0, 0), [], []);
        }
        finally
        {
            names.TryRemove(request.Name, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (warm.IsValueCreated) await warm.Value.DisposeAsync().ConfigureAwait(false);
        ground.Dispose();
    }

    internal async Task<PreparedContainer> PrepareAsync(
        UnpackedImage image, RunRecord record, RunNeeds needs, CancellationToken cancel)
    {
        var destinations = needs.Egress.Count > 0
            ? await DestinationsAsync(needs.Egress, cancel).ConfigureAwait(false)
            : [];
        var place = await RunGround.PrepareAsync(ground, image, record, needs, cancel).ConfigureAwait(false);
        EgressNetwork? network = null;
        try
        {
            if (destinations.Count > 0)
                network = await EgressNetwork.MakeAsync(place.Id, place.Directory, destinations, cancel)
                    .ConfigureAwait(false);
            var started = await driver.CreateAsync(place.Spec(network), cancel).ConfigureAwait(false);
            return new PreparedContainer(place, network, driver, started, options.OnTrouble);
        }
        catch
        {
            if (network is not null) await network.RemoveAsync().ConfigureAwait(false);
            place.Remove();
            throw;
        }
    }

    internal IContainerDriver Driver => driver;

    internal Action<Exception> OnTrouble => options.OnTrouble;

    internal static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private Task<IReadOnlyList<EgressDestination>> DestinationsAsync(
        ValueList<EgressRule> rules, CancellationToken cancel) =>
        driver.CanReachNetwork
            ? EgressDestination.ResolveAsync(rules, options, cancel)
            : throw new ExecutionException("run.no-egress", $"The driver {driver.Name} gives no container a network.",
                "Use crun or runc, or run it without.");

    private PreparedContainer? TakeWarm(RunRequest request, RunNeeds needs)
    {
        if (!warm.IsValueCreated || needs.Egress.Count > 0 || !needs.Places.IsEmpty || needs.KeepsOffDisk
            || !Scratch.IsInMemory(needs.DiskBytes)) return null;
        var container = warm.Value.Take(request.Image.Digest);
        if (container is null) return null;
        try
        {
            container.BelongsTo(new RunRecord(request.Name, Now()));
            return container;
        }
        catch (IOException failure)
        {
            _ = container.DisposeAsync().AsTask();
            throw new ExecutionException("host.disk", $"The run could not be written down: {failure.Message}",
                "Is the disk of the state directory full?", failure);
        }
    }

    private static string[] Arguments(RunRequest request)
    {
        var image = request.Image.Config;
        // A command of the task replaces the image's whole way of starting: what runs is what was signed.
        string[] arguments = request.Command.Count > 0
            ? [.. request.Command]
            : [.. image.Entrypoint, .. image.Command];
        if (arguments.Length == 0)
            throw new ExecutionException("run.no-command", "Neither the task nor the image says what to run.",
                "Give the task a command.");
        var searchPath = image.Environment.LastOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal));
        arguments[0] = ProgramPath.Find(request.Image.Root, arguments[0],
            searchPath?["PATH=".Length..] ?? ContainerSpec.DefaultPath,
            image.WorkingDirectory.Length == 0 ? "/" : image.WorkingDirectory);
        return arguments;
    }
}
