using Stun.Cbor;

namespace Stun.Node.Transport;

/// <summary>Where a session stands, as one side tells the other when it comes back.</summary>
/// <param name="Received">The last sequence that arrived; the rest is to be sent again.</param>
internal sealed record ResumePoint(Digest Session, ulong Received);

/// <summary>The hub's first frame: who it is, for which network, and what must be signed.</summary>
/// <param name="Ephemeral">A point of P-256: x and y.</param>
internal sealed record Challenge(Digest Network, Address Hub, Digest Nonce, byte[] Ephemeral)
{
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(5);
        writer.WriteUInt64(HandshakeFrames.Version);
        WireForm.Write(writer, Network);
        WireForm.Write(writer, Hub);
        WireForm.Write(writer, Nonce);
        writer.WriteBytes(Ephemeral);
        return writer.ToArray();
    }

    public static Challenge Decode(ReadOnlySpan<byte> data) => HandshakeFrames.Guarded("challenge", data, static data =>
    {
        var reader = HandshakeFrames.Open(data, 5, "challenge");
        return new Challenge(
            WireForm.ReadDigest(ref reader),
            WireForm.ReadAddress(ref reader),
            WireForm.ReadDigest(ref reader),
            HandshakeFrames.ReadPoint(ref reader));
    });
}

/// <summary>The peer's answer: one role, and where its session stands.</summary>
internal sealed record Hello(
    Digest Network, Address Role, Digest Nonce, byte[] Ephemeral, ulong Epoch, ResumePoint? Resume)
{
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(7);
        writer.WriteUInt64(HandshakeFrames.Version);
        WireForm.Write(writer, Network);
        WireForm.Write(writer, Role);
        WireForm.Write(writer, Nonce);
        writer.WriteBytes(Ephemeral);
        writer.WriteUInt64(Epoch);
        if (Resume is null)
        {
            writer.WriteNull();
            return writer.ToArray();
        }
        writer.WriteArrayStart(2);
        WireForm.Write(writer, Resume.Session);
        writer.WriteUInt64(Resume.Received);
        return writer.ToArray();
    }

    public static Hello Decode(ReadOnlySpan<byte> data) => HandshakeFrames.Guarded("hello", data, static data =>
    {
        var reader = HandshakeFrames.Open(data, 7, "hello");
        return new Hello(
            WireForm.ReadDigest(ref reader),
            WireForm.ReadAddress(ref reader),
            WireForm.ReadDigest(ref reader),
            HandshakeFrames.ReadPoint(ref reader),
            reader.ReadUInt64(),
            ReadResume(ref reader));
    });

    private static ResumePoint? ReadResume(ref CborReader reader)
    {
        if (reader.Peek() == CborKind.Null)
        {
            reader.ReadNull();
            return null;
        }
        if (reader.ReadArrayStart() != 2) throw TransportException.Malformed("A point of resume has two fields.");
        return new ResumePoint(WireForm.ReadDigest(ref reader), reader.ReadUInt64());
    }
}

/// <summary>The hub's answer: which session this is, and which roles live at the hub.</summary>
/// <param name="IsResumed">Whether <paramref name="Received"/> counts in the session that the peer knows.</param>
internal sealed record Welcome(Digest Session, bool IsResumed, ulong Received, IReadOnlyList<Address> Locals)
{
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(5);
        writer.WriteUInt64(HandshakeFrames.Version);
        WireForm.Write(writer, Session);
        writer.WriteBool(IsResumed);
        writer.WriteUInt64(Received);
        WireForm.WriteListStart(writer, Locals.Count, TransportLimits.LocalRolesMax, "Welcome.Locals");
        foreach (var local in Locals) WireForm.Write(writer, local);
        return writer.ToArray();
    }

    public static Welcome Decode(ReadOnlySpan<byte> data) => HandshakeFrames.Guarded("welcome", data, static data =>
    {
        var reader = HandshakeFrames.Open(data, 5, "welcome");
        var session = WireForm.ReadDigest(ref reader);
        var isResumed = reader.ReadBool();
        var received = reader.ReadUInt64();
        var locals = new Address[WireForm.ReadListStart(ref reader, TransportLimits.LocalRolesMax, "Welcome.Locals")];
        for (var index = 0; index < locals.Length; index++) locals[index] = WireForm.ReadAddress(ref reader);
        return new Welcome(session, isResumed, received, locals);
    });
}

/// <summary>
/// A body with the signatures over it: the sender's, and, in a welcome, one of each local role.
/// [body, signature, [role signature or null ...]].
/// </summary>
internal sealed record SignedFrame(byte[] Body, Signature Signature, IReadOnlyList<Signature?> Roles)
{
    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(3);
        writer.WriteBytes(Body);
        WireForm.Write(writer, Signature);
        writer.WriteArrayStart(Roles.Count);
        foreach (var role in Roles)
        {
            if (role is { } signature) WireForm.Write(writer, signature);
            else writer.WriteNull();
        }
        return writer.ToArray();
    }

    public static SignedFrame Decode(ReadOnlySpan<byte> data) =>
        HandshakeFrames.Guarded("signed frame", data, static data =>
        {
            var reader = new CborReader(data);
            if (reader.ReadArrayStart() != 3) throw TransportException.Malformed("A signed frame has three fields.");
            var body = WireForm.ReadBytes(ref reader, TransportLimits.HandshakeBytesMax, "SignedFrame.Body").ToArray();
            var signature = WireForm.ReadSignature(ref reader);
            var count = WireForm.ReadListStart(ref reader, TransportLimits.LocalRolesMax, "SignedFrame.Roles");
            var roles = new Signature?[count];
            for (var index = 0; index < roles.Length; index++)
            {
                if (reader.Peek() == CborKind.Null) reader.ReadNull();
                else roles[index] = WireForm.ReadSignature(ref reader);
            }
            return new SignedFrame(body, signature, roles);
        });
}

internal static class HandshakeFrames
{
    public const ulong Version = 1;
    public const int PointSize = 64;

    public delegate T Read<T>(ReadOnlySpan<byte> data);

    public static CborReader Open(ReadOnlySpan<byte> data, int count, string what)
    {
        var reader = new CborReader(data);
        var found = reader.ReadArrayStart();
        if (found < 1) throw TransportException.Malformed($"A {what} without a version.");
        // First of all, so that another version is told apart from nonsense.
        var version = reader.ReadUInt64();
        if (version != Version)
            throw new TransportException(LinkCodes.Version,
                $"The other side speaks version {version} of the links; this node speaks {Version}.",
                "Update the older node.");
        if (found != count) throw TransportException.Malformed($"A {what} has {count} fields, not {found}.");
        return reader;
    }

    public static byte[] ReadPoint(ref CborReader reader)
    {
        var point = reader.ReadBytesSpan();
        if (point.Length != PointSize) throw TransportException.Malformed($"A point of {point.Length} bytes.");
        return point.ToArray();
    }

    public static T Guarded<T>(string what, ReadOnlySpan<byte> data, Read<T> read)
    {
        if (data.Length > TransportLimits.HandshakeBytesMax)
            throw FrameCipher.TooLarge(TransportLimits.HandshakeBytesMax);
        try
        {
            return read(data);
        }
        catch (Exception cause) when (cause is CborException or WireException)
        {
            throw TransportException.Malformed($"A {what}: {cause.Message}", cause);
        }
    }
}
