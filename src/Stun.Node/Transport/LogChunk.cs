using Stun.Cbor;

namespace Stun.Node.Transport;

/// <summary>A piece of what a container wrote. The offset makes doubled and lost pieces visible.</summary>
/// <param name="Channel">1 is the standard output, 2 the standard error.</param>
/// <param name="Offset">Bytes of this channel before this piece.</param>
public sealed record LogChunk(AttemptId Attempt, byte Channel, long Offset, ReadOnlyMemory<byte> Bytes)
{
    private const ulong Version = 1;

    internal byte[] Encode()
    {
        if (Bytes.Length > TransportLimits.LogChunkBytesMax)
            throw new ArgumentException(
                $"A log chunk has at most {TransportLimits.LogChunkBytesMax} bytes, not {Bytes.Length}.");
        ArgumentOutOfRangeException.ThrowIfNegative(Offset);
        var writer = new CborWriter(Bytes.Length + 32);
        writer.WriteArrayStart(5);
        writer.WriteUInt64(Version);
        writer.WriteUInt64(Attempt.Value);
        writer.WriteUInt64(Channel);
        writer.WriteInt64(Offset);
        writer.WriteBytes(Bytes.Span);
        return writer.ToArray();
    }

    internal static LogChunk Decode(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new CborReader(data);
            if (reader.ReadArrayStart() != 5) throw TransportException.Malformed("A log chunk has five fields.");
            if (reader.ReadUInt64() != Version) throw TransportException.Malformed("A log chunk of another version.");
            var attempt = new AttemptId(reader.ReadUInt64());
            var channel = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
            var offset = WireForm.ReadSigned(ref reader, 0, long.MaxValue);
            var bytes = WireForm.ReadBytes(ref reader, TransportLimits.LogChunkBytesMax, "LogChunk.Bytes");
            return new LogChunk(attempt, channel, offset, bytes.ToArray());
        }
        catch (Exception cause) when (cause is CborException or WireException)
        {
            throw TransportException.Malformed($"A log chunk: {cause.Message}", cause);
        }
    }
}
