using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Stun.Node.Doors.OpenAi;

/// <summary>An answer of /v1/responses, made of one of a conversation.</summary>
internal sealed class ResponseView(JsonObject form, Instant at)
{
    private static readonly string[] Echoed =
        ["instructions", "max_output_tokens", "metadata", "temperature", "tool_choice", "tools", "top_p", "user"];

    private readonly string id = NewId("resp");

    public static string NewId(string prefix) =>
        $"{prefix}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    public JsonObject Of(string status, JsonArray output, JsonNode? usage, string? cut = null)
    {
        var view = new JsonObject
        {
            ["id"] = id,
            ["object"] = "response",
            ["created_at"] = OpenAiJson.Seconds(at),
            ["status"] = status,
            ["error"] = null,
            ["incomplete_details"] = cut is null ? null : new JsonObject { ["reason"] = cut },
            ["model"] = form["model"]?.DeepClone(),
            ["output"] = output,
            ["parallel_tool_calls"] = form["parallel_tool_calls"]?.DeepClone() ?? true,
            ["previous_response_id"] = null,
            ["reasoning"] = form["reasoning"]?.DeepClone() ?? new JsonObject
            {
                ["effort"] = null,
                ["summary"] = null,
            },
            ["store"] = false,
            ["text"] = form["text"]?.DeepClone() ?? new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
            ["truncation"] = "disabled",
            ["usage"] = usage,
        };
        foreach (var name in Echoed) view[name] = form[name]?.DeepClone();
        view["tool_choice"] ??= "auto";
        view["tools"] ??= new JsonArray();
        view["metadata"] ??= new JsonObject();
        return view;
    }

    public JsonObject OfChat(JsonObject chat, TokenUsage usage)
    {
        var output = new JsonArray();
        var choice = (chat["choices"] as JsonArray)?.FirstOrDefault() as JsonObject;
        var message = choice?["message"] as JsonObject;
        var (text, refusal) = (ResponseForm.TextOf(message?["content"]), ResponseForm.TextOf(message?["refusal"]));
        if (!string.IsNullOrEmpty(text)) output.Add((JsonNode)Message(NewId("msg"), "completed", TextPart(text)));
        if (!string.IsNullOrEmpty(refusal))
            output.Add((JsonNode)Message(NewId("msg"), "completed",
                new JsonObject
                {
                    ["type"] = "refusal",
                    ["refusal"] = refusal,
                }));
        foreach (var call in message?["tool_calls"] as JsonArray ?? [])
            output.Add((JsonNode)Call(NewId("fc"), ResponseForm.TextOf(call?["id"]) ?? NewId("call"),
                ResponseForm.TextOf(call?["function"]?["name"]) ?? "",
                ResponseForm.TextOf(call?["function"]?["arguments"]) ?? "", "completed"));
        var cut = CutOf(ResponseForm.TextOf(choice?["finish_reason"]));
        return Of(cut is null ? "completed" : "incomplete", output, UsageOf(chat["usage"], usage), cut);
    }

    /// <summary>Why it is not whole; null where it is.</summary>
    public static string? CutOf(string? finish) => finish switch
    {
        "length" => "max_output_tokens",
        "content_filter" => "content_filter",
        _ => null,
    };

    public static JsonObject Message(string id, string status, params JsonNode[] parts) => new()
    {
        ["id"] = id,
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = new JsonArray(parts),
    };

    public static JsonObject TextPart(string text) => new()
    {
        ["type"] = "output_text",
        ["text"] = text,
        ["annotations"] = new JsonArray(),
        ["logprobs"] = new JsonArray(),
    };

    public static JsonObject Call(string id, string callId, string name, string arguments, string status) => new()
    {
        ["id"] = id,
        ["type"] = "function_call",
        ["status"] = status,
        ["call_id"] = callId,
        ["name"] = name,
        ["arguments"] = arguments,
    };

    public static JsonObject UsageOf(JsonNode? told, TokenUsage usage) => new()
    {
        ["input_tokens"] = usage.In,
        ["input_tokens_details"] = new JsonObject
        {
            ["cached_tokens"] = told?["prompt_tokens_details"]?["cached_tokens"]?.DeepClone() ?? 0,
        },
        ["output_tokens"] = usage.Out,
        ["output_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = told?["completion_tokens_details"]?["reasoning_tokens"]?.DeepClone() ?? 0,
        },
        ["total_tokens"] = usage.Sum,
    };
}
