using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Makes a conversation of a question of /v1/responses, for back ends that know nothing else. What needs a memory, or
/// tools of a provider's own, is refused by name: to leave it out would answer another question.
/// </summary>
internal static class ResponseForm
{
    private const int DepthMax = 128;

    /// <summary>What both ways of asking call the same.</summary>
    private static readonly string[] Alike =
        ["model", "temperature", "top_p", "user", "seed", "parallel_tool_calls", "service_tier", "stop"];

    private static readonly string[] Remembering = ["previous_response_id", "conversation", "prompt"];

    public static JsonObject Parse(ReadOnlySpan<byte> body) =>
        JsonNode.Parse(body, null, new JsonDocumentOptions { MaxDepth = DepthMax }) as JsonObject
        ?? throw new ApiException("request.malformed", "The body is no object of JSON.");

    public static JsonObject ChatOf(JsonObject form, bool isStream, bool tellsUsage)
    {
        foreach (var name in Remembering)
            if (form[name] is not null)
                throw ApiCall.Bad(name, "is not held here: send the whole conversation in 'input'");
        if (form["background"] is JsonValue background && background.TryGetValue(out bool isBackground) && isBackground)
            throw ApiCall.Bad("background", "is not offered here: use /v1/batches");
        var chat = new JsonObject();
        foreach (var name in Alike)
            if (form[name] is { } value) chat[name] = value.DeepClone();
        if (form["max_output_tokens"] is { } most) chat["max_tokens"] = most.DeepClone();
        if (form["reasoning"] is JsonObject reasoning && reasoning["effort"] is { } effort)
            chat["reasoning_effort"] = effort.DeepClone();
        if (FormatOf(form) is { } format) chat["response_format"] = format;
        if (form["tools"] is { } tools && ToolsOf(tools) is { Count: > 0 } known) chat["tools"] = known;
        if (form["tool_choice"] is { } choice && chat["tools"] is not null) chat["tool_choice"] = ChoiceOf(choice);
        chat["messages"] = MessagesOf(form);
        if (isStream) chat["stream"] = true;
        if (isStream && tellsUsage) chat["stream_options"] = new JsonObject { ["include_usage"] = true };
        return chat;
    }

    private static JsonObject? FormatOf(JsonObject form)
    {
        if (form["text"] is not JsonObject text || text["format"] is not JsonObject format) return null;
        switch (TextOf(format["type"]))
        {
            case "text":
                return null;
            case "json_schema":
                var schema = new JsonObject();
                foreach (var name in (string[])["name", "description", "schema", "strict"])
                    if (format[name] is { } value) schema[name] = value.DeepClone();
                return new JsonObject
                {
                    ["type"] = "json_schema",
                    ["json_schema"] = schema,
                };
            default:
                return (JsonObject)format.DeepClone();
        }
    }

    private static JsonArray ToolsOf(JsonNode tools)
    {
        if (tools is not JsonArray list) throw ApiCall.Bad("tools", "must be an array");
        var known = new JsonArray();
        foreach (var (index, tool) in list.Index())
        {
            if (tool is not JsonObject each || TextOf(each["type"]) != "function")
                throw ApiCall.Bad($"tools[{index}]", "must be a function: this node has no tools of its own");
            var function = new JsonObject();
            foreach (var name in (string[])["name", "description", "parameters", "strict"])
                if (each[name] is { } value) function[name] = value.DeepClone();
            known.Add((JsonNode)new JsonObject
            {
                ["type"] = "function",
                ["function"] = function,
            });
        }
        return known;
    }

    private static JsonNode ChoiceOf(JsonNode choice)
    {
        if (choice is not JsonObject one) return choice.DeepClone();
        if (TextOf(one["type"]) != "function" || one["name"] is not { } name)
            throw ApiCall.Bad("tool_choice", "must be auto, none, required or a function");
        return new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name.DeepClone() },
        };
    }

    private static JsonArray MessagesOf(JsonObject form)
    {
        var messages = new JsonArray();
        if (TextOf(form["instructions"]) is { } instructions) Add(messages, "system", instructions);
        if (TextOf(form["input"]) is { } text)
        {
            Add(messages, "user", text);
            return messages;
        }
        foreach (var (index, item) in ((JsonArray)form["input"]!).Index())
        {
            var at = $"input[{index}]";
            if (item is not JsonObject each) throw ApiCall.Bad(at, "must be an object");
            switch (TextOf(each["type"]))
            {
                case null or "message":
                    AddMessage(messages, each, at);
                    break;
                case "function_call":
                    AddToolCall(messages, each);
                    break;
                case "function_call_output":
                    messages.Add((JsonNode)new JsonObject
                    {
                        ["role"] = "tool",
                        ["tool_call_id"] = each["call_id"]?.DeepClone(),
                        ["content"] = TextOf(each["output"]) ?? each["output"]?.ToJsonString() ?? "",
                    });
                    break;
                case "reasoning":
                    // What a model thought before is not part of a conversation.
                    break;
                default:
                    throw ApiCall.Bad(at, $"is of a type that this node cannot translate: {TextOf(each["type"])}");
            }
        }
        return messages;
    }

    private static void Add(JsonArray messages, string role, string content) =>
        messages.Add((JsonNode)new JsonObject
        {
            ["role"] = role,
            ["content"] = content,
        });

    private static void AddMessage(JsonArray messages, JsonObject item, string at)
    {
        var role = TextOf(item["role"]) ?? throw ApiCall.Bad(at + ".role", "must be a text");
        if (role == "developer") role = "system";
        if (TextOf(item["content"]) is { } text)
        {
            Add(messages, role, text);
            return;
        }
        if (item["content"] is not JsonArray parts) throw ApiCall.Bad(at + ".content", "must be a text or an array");
        var content = new JsonArray();
        foreach (var (index, part) in parts.Index())
            content.Add((JsonNode)PartOf(part as JsonObject, $"{at}.content[{index}]"));
        messages.Add((JsonNode)new JsonObject
        {
            ["role"] = role,
            ["content"] = Plain(content),
        });
    }

    /// <summary>Many back ends take pieces only from users: what is text alone is one text.</summary>
    private static JsonNode Plain(JsonArray content)
    {
        if (content.Any(part => TextOf(part!["type"]) != "text")) return content;
        return JsonValue.Create(string.Concat(content.Select(part => TextOf(part!["text"]))));
    }

    private static JsonObject PartOf(JsonObject? part, string at)
    {
        switch (TextOf(part?["type"]))
        {
            case "input_text" or "output_text" or "text":
                return new JsonObject
                {
                    ["type"] = "text",
                    ["text"] = TextOf(part!["text"]) ?? "",
                };
            case "refusal":
                return new JsonObject
                {
                    ["type"] = "text",
                    ["text"] = TextOf(part!["refusal"]) ?? "",
                };
            case "input_image" when TextOf(part!["image_url"]) is { } url:
                var image = new JsonObject { ["url"] = url };
                if (part["detail"] is { } detail) image["detail"] = detail.DeepClone();
                return new JsonObject
                {
                    ["type"] = "image_url",
                    ["image_url"] = image,
                };
            default:
                throw ApiCall.Bad(at, "must be input_text, output_text, or input_image with an image_url");
        }
    }

    /// <summary>Calls that follow one another are of one message.</summary>
    private static void AddToolCall(JsonArray messages, JsonObject item)
    {
        if (messages.Count == 0 || messages[^1] is not JsonObject last || last["tool_calls"] is not JsonArray)
            messages.Add((JsonNode)new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = null,
                ["tool_calls"] = new JsonArray(),
            });
        ((JsonArray)messages[^1]!["tool_calls"]!).Add((JsonNode)new JsonObject
        {
            ["id"] = item["call_id"]?.DeepClone(),
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = item["name"]?.DeepClone(),
                ["arguments"] = item["arguments"]?.DeepClone(),
            },
        });
    }

    internal static string? TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
