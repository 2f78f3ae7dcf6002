namespace Stun.Tee.Release;

/// <summary>
/// An input of a task, sealed to the key of evidence: whoever has the key of the evidence opens it, and nobody else.
/// Both sides then have a secret of it, with which outputs are sealed.
/// </summary>
/// <remarks>
///   magic 8 │ protection 1 │ encapsulated key 65 │ pieces
/// </remarks>
public static class SealedInput
{
    public const int PieceSize = SealedStream.PieceSize;
    private const int HeadSize = 8 + 1 + Hpke.PublicKeySize;

    private static ReadOnlySpan<byte> Magic => "STUNBOX2"u8;

    /// <summary>How long what is sealed will be.</summary>
    public static long SealedLength(long plainLength) => HeadSize + SealedStream.SealedLength(plainLength);

    /// <param name="after">
    /// The input of the same task before this one: this opens only where that one has. Else everybody who knows the key
    /// could put an input of his own beside a stranger's, such as a program beside data.
    /// </param>
    /// <returns>What the requester keeps to know the outputs by.</returns>
    public static async Task<InputSecret> SealAsync(
        Stream plain, Stream destination, Recipient recipient, SealContext context, InputSecret? after,
        CancellationToken cancel)
    {
        var (encapsulated, keys) = Hpke.Send(
            recipient.PublicKey.Span, context.InputInfo(recipient.Protection), SharedOf(after));
        using (keys)
        {
            byte[] head = [.. Magic, (byte)recipient.Protection, .. encapsulated];
            using var pieces = new SealedStream(keys);
            await destination.WriteAsync(head, cancel).ConfigureAwait(false);
            await pieces.SealAsync(plain, destination, cancel).ConfigureAwait(false);
            return InputSecret.Of(keys, head);
        }
    }

    private static SharedSecret? SharedOf(InputSecret? after) => after is null ? null : InputSecret.Join([after]);

    /// <param name="after">As it was sealed.</param>
    /// <returns>What the sender knew of this place, and what outputs are sealed with.</returns>
    /// <exception cref="KeyReleaseException">It was changed, cut off, or is for another key or use. What was written
    /// until then must be thrown away.</exception>
    public static async Task<OpenedInput> OpenAsync(
        Stream source, Stream plain, EnclaveKey key, SealContext context, InputSecret? after,
        CancellationToken cancel)
    {
        var head = new byte[HeadSize];
        if (await source.ReadAtLeastAsync(head, HeadSize, false, cancel).ConfigureAwait(false) != HeadSize
            || !head.AsSpan(0, Magic.Length).SequenceEqual(Magic) || head[Magic.Length] > (byte)Protection.Pretended)
            throw new KeyReleaseException("release.format", "This is no sealed input.");
        var protection = (Protection)head[Magic.Length];
        using var keys = key.Receive(
            head.AsSpan(Magic.Length + 1), context.InputInfo(protection), SharedOf(after));
        using var pieces = new SealedStream(keys);
        await pieces.OpenAsync(source, plain, cancel).ConfigureAwait(false);
        return new OpenedInput(protection, context, InputSecret.Of(keys, head));
    }
}
