using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Makes the events of /v1/responses out of the pieces of a conversation's answer, as they come.</summary>
internal sealed class ResponseEvents(ResponseView view)
{
    private readonly JsonArray output = [];
    private readonly SortedDictionary<long, OpenCall> calls = [];
    private readonly StringBuilder text = new();
    private string? messageId;
    private int messageAt;
    private int openCount;
    private string? finish;
    private JsonNode? told;
    private int sequence;

    private sealed class OpenCall(int at, string id, string callId, string name)
    {
        public int At => at;
        public string Id => id;
        public string CallId => callId;
        public string Name => name;
        public StringBuilder Arguments { get; } = new();
    }

    public void Begin(IBufferWriter<byte> target)
    {
        foreach (var name in (string[])["response.created", "response.in_progress"])
            Write(target, name, new JsonObject { ["response"] = view.Of("in_progress", [], null) });
    }

    /// <param name="events">Whole ones.</param>
    public void Translate(ReadOnlySpan<byte> events, IBufferWriter<byte> target)
    {
        foreach (var range in events.Split((byte)'\n'))
        {
            var line = events[range].TrimEnd((byte)'\r');
            if (!line.StartsWith("data:"u8)) continue;
            var data = line["data:"u8.Length..].Trim((byte)' ');
            if (data.SequenceEqual("[DONE]"u8)) continue;
            try
            {
                if (PlainJson.Parse(data) is { } piece) Take(piece, target);
            }
            catch (JsonException)
            {
                // What is no document carries no part of the answer.
            }
        }
    }

    public void End(IBufferWriter<byte> target, TokenUsage usage)
    {
        CloseMessage(target);
        foreach (var call in calls.Values) CloseCall(target, call);
        // In the order in which they were begun.
        var ordered = new JsonArray([.. output.OrderBy(item => item!["at"]!.GetValue<int>()).Select(item =>
            item!["item"]!.DeepClone())]);
        var cut = ResponseView.CutOf(finish);
        var status = cut is null ? "completed" : "incomplete";
        Write(target, $"response.{status}", new JsonObject
        {
            ["response"] = view.Of(status, ordered, ResponseView.UsageOf(told, usage), cut),
        });
    }

    /// <summary>For clients that look for an event, and for those that look for a member.</summary>
    public void Fail(IBufferWriter<byte> target, ReadOnlySpan<byte> refusal) => Write(target, "error",
        new JsonObject
        {
            ["code"] = JsonNode.Parse(refusal)!["error"]!["code"]!.DeepClone(),
            ["message"] = JsonNode.Parse(refusal)!["error"]!["message"]!.DeepClone(),
            ["param"] = null,
            ["error"] = JsonNode.Parse(refusal)!["error"]!.DeepClone(),
        });

    private void Take(JsonObject piece, IBufferWriter<byte> target)
    {
        told = piece["usage"]?.DeepClone() ?? told;
        if ((piece["choices"] as JsonArray)?.FirstOrDefault() is not JsonObject choice) return;
        finish = ResponseForm.TextOf(choice["finish_reason"]) ?? finish;
        if (choice["delta"] is not JsonObject delta) return;
        if (ResponseForm.TextOf(delta["content"]) is { Length: > 0 } said) TakeText(said, target);
        foreach (var call in delta["tool_calls"] as JsonArray ?? [])
            if (call is JsonObject each) TakeCall(each, target);
    }

    private void TakeText(string said, IBufferWriter<byte> target)
    {
        if (messageId is null)
        {
            (messageId, messageAt) = (ResponseView.NewId("msg"), openCount++);
            Write(target, "response.output_item.added", new JsonObject
            {
                ["output_index"] = messageAt,
                ["item"] = ResponseView.Message(messageId, "in_progress"),
            });
            Write(target, "response.content_part.added", Part(ResponseView.TextPart("")));
        }
        text.Append(said);
        var at = Place();
        (at["delta"], at["logprobs"]) = (said, new JsonArray());
        Write(target, "response.output_text.delta", at);
    }

    private void CloseMessage(IBufferWriter<byte> target)
    {
        if (messageId is null) return;
        var whole = text.ToString();
        var at = Place();
        (at["text"], at["logprobs"]) = (whole, new JsonArray());
        Write(target, "response.output_text.done", at);
        Write(target, "response.content_part.done", Part(ResponseView.TextPart(whole)));
        Close(target, messageAt, ResponseView.Message(messageId, "completed", ResponseView.TextPart(whole)));
    }

    private JsonObject Place() => new()
    {
        ["item_id"] = messageId,
        ["output_index"] = messageAt,
        ["content_index"] = 0,
    };

    private JsonObject Part(JsonNode part)
    {
        var at = Place();
        at["part"] = part;
        return at;
    }

    private void TakeCall(JsonObject piece, IBufferWriter<byte> target)
    {
        var index = piece["index"] is JsonValue value && value.TryGetValue(out long number) ? number : 0;
        var function = piece["function"] as JsonObject;
        if (!calls.TryGetValue(index, out var call))
        {
            calls[index] = call = new OpenCall(openCount++, ResponseView.NewId("fc"),
                ResponseForm.TextOf(piece["id"]) ?? ResponseView.NewId("call"),
                ResponseForm.TextOf(function?["name"]) ?? "");
            Write(target, "response.output_item.added", new JsonObject
            {
                ["output_index"] = call.At,
                ["item"] = ResponseView.Call(call.Id, call.CallId, call.Name, "", "in_progress"),
            });
        }
        if (ResponseForm.TextOf(function?["arguments"]) is not { Length: > 0 } arguments) return;
        call.Arguments.Append(arguments);
        Write(target, "response.function_call_arguments.delta", new JsonObject
        {
            ["item_id"] = call.Id,
            ["output_index"] = call.At,
            ["delta"] = arguments,
        });
    }

    private void CloseCall(IBufferWriter<byte> target, OpenCall call)
    {
        var arguments = call.Arguments.ToString();
        Write(target, "response.function_call_arguments.done", new JsonObject
        {
            ["item_id"] = call.Id,
            ["output_index"] = call.At,
            ["name"] = call.Name,
            ["arguments"] = arguments,
        });
        Close(target, call.At, ResponseView.Call(call.Id, call.CallId, call.Name, arguments, "completed"));
    }

    private void Close(IBufferWriter<byte> target, int at, JsonObject item)
    {
        output.Add((JsonNode)new JsonObject
        {
            ["at"] = at,
            ["item"] = item.DeepClone(),
        });
        Write(target, "response.output_item.done", new JsonObject
        {
            ["output_index"] = at,
            ["item"] = item,
        });
    }

    private void Write(IBufferWriter<byte> target, string name, JsonObject members)
    {
        members["type"] = name;
        members["sequence_number"] = sequence++;
        Encoding.UTF8.GetBytes($"event: {name}\ndata: {members.ToJsonString(PlainJson.Options)}\n\n", target);
    }
}
