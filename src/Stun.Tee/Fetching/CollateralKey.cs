using System.Globalization;
using System.Text;
using Stun.Tee.Amd;
using Stun.Tee.Azure;
using Stun.Tee.Certificates;
using Stun.Tee.Intel;

namespace Stun.Tee.Fetching;

/// <summary>Which collateral evidence needs, as its maker is asked for it.</summary>
public abstract record CollateralKey
{
    private CollateralKey()
    {
    }

    /// <param name="Fmspc">The family of platforms, in hexadecimal.</param>
    /// <param name="Authority">Who has signed the platform's key: <c>platform</c> or <c>processor</c>.</param>
    public sealed record Intel(string Fmspc, string Authority, bool IsTdx) : CollateralKey;

    /// <param name="Product">As AMD spells it.</param>
    /// <param name="Chip">Where the chip's own certificate is needed: its path and the versions in the report.</param>
    public sealed record Amd(string Product, bool IsCloudKey, string? Chip) : CollateralKey;

    /// <summary>Null where there is nothing to ask for.</summary>
    public static CollateralKey? Of(EvidenceBundle bundle) => bundle.Kind switch
    {
        EvidenceKind.Sgx or EvidenceKind.Tdx => OfQuote(IntelQuote.Parse(bundle.Evidence)),
        EvidenceKind.Snp => OfReport(SnpReport.Parse(bundle.Evidence), bundle),
        EvidenceKind.AzureVtpm => OfAzure(HclReport.Parse(bundle.Evidence), bundle),
        _ => null,
    };

    /// <summary>That of the hardware below it.</summary>
    private static CollateralKey? OfAzure(HclReport report, EvidenceBundle bundle) => !report.IsTdx
        ? OfReport(SnpReport.Parse(report.Hardware), bundle)
        : bundle.Azure is { Quote.Length: > 0 } parts ? OfQuote(IntelQuote.Parse(parts.Quote)) : null;

    private static Intel OfQuote(IntelQuote quote)
    {
        var leaf = Pem.ReadCertificates(quote.PckChain.Span)[0];
        // The names of Intel's two authorities differ in this word.
        var isPlatform = leaf.Issuer.Span.IndexOf("PCK Platform CA"u8) >= 0;
        return new Intel(
            Convert.ToHexString(PckExtension.Of(leaf).Fmspc.Span), isPlatform ? "platform" : "processor",
            quote.Td is not null);
    }

    private static Amd? OfReport(SnpReport report, EvidenceBundle bundle)
    {
        var brought = bundle.Certificates.Count > 0
            ? AmdKeyExtensions.Of(Certificate.Parse(bundle.Certificates[0])).Product : null;
        if ((report.Product ?? brought) is not { } product) return null;
        var isCloud = report.SigningKey == SnpReport.CloudKey;
        return new Amd(product.ToString(), isCloud, brought is null && !isCloud ? ChipPath(report, product) : null);
    }

    private static string ChipPath(SnpReport report, AmdProduct product)
    {
        var tcb = SnpTcb.Read(report.ReportedTcb.Span, product);
        var isTurin = product == AmdProduct.Turin;
        var path = new StringBuilder();
        path.Append(Convert.ToHexStringLower(isTurin ? report.ChipId.Span[..8] : report.ChipId.Span));
        path.Append(CultureInfo.InvariantCulture, $"?blSPL={tcb.Bootloader}&teeSPL={tcb.Tee}&snpSPL={tcb.Snp}");
        path.Append(CultureInfo.InvariantCulture, $"&ucodeSPL={tcb.Microcode}");
        if (isTurin) path.Append(CultureInfo.InvariantCulture, $"&fmcSPL={tcb.Fmc}");
        return path.ToString();
    }
}
