using System.Net.Http.Headers;
using System.Text;
using Stun.Integration.Gateway;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Serving;
using Stun.Protocol;

namespace Stun.Integration.OpenAi;

/// <summary>A node whose door answers for models of providers that do as they are told.</summary>
internal sealed class ModelScene : IAsyncDisposable
{
    public static readonly TokenPrices Prices = new(new Amount(7), new Amount(1_000_000), new Amount(2_000_000));

    private ModelScene(LiveNode node, IReadOnlyList<Upstream> upstreams) => (Node, Upstreams) = (node, upstreams);

    public LiveNode Node { get; }

    public IReadOnlyList<Upstream> Upstreams { get; }

    public Upstream First => Upstreams[0];

    public string Key => Node.Keys[ApiRole.Requester];

    /// <summary>Every provider is called "p0", "p1" and so on, and has all models under their own names, and one more
    /// by another.</summary>
    public static async Task<ModelScene> StartAsync(
        int providers = 1, Func<ModelDoorSettings, ModelDoorSettings>? change = null,
        Func<int, OutsideSettings, OutsideSettings>? each = null, string? directory = null,
        TimeSpan? within = null)
    {
        List<Upstream> upstreams = [];
        for (var index = 0; index < providers; index++) upstreams.Add(await Upstream.StartAsync());
        Environment.SetEnvironmentVariable("STUN_TEST_MODELS_KEY", Upstream.Secret);
        var outside = upstreams.Select((upstream, index) => new OutsideSettings(
            $"p{index}", upstream.Url, null, "STUN_TEST_MODELS_KEY",
            [
                .. ((string[])["held", "plain", "empty", "html", "false-success", "refuses", "redirect", "stall",
                    "break", "silent", "gone", "no-usage"]).Select(name => new OutsideModel(name, name)),
                .. ((int[])[400, 401, 404, 429, 500, 503]).Select(status =>
                    new OutsideModel($"status-{status}", $"status-{status}")),
                new OutsideModel("acme/llama-8b", "plain"),
            ],
            Prices, [], Duration.Seconds(2), 64, ["chat", "completions", "embeddings"], true));
        ValueList<OutsideSettings> list =
            [.. outside.Select((one, index) => each is null ? one : each(index, one))];
        var settings = new ModelDoorSettings { Outside = list };
        var node = await LiveNode.StartAsync(
            settings: new DoorSettings
            {
                PerAddress = new Rate(100_000, 100_000),
                BodyWithin = within ?? TimeSpan.FromSeconds(20),
            },
            directory: directory,
            change: options => options with { Models = change is null ? settings : change(settings) });
        return new ModelScene(node, upstreams);
    }

    public static string Chat(string model, string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Grüezi"}]{{more}}}""";

    public Task<LiveNode.Answer> AskAsync(string model, string more = "") =>
        Node.AskAsync("POST", "/v1/chat/completions", Chat(model, more));

    public async Task<LiveNode.Answer> AskAsync(string path, byte[] body, string? type, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Node.SendAsync(request);
    }

    public Task<LiveNode.Answer> AskTextAsync(string path, string body, string? type = "application/json") =>
        AskAsync(path, Encoding.UTF8.GetBytes(body), type, Key);

    public async Task<System.Text.Json.JsonElement> UsageAsync(string more = "") =>
        (await Node.AskAsync("GET", "/v1/usage" + more)).Json;

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        foreach (var upstream in Upstreams) await upstream.DisposeAsync();
    }
}
