using System.Text;
using Stun.Tee.Reading;

namespace Stun.Tee.Nvidia;

/// <summary>
/// A GPU's answer to the request for its measurements (SPDM 1.1), with the request before it: both are signed.
/// </summary>
internal sealed record GpuReport
{
    private const int NonceSize = 32;
    private const int SignatureSize = 96;
    private const int ValueSize = 48;
    private const byte SpdmVersion = 0x11;
    private const byte RequestCode = 0xe0;
    private const byte ResponseCode = 0x60;
    private const byte Dmtf = 1;
    private const ushort DriverField = 3;
    private const ushort VbiosField = 6;
    private const ushort FirmwareIdField = 20;

    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>By index, from 1 on.</summary>
    public required IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Measurements { get; init; }

    public required IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Fields { get; init; }

    public required ReadOnlyMemory<byte> Signed { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    public string Driver => Text(DriverField);

    /// <summary>Its bytes as NVIDIA writes them: five numbers from the highest.</summary>
    public string Vbios
    {
        get
        {
            if (!Fields.TryGetValue(VbiosField, out var found) || found.Length != 8) return "";
            var bytes = found.Span;
            return $"{bytes[3]:x2}.{bytes[2]:x2}.{bytes[1]:x2}.{bytes[0]:x2}.{bytes[4]:x2}";
        }
    }

    public ReadOnlyMemory<byte> FirmwareId =>
        Fields.TryGetValue(FirmwareIdField, out var found) ? found : ReadOnlyMemory<byte>.Empty;

    public string Text(int field) => Fields.TryGetValue(field, out var bytes)
        ? Encoding.Latin1.GetString(bytes.Span.TrimEnd((byte)0)) : "";

    public static GpuReport Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A GPU's report of {bytes.Length} bytes is too large.");
        var reader = new ByteReader(bytes, "A GPU's report");
        Expect(reader.Byte(), SpdmVersion, "version");
        Expect(reader.Byte(), RequestCode, "code of the request");
        // A signature is asked for, over all measurements.
        Expect(reader.Byte() & 1, 1, "request for a signature");
        Expect(reader.Byte(), 0xff, "request for all measurements");
        var nonce = reader.Take(NonceSize);
        reader.Skip(1);
        Expect(reader.Byte(), SpdmVersion, "version of the answer");
        Expect(reader.Byte(), ResponseCode, "code of the answer");
        reader.Skip(2);
        var count = reader.Byte();
        var size = reader.Byte() | (reader.Byte() << 8) | (reader.Byte() << 16);
        var measurements = ReadBlocks(reader.Take(size), count);
        reader.Skip(NonceSize);
        var fields = ReadFields(reader.Take((int)reader.UInt16()));
        var signed = bytes[..reader.Position];
        var signature = reader.Take(SignatureSize);
        reader.End();
        return new GpuReport
        {
            Nonce = nonce,
            Measurements = measurements,
            Fields = fields,
            Signed = signed,
            Signature = signature,
        };
    }

    private static SortedDictionary<int, ReadOnlyMemory<byte>> ReadBlocks(ReadOnlyMemory<byte> record, int count)
    {
        var reader = new ByteReader(record, "The measurements of a GPU");
        var found = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        for (var left = count; left > 0; left--)
        {
            var index = reader.Byte();
            Expect(reader.Byte(), Dmtf, "form of a measurement");
            var block = new ByteReader(reader.Take((int)reader.UInt16()), "A measurement of a GPU");
            block.Skip(1);
            var value = block.Take((int)block.UInt16());
            block.End();
            if (value.Length != ValueSize || !found.TryAdd(index, value))
                throw new EvidenceException("format.spdm", $"The measurement {index} comes twice or is no digest.");
        }
        reader.End();
        return found;
    }

    private static SortedDictionary<int, ReadOnlyMemory<byte>> ReadFields(ReadOnlyMemory<byte> opaque)
    {
        var reader = new ByteReader(opaque, "The fields of a GPU's report");
        var found = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        while (reader.Left > 0)
        {
            var type = reader.UInt16();
            if (!found.TryAdd(type, reader.Take((int)reader.UInt16())))
                throw new EvidenceException("format.spdm", $"The field {type} of a GPU's report comes twice.");
        }
        return found;
    }

    private static void Expect(int found, int expected, string what)
    {
        if (found != expected)
            throw new EvidenceException("format.spdm", $"The {what} of a GPU's report is 0x{found:x}.");
    }
}
