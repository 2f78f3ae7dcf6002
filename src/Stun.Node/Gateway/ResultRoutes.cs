using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What came out of a task, and what proves it.</summary>
internal sealed class ResultRoutes(DoorPlan plan, TaskBooks books)
{
    private const string Cbor = "application/cbor";
    private const string Bytes = "application/octet-stream";
    private static readonly ApiParameter Id = ApiParameter.Path("id", "The task: 32 hexadecimal digits.");
    private readonly StoredResults results = new(plan.Blobs);

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/tasks/{id}/result", "getResult", "The files that came out of a task.", ManifestAsync)
        {
            Right = Right.TasksRead,
            Parameters = [Id],
            Answers = [ApiAnswer.Of<ResultView>(200, "Names, digests and sizes.")],
            Refusals = ["task.unknown", "task.no-result", "blob.unknown"],
        },
        new("GET", "/v1/tasks/{id}/result/{**name}", "getResultFile", "One file of a result.", FileAsync)
        {
            Right = Right.TasksRead,
            IsStream = true,
            Parameters =
            [
                Id, ApiParameter.Path("name", "The file's name, slashes and all."),
                ApiParameter.Header("Range", "string", "Only these bytes."),
            ],
            Answers =
            [
                new ApiAnswer(200, "The content.", null, Bytes), new ApiAnswer(206, "A part of it.", null, Bytes),
                new ApiAnswer(304, "It is what If-None-Match says."),
            ],
            Refusals = ["task.unknown", "task.no-result", "blob.unknown", "request.range"],
        },
        new("GET", "/v1/tasks/{id}/receipts", "getReceipts",
            "Order, receipts and terms, with all that is needed to check them offline.",
            call => ProofAsync(call, false))
        {
            Right = Right.TasksRead,
            Parameters = [Id],
            Answers = [ApiAnswer.Of<ProofView>(200, "As JSON."), new ApiAnswer(200, "As canonical CBOR.", null, Cbor)],
            Refusals = ["task.unknown"],
        },
        new("GET", "/v1/tasks/{id}/verdict", "getVerdict",
            "The verdict with its signatures, and all that is needed to check it offline.",
            call => ProofAsync(call, true))
        {
            Right = Right.TasksRead,
            Parameters = [Id],
            Answers = [ApiAnswer.Of<ProofView>(200, "As JSON."), new ApiAnswer(200, "As canonical CBOR.", null, Cbor)],
            Refusals = ["task.unknown", "task.no-verdict"],
        },
    ];

    private async Task ManifestAsync(ApiCall call)
    {
        var (id, digest, manifest) = await FindAsync(call).ConfigureAwait(false);
        var files = manifest.Files.Span.ToArray().Select(file =>
            new ResultFileView(file.Name, "sha256:" + file.Digest, file.Size));
        await call.AnswerAsync(
            new ResultView(id.ToString(), "sha256:" + digest, [.. files]), ApiJson.Default.ResultView)
            .ConfigureAwait(false);
    }

    private async Task FileAsync(ApiCall call)
    {
        var (_, _, manifest) = await FindAsync(call).ConfigureAwait(false);
        var name = call.Part("name");
        var file = manifest.Files.FirstOrDefault(entry => entry.Name == name)
            ?? throw new ApiException("blob.unknown", "The result has no file of this name.");
        var content = plan.Blobs.TryOpen(file.Digest)
            ?? await plan.Blobs.OpenFileAsync(file.Digest, call.Cancel).ConfigureAwait(false);
        await StreamAsync(call, content, file.Digest).ConfigureAwait(false);
    }

    private async Task<(TaskId Id, Digest Digest, ResultManifest Manifest)> FindAsync(ApiCall call)
    {
        var (id, follow, stored) = books.Find(call, wantsStored: false);
        if (follow is { Result: null, End: null }) stored ??= books.Queries.FindTask(id);
        var digest = TaskBooks.ResultOf(follow, stored);
        var manifest = await results.ManifestAsync(digest, call.Cancel).ConfigureAwait(false)
            ?? throw new ApiException("blob.unknown", $"The manifest sha256:{digest} is not here any more.");
        return (id, digest, manifest);
    }

    private async Task ProofAsync(ApiCall call, bool needsVerdict)
    {
        var bundle = books.BundleOf(await books.StoredAsync(call).ConfigureAwait(false));
        if (needsVerdict && bundle.Verdict is null)
            throw new ApiException("task.no-verdict", "There is no verdict yet.");
        if (!call.Accepts(Cbor))
        {
            var view = ProofView.Of(bundle) with { Batch = books.BatchOf(bundle) };
            await call.AnswerAsync(view, ApiJson.Default.ProofView).ConfigureAwait(false);
            return;
        }
        call.Response.ContentType = Cbor;
        await call.Response.Body.WriteAsync(bundle.Encode(), call.Cancel).ConfigureAwait(false);
    }

    /// <summary>Whole or in part, and not at all for who has it. The digest is the strongest tag there is.</summary>
    internal static Task StreamAsync(ApiCall call, Stream content, Digest digest)
    {
        // Strangers' content: no browser is to show it as a page of this node.
        call.Response.Headers.ContentDisposition = "attachment";
        call.Response.Headers.CacheControl = "private, immutable, max-age=31536000";
        return Results.Stream(content, Bytes, null, null, new EntityTagHeaderValue($"\"sha256:{digest}\""), true)
            .ExecuteAsync(call.Http);
    }
}
