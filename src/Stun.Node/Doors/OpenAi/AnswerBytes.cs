using System.Buffers;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>An answer that is no stream, read to its end before a byte of it goes on: half of one is none.</summary>
internal sealed class AnswerBytes : IDisposable
{
    /// <summary>Embeddings of a whole batch of texts are some ten million bytes.</summary>
    private const int BytesMax = 256 << 20;

    private byte[] bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    public static async Task<AnswerBytes> ReadAsync(ModelAnswer answer, CancellationToken cancel)
    {
        var whole = new AnswerBytes
        {
            bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(answer.Length ?? 4095, 64 << 20) + 1),
        };
        try
        {
            while (true)
            {
                if (whole.Length == whole.bytes.Length) whole.Grow(answer.By.Name);
                var count = await answer.Body.ReadAsync(whole.bytes.AsMemory(whole.Length), cancel)
                    .ConfigureAwait(false);
                if (count == 0) return whole;
                whole.Length += count;
            }
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var mine = bytes;
        (bytes, Length) = ([], 0);
        if (mine.Length > 0) ArrayPool<byte>.Shared.Return(mine);
    }

    private void Grow(string by)
    {
        if (Length >= BytesMax) throw BackEndFault.Broken(by, $"gave an answer of more than {BytesMax} bytes");
        var larger = ArrayPool<byte>.Shared.Rent(Length * 2);
        Memory.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
