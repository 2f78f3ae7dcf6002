using System.Formats.Asn1;
using Stun.Tee.Certificates;

namespace Stun.Tee.Amd;

/// <summary>What the certificate of a chip or of a cloud says: product, security versions, whose key it is.</summary>
internal sealed record AmdKeyExtensions
{
    private const string Root = "1.3.6.1.4.1.3704.1.";

    public required string ProductName { get; init; }

    public required SnpTcb Tcb { get; init; }

    /// <summary>Turin has one version more.</summary>
    public required bool HasFmc { get; init; }

    /// <summary>Of a chip's key.</summary>
    public ReadOnlyMemory<byte>? ChipId { get; init; }

    /// <summary>Of a cloud's key.</summary>
    public string? Cloud { get; init; }

    public AmdProduct? Product => ProductName.Split('-')[0] switch
    {
        "Milan" => AmdProduct.Milan,
        "Genoa" or "Bergamo" or "Siena" => AmdProduct.Genoa,
        "Turin" => AmdProduct.Turin,
        _ => null,
    };

    public static AmdKeyExtensions Of(Certificate certificate) => new()
    {
        ProductName = Text(certificate, Root + "2")
            ?? throw new EvidenceException("format.amd-key", "The certificate does not name its product."),
        Tcb = new SnpTcb(
            Number(certificate, Root + "3.9") ?? 0, Needed(certificate, "3.1"), Needed(certificate, "3.2"),
            Needed(certificate, "3.3"), Needed(certificate, "3.8")),
        HasFmc = certificate.ExtensionOf(Root + "3.9") is not null,
        ChipId = Bytes(certificate, Root + "4"),
        Cloud = Text(certificate, Root + "5"),
    };

    private static int Needed(Certificate certificate, string id) => Number(certificate, Root + id)
        ?? throw new EvidenceException("format.amd-key", $"The certificate lacks the security version {id}.");

    private static int? Number(Certificate certificate, string id) => certificate.ExtensionOf(id) is { } value
        ? Der.Read<int?>(value, "A security version", reader => reader.TryReadInt32(out var number)
            && number is >= 0 and <= byte.MaxValue ? number
            : throw new EvidenceException("format.amd-key", "A security version is no small number."))
        : null;

    private static string? Text(Certificate certificate, string id) => certificate.ExtensionOf(id) is { } value
        ? Der.Read(value, "A text of a certificate", reader => reader.ReadCharacterString(UniversalTagNumber.IA5String))
        : null;

    /// <summary>AMD writes the chip's id bare, without the tag of an octet string, in some certificates.</summary>
    private static ReadOnlyMemory<byte>? Bytes(Certificate certificate, string id)
    {
        if (certificate.ExtensionOf(id) is not { } value) return null;
        if (value.Length is 64 or 8) return value;
        return Der.Read<ReadOnlyMemory<byte>?>(value, "The id of a chip", reader => reader.ReadOctetString());
    }
}
