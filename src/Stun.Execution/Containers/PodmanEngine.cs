using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>
/// An engine of podman that belongs to this host: our own service process with our own store and settings, so that
/// nothing which the site has set for its people weakens what a stranger's container may do.
/// </summary>
public sealed class PodmanEngine : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30), CallMax = TimeSpan.FromMinutes(2);

    private readonly string directory;
    private readonly Process service;
    private readonly HttpClient http;

    private PodmanEngine(string directory, Process service)
    {
        this.directory = directory;
        this.service = service;
        http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync })
        {
            BaseAddress = new Uri("http://podman/v4.0.0/libpod/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public static bool IsInstalled => Tool.Find("podman") is not null && OciRuntime.Crun.IsInstalled;

    public static async Task<PodmanEngine> StartAsync(string directory, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(directory);
        directory = Kernel.RealPath(directory);
        WriteSettings(directory);
        ProcessTable.KillThoseIn(directory);
        var start = new ProcessStartInfo(Tool.Find("podman") ?? "podman",
            ["system", "service", "--time=0", "unix://" + SocketPath(directory)])
        {
            // By its place the next life of this host finds a service that outlived us.
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CONTAINERS_CONF"] = Path.Combine(directory, "containers.conf");
        start.Environment["CONTAINERS_STORAGE_CONF"] = Path.Combine(directory, "storage.conf");
        start.Environment["CONTAINERS_REGISTRIES_CONF"] = Path.Combine(directory, "registries.conf");
        var engine = new PodmanEngine(directory, Process.Start(start)!);
        engine.service.OutputDataReceived += (_, _) => { };
        engine.service.ErrorDataReceived += (_, _) => { };
        engine.service.BeginOutputReadLine();
        engine.service.BeginErrorReadLine();
        await engine.WaitUntilReadyAsync(cancel).ConfigureAwait(false);
        return engine;
    }

    /// <returns>The body, as text.</returns>
    internal async Task<string> CallAsync(
        HttpMethod method, string path, JsonNode? body = null, bool endless = false)
    {
        using var limit = new CancellationTokenSource(endless ? Timeout.InfiniteTimeSpan : CallMax);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return text;
        throw new ExecutionException("podman.refused",
            $"podman answered {(int)response.StatusCode} to {method} {path}: {text.Trim()}",
            "Look at the engine's own message.");
    }

    /// <summary>A container in the middle of its own end may be busy; one that is gone is what was wanted.</summary>
    internal async Task RemoveAsync(string id)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(CallMax);
        while (true)
        {
            using var response = await http.DeleteAsync($"containers/{id}?force=true&v=true", limit.Token)
                .ConfigureAwait(false);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound) return;
            if (clock.Elapsed > CallMax)
                throw new ExecutionException("podman.remove", $"podman does not remove {id}.",
                    "Look at 'podman rm --force' on this machine.");
            await Task.Delay(50).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!service.HasExited) service.Kill();
        await service.WaitForExitAsync().ConfigureAwait(false);
        service.Dispose();
        ProcessTable.KillThoseIn(directory);
        HostGround.UnmountBelow(directory);
    }

    private static string SocketPath(string directory) => Path.Combine(directory, "podman.sock");

    private async Task WaitUntilReadyAsync(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await http.GetStringAsync("_ping", cancel).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException) when (clock.Elapsed < StartMax && !service.HasExited)
            {
                await Task.Delay(20, cancel).ConfigureAwait(false);
            }
            catch (HttpRequestException failure)
            {
                await DisposeAsync().ConfigureAwait(false);
                throw new ExecutionException("podman.start", "The service of podman does not answer.",
                    "Run 'podman info' on this machine; it names what is missing.", failure);
            }
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var end = new UnixDomainSocketEndPoint(SocketPath(directory));
            await socket.ConnectAsync(end, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Soft and hard limits are equal because podman 4.3 swaps the two of a default. "static_dir" must lie in the
    /// store: the process that cleans up after a container looks there, and as long as it finds nothing each end takes
    /// 20 seconds.
    /// </summary>
    private static void WriteSettings(string directory)
    {
        var runtime = OciRuntime.Crun;
        var crun = Path.Combine(directory, "crun");
        // The wrapper of a hybrid cgroup tree, as a file: podman takes no arguments for a runtime.
        var words = runtime.Prefix.Prepend(Tool.Find(runtime.Program)!).Select(word => "'" + word + "'");
        File.WriteAllText(crun, $"#!/bin/sh\nexec {string.Join(' ', words)} \"$@\"\n");
        File.SetUnixFileMode(crun, (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(directory, "registries.conf"), "unqualified-search-registries = []\n");
        File.WriteAllText(Path.Combine(directory, "storage.conf"), $"""
            [storage]
            driver = "overlay"
            graphroot = "{directory}/store"
            runroot = "{directory}/run"

            """);
        File.WriteAllText(Path.Combine(directory, "containers.conf"), $"""
            [containers]
            default_capabilities = []
            default_ulimits = [ "nofile={ContainerSpec.OpenFilesMax}:{ContainerSpec.OpenFilesMax}" ]
            netns = "none"
            tz = ""

            [engine]
            runtime = "crun"
            cgroup_manager = "cgroupfs"
            events_logger = "none"
            static_dir = "{directory}/store/libpod"
            tmp_dir = "{directory}/run/libpod"
            volume_path = "{directory}/volumes"

            [engine.runtimes]
            crun = [ "{crun}" ]

            """);
    }
}
