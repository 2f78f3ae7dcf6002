namespace Stun.Node.Doors.Tes;

/// <summary>Reads on until there was too much.</summary>
internal sealed class BoundedStream(Stream inner, long most, Action tooMuch) : PassingStream
{
    private long count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        count += read;
        if (count > most) tooMuch();
        return read;
    }
}
