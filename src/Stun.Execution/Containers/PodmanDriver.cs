using System.Globalization;
using System.Text.Json.Nodes;

namespace Stun.Execution.Containers;

/// <summary>
/// For sites that run podman: the same container through the libpod API. The engine costs five times what a runtime of
/// our own costs, and its containers are not made ahead. The Docker-compatible API is not used: it gives a network to
/// who does not ask for none, and drops requests for devices without a word.
/// </summary>
public sealed class PodmanDriver(PodmanEngine engine) : IContainerDriver
{
    public string Name => "podman";

    public bool CanWait => false;

    public bool CanReachNetwork => false;

    public DriverOverhead Overhead => DriverOverhead.None;

    public Task<IStartedContainer> CreateAsync(ContainerSpec spec, CancellationToken cancel) =>
        Task.FromResult<IStartedContainer>(new PodmanContainer(engine, spec));

    public Task ForgetAsync(string id) => engine.RemoveAsync(id);
}

internal sealed class PodmanContainer : IStartedContainer
{
    /// <summary>Of one user; the limit on the group is the one that counts.</summary>
    private const int ProcessesMax = 4096;

    private readonly PodmanEngine engine;
    private readonly ContainerSpec spec;
    private readonly NamedPipe output, errors;
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PodmanContainer(PodmanEngine engine, ContainerSpec spec)
    {
        this.engine = engine;
        this.spec = spec;
        output = new NamedPipe(Path.Combine(spec.Directory, "output"), spec.HostUser);
        errors = new NamedPipe(Path.Combine(spec.Directory, "errors"), spec.HostUser);
    }

    public Stream Output => output.Reader;

    public Stream Errors => errors.Reader;

    public Task<int> Exited => exited.Task;

    public string? RuntimeFailure { get; private set; }

    /// <summary>
    /// Its output goes to named pipes: the engine's own log loses what is written faster than it reads.
    /// </summary>
    public Task GoAsync(string script)
    {
        IsBegun = true;
        _ = RunAsync($"exec >{StartScript.Output} 2>{StartScript.Errors}; {script}");
        return Task.CompletedTask;
    }

    public bool IsBegun { get; private set; }

    /// <summary>The engine serves others as well: what it does not see end is ended without it.</summary>
    public void KillRuntime() => exited.TrySetResult(1);

    public Task WaitUntilReadyAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        output.Dispose();
        errors.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(string script)
    {
        var code = 1;
        try
        {
            File.WriteAllText(Path.Combine(spec.Directory, "seccomp.json"), Seccomp.ProfileText);
            await engine.CallAsync(HttpMethod.Post, "containers/create", Body(script)).ConfigureAwait(false);
            await engine.CallAsync(HttpMethod.Post, $"containers/{spec.Id}/start").ConfigureAwait(false);
            var answer = await engine.CallAsync(HttpMethod.Post,
                $"containers/{spec.Id}/wait?condition=stopped&condition=exited&interval=10ms", endless: true)
                .ConfigureAwait(false);
            code = int.Parse(answer, CultureInfo.InvariantCulture);
        }
        catch (Exception failure)
        {
            // Whatever it was: without an end of its own the run would never have one.
            RuntimeFailure = failure.Message;
        }
        output.CloseWriter();
        errors.CloseWriter();
        exited.TrySetResult(code);
    }

    private JsonObject Body(string script)
    {
        var id = ContainerSpec.User.ToString(CultureInfo.InvariantCulture);
        var environment = new JsonObject();
        foreach (var entry in ContainerSpec.Environment)
            environment[entry[..entry.IndexOf('=')]] = entry[(entry.IndexOf('=') + 1)..];
        return new JsonObject
        {
            ["name"] = spec.Id,
            ["rootfs"] = spec.Root,
            ["command"] = new JsonArray(StartScript.Shell, "-c", script),
            ["user"] = $"{id}:{id}",
            ["work_dir"] = ContainerSpec.WorkingDirectory,
            ["hostname"] = ContainerSpec.HostName,
            ["env"] = environment,
            ["unsetenvall"] = true,
            ["httpproxy"] = false,
            ["systemd"] = "false",
            // Else the runtime would be given the machine's own null device as input, and give it to the container.
            ["stdin"] = true,
            ["netns"] = Network(),
            ["userns"] = new JsonObject { ["nsmode"] = "private" },
            ["cgroupns"] = new JsonObject { ["nsmode"] = "private" },
            ["idmappings"] = new JsonObject
            {
                ["HostUIDMapping"] = false,
                ["HostGIDMapping"] = false,
                ["UIDMap"] = IdMap(),
                ["GIDMap"] = IdMap(),
            },
            ["cap_drop"] = new JsonArray("ALL"),
            ["no_new_privileges"] = true,
            ["oom_score_adj"] = ContainerSpec.OutOfMemoryScore,
            // On top of what the engine masks itself. The last two are its own additions, where one could write.
            ["mask"] = new JsonArray(OciConfig.Masked.Append("/dev/mqueue").Append("/sys/fs/cgroup")
                .Select(path => (JsonNode)path!).ToArray()),
            ["seccomp_profile_path"] = Path.Combine(spec.Directory, "seccomp.json"),
            ["use_image_hosts"] = true,
            ["use_image_resolve_conf"] = true,
            ["shm_size"] = ContainerSpec.SharedMemoryBytes,
            ["mounts"] = Mounts(),
            ["r_limits"] = new JsonArray(
                ResourceLimit("nofile", ContainerSpec.OpenFilesMax), ResourceLimit("core", 0),
                // Podman adds a limit of its own, above what it may set, where there is none.
                ResourceLimit("nproc", ProcessesMax)),
            ["log_configuration"] = new JsonObject
            {
                // Nothing is written there. Without a log the outputs would be the null device as well.
                ["driver"] = "k8s-file",
                ["path"] = Path.Combine(spec.Directory, "engine.log"),
            },
            ["cgroup_parent"] = Path.GetDirectoryName(spec.CgroupPath),
            // We kill by the group; the engine's own monitor must live to see it.
            ["cgroups_mode"] = "no-conmon",
            ["oci_runtime"] = "crun",
        };
    }

    private JsonObject Network() => spec.NetworkNamespace.Length == 0
        ? new JsonObject { ["nsmode"] = "none" }
        : new JsonObject { ["nsmode"] = "path", ["value"] = spec.NetworkNamespace };

    private JsonArray IdMap() => new(new JsonObject
    {
        ["container_id"] = 0,
        ["host_id"] = spec.FirstHostId,
        ["size"] = ContainerSpec.IdCount,
    });

    private JsonArray Mounts()
    {
        var pipes = new[]
        {
            new BindMount(Path.Combine(spec.Directory, "output"), StartScript.Output, true, false),
            new BindMount(Path.Combine(spec.Directory, "errors"), StartScript.Errors, true, false),
        };
        var mounts = new JsonArray();
        foreach (var bind in spec.Binds.Concat(pipes))
        {
            var options = new JsonArray("bind", "private", "nosuid", "nodev", bind.Writable ? "rw" : "ro");
            if (!bind.Executable) options.Add("noexec");
            mounts.Add(new JsonObject
            {
                ["type"] = "bind",
                ["source"] = bind.Source,
                ["destination"] = bind.Destination,
                ["options"] = options,
            });
        }
        return mounts;
    }

    private static JsonObject ResourceLimit(string type, long value) =>
        new() { ["type"] = type, ["soft"] = value, ["hard"] = value };
}
