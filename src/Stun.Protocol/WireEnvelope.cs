using Stun.Cbor;

namespace Stun.Protocol;

/// <summary>What every encoded value is wrapped in: [version, value].</summary>
public static class WireEnvelope
{
    public const int Version = 1;

    public static int Begin(CborWriter writer)
    {
        var start = writer.Length;
        writer.WriteArrayStart(2);
        writer.WriteUInt64(Version);
        return start;
    }

    /// <summary>A sender refuses what every receiver would refuse.</summary>
    public static void End(CborWriter writer, int start, string type)
    {
        var size = writer.Length - start;
        if (size > WireLimits.MessageBytesMax) throw TooLarge(type, size);
    }

    /// <summary>Checks the whole and goes to where the value begins.</summary>
    public static CborReader Open(ReadOnlySpan<byte> data, string type)
    {
        if (data.Length > WireLimits.MessageBytesMax) throw TooLarge(type, data.Length);
        var reader = new CborReader(data);
        if (reader.ReadArrayStart() != 2) throw new WireException($"{type}: the envelope is not [version, value].");
        var version = reader.ReadUInt64();
        if (version != Version)
            throw new WireException($"{type}: wire version {version} is not known here; this node speaks {Version}.");
        return reader;
    }

    public static WireException Malformed(string type, CborException cause) => new($"{type}: {cause.Message}.");

    private static WireException TooLarge(string type, int size) =>
        new($"{type}: {size} bytes are more than the {WireLimits.MessageBytesMax} that a message may have.");
}
