using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>Bytes that many calls hold together, and no more than so many.</summary>
internal sealed class ByteBudget(long most)
{
    private long taken;

    public long Taken => Interlocked.Read(ref taken);

    public void Take(int count)
    {
        if (Interlocked.Add(ref taken, count) <= most) return;
        GiveBack(count);
        throw new ApiException("node.busy", "It holds as many bytes of waiting calls as it can.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };
    }

    public void GiveBack(long count) => Interlocked.Add(ref taken, -count);
}

/// <summary>The body of a call that waits. What it holds is counted as it comes, and given back at the end.</summary>
internal sealed class WaitingBody(ByteBudget budget) : IDisposable
{
    public const int BytesMax = 8 << 20;

    private const int PieceBytes = 32 << 10;

    private readonly List<byte[]> pieces = [];
    private long held;

    /// <summary>Null where the call has none.</summary>
    public ReadOnlyMemory<byte>? Content { get; private set; }

    public async Task ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength is 0
            || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding"))) return;
        var buffer = new byte[PieceBytes];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            if (held + count > BytesMax)
                throw new ApiException("request.too-large", $"A call has at most {BytesMax} bytes.");
            budget.Take(count);
            held += count;
            pieces.Add(buffer[..count]);
        }
        var whole = new byte[held];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(whole, at);
            at += piece.Length;
        }
        pieces.Clear();
        Content = whole;
    }

    public void Dispose()
    {
        budget.GiveBack(held);
        held = 0;
    }
}
