using System.Security.Cryptography;
using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Files for batches, and what batches wrote.</summary>
internal sealed class FileRoutes(DoorPlan plan, FileBook files)
{
    private readonly BlobLedger ledger = new(plan.Database);

    public IEnumerable<ApiRoute> All() =>
    [
        OpenAiRoutes.Route("POST", "/v1/files", "createFile", "Uploads a file.", Right.BlobsWrite, CreateAsync),
        OpenAiRoutes.Route("GET", "/v1/files", "listFiles", "The account's files.", Right.BlobsRead, ListAsync),
        OpenAiRoutes.Route("GET", "/v1/files/{file}", "getFile", "One file.", Right.BlobsRead,
            call => OpenAiJson.AnswerAsync(call, json => Write(json, Found(call)))),
        OpenAiRoutes.Route("GET", "/v1/files/{file}/content", "getFileContent", "Its content.", Right.BlobsRead,
            ContentAsync),
        OpenAiRoutes.Route("DELETE", "/v1/files/{file}", "deleteFile", "Removes it.", Right.BlobsWrite, DeleteAsync),
    ];

    public static string NewId(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private async Task CreateAsync(ApiCall call)
    {
        var account = call.Who.Account;
        var limit = plan.Settings.BlobBytesPerAccountMax;
        var expected = call.Request.ContentLength ?? 0;
        if (ledger.BytesOf(account, limit - expected, plan.Blobs.IsHere) is var used && used > limit - expected)
            throw new ApiException("blob.over-quota", $"The account has {used} of {limit} bytes here.");
        var form = await FileForm.ReadAsync(call.Request, plan.Blobs.Files, plan.ModelSettings.FileBytesMax)
            .ConfigureAwait(false);
        var now = WallTime.Now(plan.Clock);
        var file = new StoredFile(
            NewId("file-"), account, form.Name, form.Purpose, form.Size, form.Digest!.Value, now,
            form.ExpiresAfterSeconds is { } seconds ? now + Duration.Seconds(seconds) : null);
        ledger.Add(account, file.Digest, file.Size, now);
        files.Add(file);
        await OpenAiJson.AnswerAsync(call, json => Write(json, file)).ConfigureAwait(false);
    }

    private Task ListAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", 100, 1, 1_000);
        var after = call.Query("after") is { } id ? Found(call, id) : null;
        var page = files.List(call.Who.Account, call.Query("purpose"), after, limit + 1);
        return OpenAiJson.AnswerAsync(call, json => WriteList(
            json, [.. page.Take(limit)], page.Count > limit, file => file.Id, file => Write(json, file)));
    }

    internal static void WriteList<T>(
        Utf8JsonWriter json, IReadOnlyList<T> page, bool hasMore, Func<T, string> idOf, Action<T> write)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var item in page) write(item);
        json.WriteEndArray();
        json.WriteString("first_id", page.Count == 0 ? null : idOf(page[0]));
        json.WriteString("last_id", page.Count == 0 ? null : idOf(page[^1]));
        json.WriteBoolean("has_more", hasMore);
        json.WriteEndObject();
    }

    private async Task ContentAsync(ApiCall call)
    {
        var file = Found(call);
        var content = plan.Blobs.TryOpen(file.Digest)
            ?? throw new ApiException("blob.unknown", $"The content of {file.Id} is not at this node.");
        await ResultRoutes.StreamAsync(call, content, file.Digest).ConfigureAwait(false);
    }

    private Task DeleteAsync(ApiCall call)
    {
        var file = Found(call);
        files.Remove(file.Id, call.Who.Account);
        return OpenAiJson.AnswerAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", file.Id);
            json.WriteString("object", "file");
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        });
    }

    private StoredFile Found(ApiCall call) => Found(call, call.Part("file"));

    private StoredFile Found(ApiCall call, string id) => files.Find(id, call.Who.Account)
        ?? throw new ApiException("file.unknown", $"There is no file '{Sentence.Short(id)}' of this account.");

    private static void Write(Utf8JsonWriter json, StoredFile file)
    {
        json.WriteStartObject();
        json.WriteString("id", file.Id);
        json.WriteString("object", "file");
        json.WriteNumber("bytes", file.Size);
        json.WriteNumber("created_at", OpenAiJson.Seconds(file.CreatedAt));
        if (file.ExpiresAt is { } end) json.WriteNumber("expires_at", OpenAiJson.Seconds(end));
        json.WriteString("filename", file.Name);
        json.WriteString("purpose", file.Purpose);
        json.WriteString("status", "processed");
        json.WriteEndObject();
    }
}
