using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Many questions in a file, answered when there is room.</summary>
internal sealed class BatchRoutes(DoorPlan plan, BatchBook book, FileBook files, BatchRunner runner)
{
    private const string Window = "24h";
    private const int BytesMax = 64 << 10;
    private const int MetadataMax = 16;

    /// <summary>Of one account. What is more can wait at its owner's.</summary>
    private const int OpenMax = 100;

    private static readonly Duration WindowTime = Duration.Seconds(86_400);

    public IEnumerable<ApiRoute> All() =>
    [
        OpenAiRoutes.Route("POST", "/v1/batches", "createBatch", "Begins a batch.", Right.TasksSubmit, CreateAsync),
        OpenAiRoutes.Route("GET", "/v1/batches", "listBatches", "The account's batches.", Right.TasksRead, ListAsync),
        OpenAiRoutes.Route("GET", "/v1/batches/{batch}", "getBatch", "One batch.", Right.TasksRead,
            call => OpenAiJson.AnswerAsync(call, json => Write(json, Found(call, call.Part("batch"))))),
        OpenAiRoutes.Route("POST", "/v1/batches/{batch}/cancel", "cancelBatch", "Ends it before its end.",
            Right.TasksCancel, CancelAsync),
    ];

    public static string FaultsOf(IReadOnlyList<BatchFault> faults) => new JsonArray([.. faults.Select(fault =>
        (JsonNode)new JsonObject
        {
            ["code"] = "request.invalid",
            ["line"] = fault.Line,
            ["message"] = fault.Message,
            ["param"] = fault.Param,
        })]).ToJsonString();

    private async Task CreateAsync(ApiCall call)
    {
        using var body = await BodyBytes.ReadJsonAsync(call.Request, BytesMax, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var form = ResponseForm.Parse(body.Memory.Span);
        var endpoint = ResponseForm.TextOf(form["endpoint"]);
        if (QuestionKind.All.All(kind => kind.Path != endpoint))
            throw ApiCall.Bad("endpoint",
                $"must be one of {string.Join(", ", QuestionKind.All.Select(kind => kind.Path))}");
        if (ResponseForm.TextOf(form["completion_window"]) != Window)
            throw ApiCall.Bad("completion_window", $"must be {Window}");
        var input = ApiCall.Plain("input_file_id", ResponseForm.TextOf(form["input_file_id"])
            ?? throw ApiCall.Bad("input_file_id", "must be a text"));
        var file = files.Find(input, call.Who.Account)
            ?? throw new ApiException("file.unknown", $"There is no file '{Sentence.Short(input)}' of this account.");
        if (file.Purpose != "batch")
            throw ApiCall.Bad("input_file_id", "is no file for batches: its purpose must be batch");
        var metadata = MetadataOf(form);
        if (book.OpenCount(call.Who.Account) >= OpenMax)
            throw new ApiException("batch.too-many", $"{OpenMax} batches of this account are under way.");
        var now = WallTime.Now(plan.Clock);
        var batch = new StoredBatch(
            FileRoutes.NewId("batch_"), call.Who.Account, call.Who.KeyId, call.Who.Role.ToString(), endpoint!, input,
            Window, metadata?.ToJsonString(), "validating", now, now + WindowTime);
        book.Add(batch);
        runner.Wake();
        await OpenAiJson.AnswerAsync(call, json => Write(json, batch)).ConfigureAwait(false);
    }

    /// <summary>Texts by name, as clients expect it back.</summary>
    internal static JsonObject? MetadataOf(JsonObject form)
    {
        if (form["metadata"] is not { } given) return null;
        if (given is not JsonObject metadata) throw ApiCall.Bad("metadata", "must be an object of texts");
        if (metadata.Count > MetadataMax) throw ApiCall.Bad("metadata", $"has more than {MetadataMax} entries");
        foreach (var (name, value) in metadata)
        {
            if (name.Length > 64) throw ApiCall.Bad("metadata", "has a name of more than 64 characters");
            if (ResponseForm.TextOf(value) is not { Length: <= 512 })
                throw ApiCall.Bad($"metadata.{Sentence.Short(name)}", "must be a text of at most 512 characters");
        }
        return metadata;
    }

    private Task ListAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", 20, 1, 100);
        var after = call.Query("after") is { } id ? Found(call, id) : null;
        var page = book.List(call.Who.Account, after, limit + 1);
        return OpenAiJson.AnswerAsync(call, json => FileRoutes.WriteList(
            json, [.. page.Take(limit)], page.Count > limit, batch => batch.Id, batch => Write(json, batch)));
    }

    private Task CancelAsync(ApiCall call)
    {
        var batch = Found(call, call.Part("batch"));
        if (!book.Cancel(batch.Id, WallTime.Now(plan.Clock)) && !Found(call, batch.Id).IsOpen)
            throw new ApiException("batch.over", $"{batch.Id} is {batch.State}.");
        runner.Cancel(batch.Id);
        return OpenAiJson.AnswerAsync(call, json => Write(json, Found(call, batch.Id)));
    }

    private StoredBatch Found(ApiCall call, string id) => book.Find(id, call.Who.Account)
        ?? throw new ApiException("batch.unknown", $"There is no batch '{Sentence.Short(id)}' of this account.");

    private static void Write(Utf8JsonWriter json, StoredBatch batch)
    {
        json.WriteStartObject();
        json.WriteString("id", batch.Id);
        json.WriteString("object", "batch");
        json.WriteString("endpoint", batch.Endpoint);
        json.WritePropertyName("errors");
        if (batch.Faults is { } faults) json.WriteRawValue($$"""{"object":"list","data":{{faults}}}""");
        else json.WriteNullValue();
        json.WriteString("input_file_id", batch.Input);
        json.WriteString("completion_window", batch.Window);
        json.WriteString("status", batch.State);
        json.WriteString("output_file_id", batch.Output);
        json.WriteString("error_file_id", batch.Errors);
        json.WriteNumber("created_at", OpenAiJson.Seconds(batch.CreatedAt));
        Time(json, "in_progress_at", batch.BegunAt);
        Time(json, "expires_at", batch.ExpiresAt);
        Time(json, "finalizing_at", batch.State == "completed" ? batch.EndedAt : null);
        Time(json, "completed_at", batch.State == "completed" ? batch.EndedAt : null);
        Time(json, "failed_at", batch.State == "failed" ? batch.EndedAt : null);
        Time(json, "expired_at", batch.State == "expired" ? batch.EndedAt : null);
        Time(json, "cancelling_at", batch.CancelledAt);
        Time(json, "cancelled_at", batch.State == "cancelled" ? batch.EndedAt : null);
        json.WriteStartObject("request_counts");
        json.WriteNumber("total", batch.Total);
        json.WriteNumber("completed", batch.Completed);
        json.WriteNumber("failed", batch.Failed);
        json.WriteEndObject();
        json.WritePropertyName("metadata");
        if (batch.Metadata is { } metadata) json.WriteRawValue(metadata);
        else json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter json, string name, Instant? at)
    {
        if (at is { } instant) json.WriteNumber(name, OpenAiJson.Seconds(instant));
        else json.WriteNull(name);
    }
}
