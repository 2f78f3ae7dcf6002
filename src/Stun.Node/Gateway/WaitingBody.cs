using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>The body of a call that waits. What it holds is counted as it comes, and given back at the end.</summary>
internal sealed class WaitingBody(ByteBudget budget) : IDisposable
{
    public const int BytesMax = 8 << 20;

    private const int PieceBytes = 32 << 10;

    private readonly MemoryStream held = new();

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
            if (held.Length + count > BytesMax)
                throw new ApiException("request.too-large", $"A call has at most {BytesMax} bytes.");
            if (!budget.TryTake(count))
                throw new ApiException("node.busy", "It holds as many bytes of waiting calls as it can.")
                {
                    RetryAfter = TimeSpan.FromSeconds(2),
                };
            held.Write(buffer, 0, count);
        }
        Content = held.GetBuffer().AsMemory(0, (int)held.Length);
    }

    public void Dispose()
    {
        budget.GiveBack(held.Length);
        held.SetLength(0);
    }
}
