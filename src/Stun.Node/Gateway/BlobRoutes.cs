using System.Globalization;
using Microsoft.AspNetCore.Http;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Content by its digest: whole, or piece by piece over bad lines.</summary>
/// <remarks>
/// Who has a key here and knows a digest may read the blob. Digests of results are known to the requester, to the roles
/// that judge them and to the provider; what must stay secret even from those is to be encrypted before it is uploaded.
/// </remarks>
internal sealed class BlobRoutes(DoorPlan plan, BlobLedger ledger)
{
    private const string Bytes = "application/octet-stream";
    private static readonly ApiParameter Digest = ApiParameter.Path("digest", "sha256: and 64 hexadecimal digits.");
    private static readonly ApiParameter Upload = ApiParameter.Path("upload", "The upload's id.");
    private readonly Blobs blobs = plan.Blobs;

    public IEnumerable<ApiRoute> All() =>
    [
        new("PUT", "/v1/blobs/{digest}", "putBlob", "Uploads a blob as a whole.", PutAsync)
        {
            Right = Right.BlobsWrite,
            TakesBytes = true,
            Parameters = [Digest],
            Answers =
            [
                ApiAnswer.Of<BlobView>(201, "It is kept, and survives a power cut."),
                ApiAnswer.Of<BlobView>(200, "It was here before."),
            ],
            Refusals = ["request.invalid", "blob.digest-mismatch", "blob.no-room", "blob.over-quota"],
        },
        new("GET", "/v1/blobs/{digest}", "getBlob", "A blob, or a part of it.", GetAsync)
        {
            Right = Right.BlobsRead,
            IsStream = true,
            Parameters = [Digest, ApiParameter.Header("Range", "string", "Only these bytes.")],
            Answers =
            [
                new ApiAnswer(200, "The content.", null, Bytes), new ApiAnswer(206, "A part of it.", null, Bytes),
                new ApiAnswer(304, "It is what If-None-Match says."),
            ],
            Refusals = ["request.invalid", "blob.unknown", "request.range"],
        },
        new("HEAD", "/v1/blobs/{digest}", "headBlob", "Whether a blob is here, and its size.", GetAsync)
        {
            Right = Right.BlobsRead,
            Parameters = [Digest],
            Answers = [new ApiAnswer(200, "It is here.")],
            Refusals = ["request.invalid", "blob.unknown"],
        },
        new("POST", "/v1/blobs", "beginUpload", "Begins an upload that can be gone on with after a break.", BeginAsync)
        {
            Right = Right.BlobsWrite,
            Body = typeof(UploadForm),
            Answers = [ApiAnswer.Of<UploadView>(201, "Where to send the pieces.")],
            Refusals = ["request.invalid", "blob.no-room", "blob.over-quota"],
        },
        new("PATCH", "/v1/blobs/uploads/{upload}", "continueUpload",
            "Adds a piece. The last one completes the upload.", PatchAsync)
        {
            Right = Right.BlobsWrite,
            TakesBytes = true,
            Parameters = [Upload, ApiParameter.Header("Upload-Offset", "integer", "Where this piece begins.")],
            Answers =
            [
                ApiAnswer.Of<UploadView>(200, "How far it is."), ApiAnswer.Of<BlobView>(201,
                    "The blob is whole and kept."),
            ],
            Refusals =
            [
                "request.invalid", "blob.upload-unknown", "blob.upload-busy", "blob.wrong-offset", "blob.too-long",
                "blob.digest-mismatch", "blob.no-room",
            ],
        },
        new("HEAD", "/v1/blobs/uploads/{upload}", "headUpload", "Where an upload stands, in Upload-Offset.", HeadAsync)
        {
            Right = Right.BlobsWrite,
            Parameters = [Upload],
            Answers = [new ApiAnswer(200, "Upload-Offset and Upload-Length say it.")],
            Refusals = ["blob.upload-unknown"],
        },
    ];

    private async Task PutAsync(ApiCall call)
    {
        var digest = DigestOf("digest", call.Part("digest"));
        var length = call.Request.ContentLength;
        if (blobs.IsHere(digest))
        {
            // What an earlier request has put in may not be durable yet.
            await plan.Process.Pump.SettleAsync().ConfigureAwait(false);
            await call.AnswerAsync(new BlobView("sha256:" + digest, SizeOf(digest)), ApiJson.Default.BlobView)
                .ConfigureAwait(false);
            return;
        }
        RequireRoom(call, length ?? 0);
        long size;
        if (length is { } known && known <= NodeLimits.SmallBlobMax)
        {
            var bytes = new byte[known];
            await call.Request.Body.ReadExactlyAsync(bytes, call.Cancel).ConfigureAwait(false);
            var found = SmallBlobs.DigestOf(bytes);
            if (found != digest) throw BlobFailure.Mismatch(digest, found);
            await blobs.KeepAsync(bytes, call.Cancel).ConfigureAwait(false);
            await plan.Process.Pump.SettleAsync().ConfigureAwait(false);
            size = known;
        }
        else
        {
            await blobs.Files.PutAsync(call.Request.Body, digest, call.Cancel).ConfigureAwait(false);
            size = blobs.Files.SizeOf(digest) ?? 0;
        }
        ledger.Add(call.Who.Account, digest, size, plan.Process.Pump.Now);
        await call.AnswerAsync(new BlobView("sha256:" + digest, size), ApiJson.Default.BlobView, 201)
            .ConfigureAwait(false);
    }

    private async Task GetAsync(ApiCall call)
    {
        var digest = DigestOf("digest", call.Part("digest"));
        var content = blobs.TryOpen(digest)
            ?? throw new ApiException("blob.unknown", $"There is no blob sha256:{digest} here.");
        await ResultRoutes.StreamAsync(call, content, digest).ConfigureAwait(false);
    }

    private async Task BeginAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.UploadForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var reader = new FormReader();
        var digest = reader.Digest("digest", form.Digest);
        if (form.Size is not >= 1) reader.Refuse("size", "must be at least 1");
        else if (form.Size > plan.Settings.BlobBytesMax)
            reader.Refuse("size", $"is more than {plan.Settings.BlobBytesMax}");
        reader.ThrowIfRefused();
        RequireRoom(call, form.Size!.Value);
        var upload = blobs.Files.BeginUpload(digest, form.Size.Value);
        call.Response.Headers.Location = $"/v1/blobs/uploads/{upload.Id}";
        await call.AnswerAsync(UploadView.Of(upload), ApiJson.Default.UploadView, 201).ConfigureAwait(false);
    }

    private async Task PatchAsync(ApiCall call)
    {
        if (!long.TryParse(call.Header("Upload-Offset"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var offset))
            throw ApiCall.Bad("Upload-Offset", "must say where this piece begins");
        var upload = await blobs.Files.AppendAsync(call.Part("upload"), offset, call.Request.Body, call.Cancel)
            .ConfigureAwait(false);
        call.Response.Headers["Upload-Offset"] = $"{upload.Offset}";
        if (upload.Offset < upload.Size)
        {
            await call.AnswerAsync(UploadView.Of(upload), ApiJson.Default.UploadView).ConfigureAwait(false);
            return;
        }
        var digest = await blobs.Files.CompleteAsync(upload.Id, call.Cancel).ConfigureAwait(false);
        ledger.Add(call.Who.Account, digest, upload.Size, plan.Process.Pump.Now);
        await call.AnswerAsync(new BlobView("sha256:" + digest, upload.Size), ApiJson.Default.BlobView, 201)
            .ConfigureAwait(false);
    }

    private Task HeadAsync(ApiCall call)
    {
        var upload = blobs.Files.FindUpload(call.Part("upload"))
            ?? throw new ApiException("blob.upload-unknown", "There is no upload with this id.");
        call.Response.Headers["Upload-Offset"] = $"{upload.Offset}";
        call.Response.Headers["Upload-Length"] = $"{upload.Size}";
        call.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private void RequireRoom(ApiCall call, long size)
    {
        var limit = plan.Settings.BlobBytesPerAccountMax;
        var used = ledger.BytesOf(call.Who.Account, limit - size, blobs.IsHere);
        if (used > limit - size)
            throw new ApiException("blob.over-quota",
                $"The account has {used} of {limit} bytes here; {size} more are too many.");
    }

    private long SizeOf(Digest digest)
    {
        using var content = blobs.TryOpen(digest);
        return content?.Length ?? 0;
    }

    private static Digest DigestOf(string path, string text)
    {
        var reader = new FormReader();
        var digest = reader.Digest(path, text);
        reader.ThrowIfRefused();
        return digest;
    }
}
