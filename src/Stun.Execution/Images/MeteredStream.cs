using System.Security.Cryptography;

namespace Stun.Execution.Images;

/// <summary>A stream read once from front to end: counts, hashes, and asks a guard after each piece.</summary>
internal sealed class MeteredStream(Stream source, Action<long> guard, CancellationToken cancel) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <summary>Of all that was read so far.</summary>
    public Digest ReadDigest() => Digest.Read(hash.GetCurrentHash());

    /// <summary>Reads to the end. What comes is hashed and counted, and dropped.</summary>
    public void Drain()
    {
        var buffer = new byte[1 << 16];
        while (Read(buffer) > 0) continue;
    }

    public override int Read(Span<byte> buffer)
    {
        cancel.ThrowIfCancellationRequested();
        var count = source.Read(buffer);
        hash.AppendData(buffer[..count]);
        Count += count;
        guard(Count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) hash.Dispose();
        base.Dispose(disposing);
    }
}
