using System.Formats.Asn1;
using Stun.Tee.Certificates;

namespace Stun.Tee.Intel;

/// <summary>What the certificate of a platform says of it: its family and its security versions.</summary>
internal sealed record PckExtension
{
    private const string Id = "1.2.840.113741.1.13.1";
    private const int ComponentCount = 16;

    public required ReadOnlyMemory<byte> Fmspc { get; init; }

    public required ReadOnlyMemory<byte> PceId { get; init; }

    public required int PceSvn { get; init; }

    /// <summary>Sixteen components.</summary>
    public required IReadOnlyList<int> Components { get; init; }

    public static PckExtension Of(Certificate certificate) => certificate.ExtensionOf(Id) is { } value
        ? Der.Read(value, "The extension of a platform's certificate", reader => Read(reader.ReadSequence()))
        : throw new EvidenceException("format.pck", "The certificate of the platform does not say which one.");

    private static PckExtension Read(AsnReader items)
    {
        ReadOnlyMemory<byte>? fmspc = null, pceId = null;
        int? pceSvn = null;
        var components = new int?[ComponentCount];
        while (items.HasData)
        {
            var item = items.ReadSequence();
            switch (item.ReadObjectIdentifier())
            {
                case Id + ".2":
                    ReadTcb(item.ReadSequence(), components, ref pceSvn);
                    break;
                case Id + ".3":
                    pceId = Once(pceId, item.ReadOctetString(), 2);
                    break;
                case Id + ".4":
                    fmspc = Once(fmspc, item.ReadOctetString(), 6);
                    break;
                default:
                    item.ReadEncodedValue();
                    break;
            }
            item.ThrowIfNotEmpty();
        }
        if (fmspc is null || pceId is null || pceSvn is null || components.Any(each => each is null))
            throw Odd("lacks what it must say");
        return new PckExtension
        {
            Fmspc = fmspc.Value,
            PceId = pceId.Value,
            PceSvn = pceSvn.Value,
            Components = [.. components.Select(each => each!.Value)],
        };
    }

    private static void ReadTcb(AsnReader items, int?[] components, ref int? pceSvn)
    {
        while (items.HasData)
        {
            var item = items.ReadSequence();
            var id = item.ReadObjectIdentifier();
            if (!id.StartsWith(Id + ".2.", StringComparison.Ordinal)
                || !int.TryParse(id.AsSpan(Id.Length + 3), out var number) || number is < 1 or > ComponentCount + 1)
            {
                item.ReadEncodedValue();
            }
            else if (!item.TryReadInt32(out var value) || value < 0) throw Odd("has a version that is no number");
            else if (number <= ComponentCount) components[number - 1] = Once(components[number - 1], value);
            else pceSvn = Once(pceSvn, value);
            item.ThrowIfNotEmpty();
        }
    }

    private static int Once(int? known, int value) => known is null ? value : throw Odd("says something twice");

    private static ReadOnlyMemory<byte> Once(ReadOnlyMemory<byte>? known, byte[] value, int size)
    {
        if (known is not null) throw Odd("says something twice");
        return value.Length == size ? value : throw Odd("has a field of another size");
    }

    private static EvidenceException Odd(string what) =>
        new("format.pck", $"The extension of a platform's certificate {what}.");
}
