using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Stun.Integration.OpenAi;

/// <summary>A provider outside of the network that does what the name of the model says: answer, fail, stall, break.
/// </summary>
internal sealed class Upstream : IAsyncDisposable
{
    public const string Secret = "sk-upstream-secret-0123456789";
    private readonly WebApplication app;

    private Upstream(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    /// <summary>What it was asked: path, Authorization, body.</summary>
    public ConcurrentQueue<(string Path, string Key, string Body)> Asked { get; } = [];

    public int Running => running;

    /// <summary>Whoever asks for the model "held" waits for this.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int running;

    public static async Task<Upstream> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var upstream = new Upstream(app);
        app.Run(upstream.AnswerAsync);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        upstream.Url = addresses.Addresses.First() + "/v1";
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(within.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        Asked.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), text));
        Interlocked.Increment(ref running);
        try
        {
            var body = JsonNode.Parse(text)!.AsObject();
            await AnswerAsync(context, body, (string)body["model"]!);
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone.
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private async Task AnswerAsync(HttpContext context, JsonObject body, string model)
    {
        if (model.StartsWith("status-", StringComparison.Ordinal))
        {
            context.Response.StatusCode = int.Parse(model["status-".Length..]);
            context.Response.Headers.RetryAfter = "7";
            await SayAsync(context, $$$"""{"error":{"message":"no: {{{Secret}}}","type":"x","code":"y","param":"p"}}""");
            return;
        }
        switch (model)
        {
            case "empty":
                return;
            case "html":
                await SayAsync(context, "<html>");
                return;
            case "false-success":
                await SayAsync(context, """{"error":{"message":"it went wrong"}}""");
                return;
            case "refuses":
                context.Response.StatusCode = 400;
                await SayAsync(context,
                    """{"error":{"message":"The question is too long for this model.","type":"invalid_request_error","code":"context_length_exceeded"}}""");
                return;
            case "redirect":
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = Url.Replace("/v1", "/elsewhere", StringComparison.Ordinal);
                return;
            case "stall":
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return;
            case "held":
                await Release.Task.WaitAsync(context.RequestAborted);
                break;
        }
        if (context.Request.Path == "/v1/embeddings") await EmbedAsync(context, body);
        else if (context.Request.Path == "/v1/completions")
            await SayAsync(context, """
                {"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"done",
                "finish_reason":"stop","logprobs":null}],
                "usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}
                """);
        else if (body["stream"] is { } stream && (bool)stream) await StreamAsync(context, body, model);
        else if (model == "break") await HalfAsync(context);
        else await ChatAsync(context, body, model);
    }

    private static async Task HalfAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("""{"id":"half","choices":[""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static Task EmbedAsync(HttpContext context, JsonObject body)
    {
        var inputs = body["input"] is JsonArray list ? list.Count : 1;
        var data = new JsonArray();
        for (var index = 0; index < inputs; index++)
            data.Add((JsonNode)new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = index,
                ["embedding"] = (string?)body["encoding_format"] == "base64"
                    ? Convert.ToBase64String(new float[] { 0.5f, index }.SelectMany(BitConverter.GetBytes).ToArray())
                    : new JsonArray(0.5, index),
            });
        return SayAsync(context, new JsonObject
        {
            ["object"] = "list",
            ["data"] = data,
            ["model"] = "m",
            ["usage"] = new JsonObject { ["prompt_tokens"] = 5 * inputs, ["total_tokens"] = 5 * inputs },
        }.ToJsonString());
    }

    private static Task ChatAsync(HttpContext context, JsonObject body, string model)
    {
        var message = body["tools"] is null
            ? new JsonObject { ["role"] = "assistant", ["content"] = ContentOf(body) }
            : new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = null,
                ["tool_calls"] = new JsonArray(new JsonObject
                {
                    ["id"] = "call_1",
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = "weather", ["arguments"] = """{"city":"Bern"}""" },
                }),
            };
        var answer = new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1_700_000_000,
            ["model"] = model,
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["message"] = message,
                ["finish_reason"] = body["tools"] is null ? "stop" : "tool_calls",
            }),
            ["invented_yesterday"] = body["invented_today"]?.DeepClone(),
        };
        if (model != "no-usage")
            answer["usage"] = new JsonObject
            {
                ["prompt_tokens"] = 10,
                ["completion_tokens"] = 20,
                ["total_tokens"] = 30,
            };
        return SayAsync(context, answer.ToJsonString());
    }

    private static string ContentOf(JsonObject body) => body["response_format"] is null
        ? $"You said: {body["messages"]!.AsArray()[^1]!["content"]}" : """{"answer":42}""";

    private static async Task StreamAsync(HttpContext context, JsonObject body, string model)
    {
        context.Response.ContentType = "text/event-stream";
        string[] deltas = body["tools"] is null
            ?
            [
                """{"role":"assistant","content":""}""", """{"content":"Grüezi"}""", """{"content":" mit"}""",
                """{"content":"enand"}""",
            ]
            :
            [
                """{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"\"Bern\"}"}}]}""",
            ];
        foreach (var (index, delta) in deltas.Index())
        {
            await EventAsync(context, $$"""[{"index":0,"delta":{{delta}},"finish_reason":null}]""");
            if (index != 2) continue;
            // What was sent is to arrive before the reset, which takes away what nobody has read yet.
            if (model == "break") await Task.Delay(200);
            if (model == "break") context.Abort();
            if (model == "silent") await Task.Delay(Timeout.Infinite, context.RequestAborted);
            if (model == "gone")
            {
                await context.Response.WriteAsync("data: {\"id\":\"cut");
                return;
            }
        }
        var finish = body["tools"] is null ? "stop" : "tool_calls";
        await EventAsync(context, $$"""[{"index":0,"delta":{},"finish_reason":"{{finish}}"}]""");
        if (body["stream_options"]?["include_usage"] is { } wanted && (bool)wanted && model != "no-usage")
            await EventAsync(context, "[]",
                ""","usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}""");
        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task EventAsync(HttpContext context, string choices, string more = "")
    {
        await context.Response.WriteAsync(
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\","
            + $"\"choices\":{choices}{more}}}\n\n");
        await context.Response.Body.FlushAsync();
    }

    private static Task SayAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return context.Response.WriteAsync(text);
    }
}
