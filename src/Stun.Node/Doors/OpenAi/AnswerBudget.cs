using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Memory for all answers together that are held whole: many large ones at once are no end of the node.
/// </summary>
internal sealed class AnswerBudget(long most)
{
    public const long BytesUsual = 512 << 20;

    private long taken;

    public long Taken => Interlocked.Read(ref taken);

    /// <exception cref="ApiException">There is not so much now.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= most) return;
        Give(bytes);
        throw new ApiException("model.busy", $"This node holds {most >> 20} MiB of answers just now, and no more.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    public void Give(long bytes) => Interlocked.Add(ref taken, -bytes);
}
