using Stun.Cbor;
using Stun.Tee.Azure;

namespace Stun.Tee;

/// <summary>
/// Evidence with what belongs to it: the certificates of its key where it does not carry them itself, and the public
/// key that was born beside what is measured. In canonical CBOR its digest is a name for it.
/// </summary>
public sealed record EvidenceBundle
{
    private const int Version = 1;

    public required EvidenceKind Kind { get; init; }

    public required ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>The signing key's own first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Empty where secrets are not for it.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; init; }

    public AzureParts? Azure { get; init; }

    public byte[] Encode()
    {
        var writer = new CborWriter(Evidence.Length + 1024);
        writer.WriteMapStart(Azure is null ? 5 : 6);
        writer.WriteUInt64(0);
        writer.WriteUInt64(Version);
        writer.WriteUInt64(1);
        writer.WriteUInt64((ulong)Kind);
        writer.WriteUInt64(2);
        writer.WriteBytes(Evidence.Span);
        writer.WriteUInt64(3);
        WriteList(writer, Certificates);
        writer.WriteUInt64(4);
        writer.WriteBytes(PublicKey.Span);
        if (Azure is { } azure)
        {
            writer.WriteUInt64(5);
            writer.WriteArrayStart(4);
            writer.WriteBytes(azure.Quote.Span);
            writer.WriteBytes(azure.TpmStatement.Span);
            writer.WriteBytes(azure.TpmSignature.Span);
            WriteList(writer, azure.Pcrs);
        }
        return writer.ToArray();
    }

    public static EvidenceBundle Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.BundleBytesMax)
            throw new EvidenceException("format.size", $"A bundle of {bytes.Length} bytes is too large.");
        try
        {
            var reader = new CborReader(bytes.Span);
            var count = reader.ReadMapStart();
            if (count is not (5 or 6)) throw new EvidenceException("format.bundle", "A bundle has five parts or six.");
            ExpectKey(ref reader, 0);
            if (reader.ReadUInt64() != Version)
                throw new EvidenceException("format.version", "A bundle of another version.");
            ExpectKey(ref reader, 1);
            var kind = reader.ReadUInt64();
            if (kind > byte.MaxValue || !Enum.IsDefined((EvidenceKind)kind))
                throw new EvidenceException("format.version", $"Evidence of the kind {kind} is not known.");
            ExpectKey(ref reader, 2);
            var evidence = reader.ReadBytes();
            ExpectKey(ref reader, 3);
            var certificates = ReadList(ref reader, TeeLimits.CertificatesMax);
            ExpectKey(ref reader, 4);
            var key = reader.ReadBytes();
            return new EvidenceBundle
            {
                Kind = (EvidenceKind)kind,
                Evidence = evidence,
                Certificates = certificates,
                PublicKey = key,
                Azure = count == 6 ? ReadAzure(ref reader) : null,
            };
        }
        catch (CborException failure)
        {
            throw new EvidenceException("format.bundle", $"A bundle is not what it must be: {failure.Message}");
        }
    }

    private static AzureParts ReadAzure(ref CborReader reader)
    {
        ExpectKey(ref reader, 5);
        if (reader.ReadArrayStart() != 4)
            throw new EvidenceException("format.bundle", "A TPM's answer has four parts.");
        return new AzureParts
        {
            Quote = reader.ReadBytes(),
            TpmStatement = reader.ReadBytes(),
            TpmSignature = reader.ReadBytes(),
            Pcrs = ReadList(ref reader, AzureParts.PcrsMax),
        };
    }

    private static void ExpectKey(ref CborReader reader, ulong key)
    {
        if (reader.ReadUInt64() != key) throw new EvidenceException("format.bundle", $"A bundle lacks its part {key}.");
    }

    private static void WriteList(CborWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> list)
    {
        writer.WriteArrayStart(list.Count);
        foreach (var each in list) writer.WriteBytes(each.Span);
    }

    private static List<ReadOnlyMemory<byte>> ReadList(ref CborReader reader, int countMax)
    {
        var count = reader.ReadArrayStart();
        if (count > countMax) throw new EvidenceException("format.size", $"A bundle has a list of {count} parts.");
        List<ReadOnlyMemory<byte>> list = new(count);
        for (var left = count; left > 0; left--) list.Add(reader.ReadBytes());
        return list;
    }
}
