using System.Buffers;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>An answer that is no stream, read to its end before a byte of it goes on: half of one is none.</summary>
internal sealed class AnswerBytes : IDisposable
{
    /// <summary>Embeddings of a whole batch of texts are some ten million bytes.</summary>
    public const int BytesMax = 32 << 20;

    /// <summary>Of all answers together that are held whole: many large ones at once are no end of the node.</summary>
    public const long AllBytesMax = 512 << 20;

    /// <summary>Lent on the back end's word for the length; more only for bytes that are there.</summary>
    private const int FirstMax = 1 << 20;

    private readonly ByteBudget budget;
    private byte[] bytes = [];

    private AnswerBytes(ByteBudget budget) => this.budget = budget;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    public static async Task<AnswerBytes> ReadAsync(ModelAnswer answer, ByteBudget budget, CancellationToken cancel)
    {
        var whole = new AnswerBytes(budget);
        try
        {
            whole.Grow((int)Math.Clamp(answer.Length ?? 4095, 0, FirstMax) + 1);
            while (true)
            {
                if (whole.Length > BytesMax)
                    throw BackEndFault.Broken(answer.By.Name, $"gave an answer of more than {BytesMax} bytes");
                if (whole.Length == whole.bytes.Length) whole.Grow(whole.Length * 2);
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
        GiveBack(mine);
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw new ApiException("model.busy",
                $"This node holds {budget.Most >> 20} MiB of answers just now, and no more.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        Memory.CopyTo(larger);
        GiveBack(bytes);
        bytes = larger;
    }

    private void GiveBack(byte[] lent)
    {
        if (lent.Length == 0) return;
        budget.GiveBack(lent.Length);
        ArrayPool<byte>.Shared.Return(lent);
    }
}
