using Stun.Cbor;

namespace Stun.Node.Transport;

/// <summary>What the body of a post is.</summary>
internal enum PostKind : byte
{
    Message = 1,
    Log = 2,
}

/// <summary>The origin's own word for what a hub carries on: <see cref="RelaySigner"/> and <see cref="RelayGuard"/>.
/// </summary>
/// <param name="Sequence">Counts the origin's relayed posts; begins anew above the last when its process restarts.
/// </param>
internal sealed record RelayProof(ulong Sequence, Instant SentAt, Signature Signature);

/// <summary>Something from one role to another. Encoded once, where it begins; a relay hands the bytes on.</summary>
internal sealed record Post(PostKind Kind, Address From, Address To, RelayProof? Proof, ReadOnlyMemory<byte> Body)
{
    public int Cost => Body.Length + TransportLimits.QueueEntryBytes;
}

/// <summary>
/// What a frame holds once it is opened: canonical CBOR, [version, kind, acknowledged, fields of the kind].
/// </summary>
/// <param name="Ack">The last sequence of the session that arrived here; acknowledges all before it too.</param>
internal abstract record Envelope(ulong Ack)
{
    /// <summary>Also the first byte of every sealed frame: old nodes refuse new frames by name.</summary>
    public const byte Version = 1;

    private const int CodeBytesMax = 64;
    private const int TextBytesMax = 512;
    private const ulong KeepAliveKind = 3;
    private const ulong NoticeKind = 4;

    /// <param name="Sequence">Counts the posts of a session from 1, without gaps.</param>
    public sealed record Carry(ulong Ack, ulong Sequence, Post Post) : Envelope(Ack);

    /// <param name="Ping">To be sent back as a pong; 0 is none.</param>
    public sealed record KeepAlive(ulong Ack, ulong Ping, ulong Pong) : Envelope(Ack);

    /// <summary>Something for the other side's log. Never acted upon.</summary>
    public sealed record Notice(ulong Ack, string Code, string Text) : Envelope(Ack);

    public CborWriter Encode()
    {
        var writer = new CborWriter(this is Carry { Post.Body.Length: var length } ? length + 256 : 64);
        switch (this)
        {
            case Carry carry:
                WriteHead(writer, 8, (ulong)carry.Post.Kind);
                writer.WriteUInt64(carry.Sequence);
                WireForm.Write(writer, carry.Post.From);
                WireForm.Write(writer, carry.Post.To);
                Write(writer, carry.Post.Proof);
                writer.WriteBytes(carry.Post.Body.Span);
                break;
            case KeepAlive alive:
                WriteHead(writer, 5, KeepAliveKind);
                writer.WriteUInt64(alive.Ping);
                writer.WriteUInt64(alive.Pong);
                break;
            case Notice notice:
                WriteHead(writer, 5, NoticeKind);
                writer.WriteText(notice.Code);
                writer.WriteText(Shortened(notice.Text));
                break;
        }
        return writer;
    }

    /// <exception cref="TransportException">Not an envelope of this version.</exception>
    public static Envelope Decode(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new CborReader(data);
            var count = reader.ReadArrayStart();
            if (count < 3) throw TransportException.Malformed($"An envelope of {count} fields.");
            if (reader.ReadUInt64() is var version && version != Version)
                throw TransportException.Malformed($"An envelope of version {version}; this node speaks {Version}.");
            var kind = reader.ReadUInt64();
            var ack = reader.ReadUInt64();
            return (kind, count) switch
            {
                ((ulong)PostKind.Message or (ulong)PostKind.Log, 8) => ReadCarry(ref reader, (PostKind)kind, ack),
                (KeepAliveKind, 5) => new KeepAlive(ack, reader.ReadUInt64(), reader.ReadUInt64()),
                (NoticeKind, 5) => new Notice(ack,
                    WireForm.ReadText(ref reader, CodeBytesMax, "Notice.Code"),
                    WireForm.ReadText(ref reader, TextBytesMax, "Notice.Text")),
                _ => throw TransportException.Malformed($"An envelope of kind {kind} with {count} fields."),
            };
        }
        catch (Exception cause) when (cause is CborException or WireException)
        {
            throw TransportException.Malformed($"An envelope: {cause.Message}", cause);
        }
    }

    private static Carry ReadCarry(ref CborReader reader, PostKind kind, ulong ack)
    {
        var sequence = reader.ReadUInt64();
        var from = WireForm.ReadAddress(ref reader);
        var to = WireForm.ReadAddress(ref reader);
        var proof = ReadProof(ref reader);
        var most = kind == PostKind.Log ? TransportLimits.LogChunkBytesMax + 64 : WireLimits.MessageBytesMax;
        var body = WireForm.ReadBytes(ref reader, most, "Post.Body");
        return new Carry(ack, sequence, new Post(kind, from, to, proof, body.ToArray()));
    }

    private static RelayProof? ReadProof(ref CborReader reader)
    {
        if (reader.Peek() == CborKind.Null)
        {
            reader.ReadNull();
            return null;
        }
        if (reader.ReadArrayStart() != 3) throw TransportException.Malformed("A proof of relay has three fields.");
        return new RelayProof(
            reader.ReadUInt64(), new Instant(reader.ReadInt64()), WireForm.ReadSignature(ref reader));
    }

    private void WriteHead(CborWriter writer, int count, ulong kind)
    {
        writer.WriteArrayStart(count);
        writer.WriteUInt64(Version);
        writer.WriteUInt64(kind);
        writer.WriteUInt64(Ack);
    }

    private static void Write(CborWriter writer, RelayProof? proof)
    {
        if (proof is null)
        {
            writer.WriteNull();
            return;
        }
        writer.WriteArrayStart(3);
        writer.WriteUInt64(proof.Sequence);
        writer.WriteInt64(proof.SentAt.Micros);
        WireForm.Write(writer, proof.Signature);
    }

    /// <summary>At most 512 bytes whatever the script: a character has at most three, a pair four.</summary>
    private static string Shortened(string text) => text.Length <= TextBytesMax / 4 ? text
        : text[..(char.IsHighSurrogate(text[(TextBytesMax / 4) - 1]) ? (TextBytesMax / 4) - 1 : TextBytesMax / 4)];
}
