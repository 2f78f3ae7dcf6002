using System.Buffers;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// A body that is passed on as it came: whole, in bounded time, in memory that is lent. Whoever has it gives it back
/// when nobody reads it any more.
/// </summary>
internal sealed class BodyBytes : IDisposable
{
    private byte[] bytes;

    private BodyBytes(byte[] bytes) => this.bytes = bytes;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    /// <summary>JSON, by its type and its alphabet.</summary>
    public static async ValueTask<BodyBytes> ReadJsonAsync(HttpRequest request, int most, TimeSpan within)
    {
        JsonBody.RequireJson(request.ContentType);
        if (request.ContentLength > most) throw TooLarge(most);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = most;
        var body = new BodyBytes(ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? 4096) + 1));
        try
        {
            await body.FillAsync(request, most, within).ConfigureAwait(false);
            if (!Utf8.IsValid(body.Memory.Span))
                throw new ApiException("request.malformed", "The body is no UTF-8.");
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var mine = bytes;
        bytes = [];
        Length = 0;
        if (mine.Length > 0) ArrayPool<byte>.Shared.Return(mine);
    }

    private async ValueTask FillAsync(HttpRequest request, int most, TimeSpan within)
    {
        var reader = request.BodyReader;
        var clock = new BodyClock(within);
        while (true)
        {
            var result = await clock.ReadAsync(reader, request.HttpContext.RequestAborted).ConfigureAwait(false);
            Take(result.Buffer, most);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private void Take(in ReadOnlySequence<byte> piece, int most)
    {
        var count = piece.Length;
        if (count > most - Length) throw TooLarge(most);
        if (Length + count > bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(Length + count, Math.Min(2L * Length, most)));
            Memory.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }
        piece.CopyTo(bytes.AsSpan(Length));
        Length += (int)count;
    }

    private static ApiException TooLarge(int most) =>
        new("request.too-large", $"The body is larger than {most} bytes.");
}
