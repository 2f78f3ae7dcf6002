using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Stun.Integration.Chains;

/// <summary>An endpoint that says what a test wants it to say, after it has shown the right chain.</summary>
internal sealed class HostileNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private HostileNode(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    public int RequestCount { get; private set; }

    /// <param name="answer">Gets the request; what it does not write is not said.</param>
    public static async Task<HostileNode> StartAsync(Func<JsonElement, HttpResponse, Task> answer, ulong head = 5)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var node = new HostileNode(app);
        app.Run(async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var request = body.RootElement;
            var method = request.ValueKind == JsonValueKind.Object ? request.GetProperty("method").GetString() : null;
            if (method is "eth_chainId" or "eth_blockNumber")
            {
                await context.Response.WriteAsync(
                    Result(request, method == "eth_chainId" ? "\"0x7a69\"" : $"\"0x{head:x}\""));
                return;
            }
            node.RequestCount++;
            await answer(request, context.Response);
        });
        await app.StartAsync();
        return node;
    }

    public static string Result(JsonElement request, string result) =>
        $"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id")},\"result\":{result}}}";

    public static string Error(JsonElement request, int code, string message) =>
        $"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id")},"
        + $"\"error\":{{\"code\":{code},\"message\":\"{message}\"}}}}";

    public static Func<JsonElement, HttpResponse, Task> Says(string text) =>
        (_, response) => response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
