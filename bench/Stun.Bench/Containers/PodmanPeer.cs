using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Stun.Bench.Containers;

/// <summary>
/// The peer: one container through podman's libpod API, as a careful client would do it: hardened, no network, no log,
/// crun below it, no waiting by polling every nanosecond. None of our own preparation is in it.
/// </summary>
internal sealed class PodmanPeer(string socketPath, string root) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://podman/v4.0.0/libpod/"),
    };

    public async Task RunAsync(string[] command)
    {
        using var created = await http.PostAsJsonAsync("containers/create", Body(command));
        var answer = JsonNode.Parse(await created.Content.ReadAsStringAsync())!;
        created.EnsureSuccessStatusCode();
        var id = answer["Id"]!.ToString();
        (await http.PostAsync($"containers/{id}/start", null)).EnsureSuccessStatusCode();
        var ended = await http.PostAsync(
            $"containers/{id}/wait?condition=stopped&condition=exited&interval=10ms", null);
        var code = await ended.Content.ReadAsStringAsync();
        if (code.Trim() != "0") throw new InvalidOperationException($"podman: the container ended with {code}");
        (await http.DeleteAsync($"containers/{id}?force=true&v=true")).EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();

    private JsonObject Body(string[] command) => new()
    {
        ["rootfs"] = root,
        ["command"] = new JsonArray(command.Select(word => (JsonNode)word!).ToArray()),
        ["user"] = "1000:1000",
        ["netns"] = new JsonObject { ["nsmode"] = "none" },
        ["cap_drop"] = new JsonArray("ALL"),
        ["no_new_privileges"] = true,
        ["read_only_filesystem"] = true,
        ["log_configuration"] = new JsonObject { ["driver"] = "none" },
        ["r_limits"] = new JsonArray(Limit("nofile", 1024), Limit("nproc", 1000)),
        ["resource_limits"] = new JsonObject
        {
            ["memory"] = new JsonObject { ["limit"] = 64 << 20, ["swap"] = 64 << 20 },
            ["pids"] = new JsonObject { ["limit"] = 64 },
            ["cpu"] = new JsonObject { ["quota"] = 100_000, ["period"] = 100_000 },
        },
        ["cgroup_parent"] = $"/{CpuGroup.Name}/podman",
        ["oci_runtime"] = "crun",
    };

    private static JsonObject Limit(string type, int value) =>
        new() { ["type"] = type, ["soft"] = value, ["hard"] = value };
}
