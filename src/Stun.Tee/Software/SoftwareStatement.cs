using Stun.Cbor;

namespace Stun.Tee.Software;

/// <summary>What a program that does as if says of itself, and its signature.</summary>
internal sealed record SoftwareStatement
{
    /// <summary>The first thing in the bytes, for whoever looks at them.</summary>
    public const string Label = "STUN SOFTWARE TEE: NO HARDWARE PROTECTS THIS";

    public const int SignatureSize = 64;

    public required ReadOnlyMemory<byte> ReportData { get; init; }

    public required ReadOnlyMemory<byte> Measurement { get; init; }

    public required bool IsDebug { get; init; }

    public required uint Svn { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public ReadOnlyMemory<byte> Signed { get; init; }

    public ReadOnlyMemory<byte> Signature { get; init; }

    public byte[] EncodeBody()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(6);
        writer.WriteText(Label);
        writer.WriteBytes(ReportData.Span);
        writer.WriteBytes(Measurement.Span);
        writer.WriteBool(IsDebug);
        writer.WriteUInt64(Svn);
        writer.WriteInt64(IssuedAt.ToUnixTimeSeconds());
        return writer.ToArray();
    }

    public static byte[] Encode(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        var writer = new CborWriter(body.Length + 80);
        writer.WriteArrayStart(2);
        writer.WriteBytes(body);
        writer.WriteBytes(signature);
        return writer.ToArray();
    }

    public static SoftwareStatement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A statement of {bytes.Length} bytes is too large.");
        try
        {
            var outer = new CborReader(bytes.Span);
            if (outer.ReadArrayStart() != 2) throw Odd("is not two parts");
            var body = outer.ReadBytes();
            var signature = outer.ReadBytes();
            if (signature.Length != SignatureSize) throw Odd("has a signature of another size");
            var reader = new CborReader(body);
            if (reader.ReadArrayStart() != 6 || reader.ReadText() != Label) throw Odd("does not say what it is");
            var statement = new SoftwareStatement
            {
                ReportData = Sized(reader.ReadBytes(), 64),
                Measurement = Sized(reader.ReadBytes(), 32),
                IsDebug = reader.ReadBool(),
                Svn = (uint)Math.Min(reader.ReadUInt64(), uint.MaxValue),
                IssuedAt = Time(reader.ReadInt64()),
                Signed = body,
                Signature = signature,
            };
            return statement;
        }
        catch (CborException failure)
        {
            throw new EvidenceException("format.cbor", $"A software TEE's statement: {failure.Message}");
        }
    }

    private static byte[] Sized(byte[] bytes, int size) =>
        bytes.Length == size ? bytes : throw Odd("has a part of another size");

    /// <summary>Some thousand years before times end: what is added to one still is a time.</summary>
    private const long TimeEnd = 221_845_392_000;

    private static DateTimeOffset Time(long seconds) =>
        seconds is >= 0 and < TimeEnd ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Odd("is of no time");

    private static EvidenceException Odd(string what) =>
        new("format.software", $"A software TEE's statement {what}.");
}
