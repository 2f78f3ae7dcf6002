using System.Globalization;

namespace Stun.Tee;

/// <summary>Which security versions evidence of a kind tells, by the names of facts.</summary>
public static class SecurityVersions
{
    /// <summary>The oldest date of a platform's levels, as a number: 20260115.</summary>
    public const string Date = "tcb.date";

    private static readonly string[] Sgx =
        [Date, "tcb.pcesvn", "tcb.qe", .. Enumerable.Range(1, 16).Select(at => $"tcb.sgx.{at}")];

    private static readonly string[] Tdx = [.. Sgx, .. Enumerable.Range(1, 16).Select(at => $"tcb.tdx.{at}")];

    /// <summary>Turin has it, and no product before.</summary>
    internal const string Fmc = "tcb.fmc";

    /// <summary>AMD ships processors on which it is 0, and counts it up on others.</summary>
    internal const string Tee = "tcb.tee";

    private static readonly string[] Snp = [Fmc, "tcb.bootloader", Tee, "tcb.snp", "tcb.microcode"];

    /// <summary>Empty where evidence has none.</summary>
    public static IReadOnlyList<string> Of(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Sgx => Sgx,
        EvidenceKind.Tdx => Tdx,
        EvidenceKind.Snp => Snp,
        EvidenceKind.AzureVtpm => [.. Tdx, .. Snp],
        EvidenceKind.Software => ["svn"],
        _ => [],
    };

    /// <summary>Whether any evidence has it.</summary>
    public static bool IsKnown(string name) => Enum.GetValues<EvidenceKind>().Any(kind => Of(kind).Contains(name));

    internal static string Number(DateTimeOffset date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
