using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Reads an upload part by part; the file goes to the store as it comes.</summary>
internal sealed class FileForm
{
    private const int FieldBytesMax = 1_024;
    private const int NameMax = 256;
    private static readonly string[] Purposes = ["batch", "user_data", "assistants", "vision", "evals", "fine-tune"];

    public string Name { get; private set; } = "";
    public string Purpose { get; private set; } = "";
    public long Size { get; private set; }
    public Digest? Digest { get; private set; }
    public long? ExpiresAfterSeconds { get; private set; }

    public static async Task<FileForm> ReadAsync(HttpRequest request, BlobStore blobs, long most)
    {
        if (request.ContentLength > most + FieldBytesMax * 16) throw TooLarge(most);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = most + FieldBytesMax * 16;
        var reader = new MultipartReader(BoundaryOf(request), request.Body);
        var form = new FileForm();
        try
        {
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted).ConfigureAwait(false)
                is { } section)
                await form.TakeAsync(section, blobs, most, request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is InvalidDataException
            or IOException and not BadHttpRequestException)
        {
            throw new ApiException("request.malformed", $"The parts of the body cannot be read: {failure.Message}");
        }
        if (form.Digest is null) throw ApiCall.Bad("file", "must be a part with a file name");
        if (!Purposes.Contains(form.Purpose))
            throw ApiCall.Bad("purpose", $"must be one of {string.Join(", ", Purposes)}");
        return form;
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 128 } boundary)
            return boundary.ToString();
        throw new ApiException("request.media-type",
            $"The body is '{Sentence.Short(request.ContentType ?? "")}', not multipart/form-data with a boundary.");
    }

    private async Task TakeAsync(MultipartSection section, BlobStore blobs, long most, CancellationToken cancel)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var place)) return;
        var name = HeaderUtilities.RemoveQuotes(place.Name).ToString();
        if (name == "file")
        {
            if (Digest is not null) throw ApiCall.Bad("file", "is given twice");
            var given = place.FileNameStar.HasValue ? place.FileNameStar : place.FileName;
            Name = HeaderUtilities.RemoveQuotes(given).ToString();
            if (Name.Length is 0 or > NameMax || Name.Any(char.IsControl))
                throw ApiCall.Bad("file", $"must have a name of 1 to {NameMax} characters, none of them a control");
            var counted = new CountedStream(section.Body, most);
            Digest = await blobs.PutAsync(counted, null, cancel).ConfigureAwait(false);
            Size = counted.Count;
            return;
        }
        var text = await TextAsync(section, cancel).ConfigureAwait(false);
        if (name == "purpose") Purpose = text;
        if (name == "expires_after[seconds]")
            ExpiresAfterSeconds = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 3_600 and <= 2_592_000
                ? seconds : throw ApiCall.Bad(name, "must be a whole number from 3600 to 2592000");
        if (name == "expires_after[anchor]" && text != "created_at")
            throw ApiCall.Bad(name, "must be created_at");
    }

    private static async Task<string> TextAsync(MultipartSection section, CancellationToken cancel)
    {
        var bytes = new byte[FieldBytesMax + 1];
        var count = await section.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel)
            .ConfigureAwait(false);
        if (count > FieldBytesMax) throw new ApiException("request.too-large", "A field of the form is too long.");
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    private static ApiException TooLarge(long most) =>
        new("request.too-large", $"The file is larger than {most} bytes.");

    private sealed class CountedStream(Stream inner, long most) : PassingStream
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Count += count;
            return Count <= most ? count : throw TooLarge(most);
        }
    }
}
