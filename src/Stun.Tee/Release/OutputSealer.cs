namespace Stun.Tee.Release;

/// <summary>
/// Seals outputs where the inputs of a task have opened: to the reply key that was in the inputs, and with the secrets
/// of all of them (mode_psk). Who has not opened every input makes nothing that the requester takes.
/// </summary>
/// <remarks>
///   magic 8 │ encapsulated key 65 │ pieces
/// </remarks>
public sealed class OutputSealer
{
    internal const int HeadSize = 8 + Hpke.PublicKeySize;

    private readonly SealContext context;
    private readonly Protection protection;
    private readonly SharedSecret shared;

    /// <param name="inputs">All inputs of one task.</param>
    public OutputSealer(IReadOnlyList<OpenedInput> inputs)
    {
        shared = InputSecret.Join(inputs.Select(each => each.Secret));
        (context, protection) = (inputs[0].Context, inputs[0].Protection);
        if (inputs.Any(each => each.Protection != protection
            || !each.Context.Task.Span.SequenceEqual(context.Task.Span)
            || !each.Context.ReplyKey.Span.SequenceEqual(context.ReplyKey.Span)))
            throw new KeyReleaseException("release.mixed", "The inputs are not of one task and of one requester.");
    }

    internal static ReadOnlySpan<byte> Magic => "STUNOUT2"u8;

    /// <summary>How long what is sealed will be.</summary>
    public static long SealedLength(long plainLength) => HeadSize + SealedStream.SealedLength(plainLength);

    /// <summary>Under a key of its own each time: the same output may be sealed again.</summary>
    public async Task SealAsync(string name, Stream plain, Stream destination, CancellationToken cancel)
    {
        var (encapsulated, keys) = Hpke.Send(
            context.ReplyKey.Span, SealContext.OutputInfo(protection, context.Task, name), shared);
        using (keys)
        {
            using var pieces = new SealedStream(keys);
            byte[] head = [.. Magic, .. encapsulated];
            await destination.WriteAsync(head, cancel).ConfigureAwait(false);
            await pieces.SealAsync(plain, destination, cancel).ConfigureAwait(false);
        }
    }
}
