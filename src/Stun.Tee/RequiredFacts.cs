namespace Stun.Tee;

/// <summary>
/// What a list of programs must name for each kind of evidence: the measurements of every layer that a secret depends
/// on. Whoever names the guest's registers and leaves out what the hardware has measured takes any machine below them.
/// </summary>
public static class RequiredFacts
{
    /// <summary>Stands for one or more facts that begin so.</summary>
    private const string Some = "*";

    /// <summary>Firmware, boot loader, state of secure boot: measured before a machine's own system is.</summary>
    private static readonly string[] BootRegisters = ["pcr0", "pcr4", "pcr7"];

    /// <summary>The system itself: GRUB measures what it runs and reads, systemd's stub its whole image.</summary>
    private static readonly string[] GrubRegisters = ["pcr8", "pcr9"];

    private const string ImageRegister = "pcr11";

    /// <summary>Each with the ways to name it; of one way, all facts must stand in the rule.</summary>
    public static IReadOnlyList<(EvidenceKind Kind, IReadOnlyList<IReadOnlyList<string>> Ways)> All { get; } =
    [
        (EvidenceKind.Sgx, [["mrenclave"], ["mrsigner", "isvprodid", "isvsvn_min"]]),
        // The module measures the firmware alone; system and program are in the registers.
        (EvidenceKind.Tdx, [["mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3"]]),
        (EvidenceKind.Snp, [["measurement"]]),
        (EvidenceKind.Cca,
        [
            [
                "realm_initial", "realm_extensible0", "realm_extensible1", "realm_extensible2", "realm_extensible3",
                "component.*",
            ],
        ]),
        (EvidenceKind.Psa, [["implementation_id", "component.*"]]),
        (EvidenceKind.NvidiaGpu, [["driver", "vbios", "gpu.*"]]),
        // The paravisor is measured by the hardware, all above it by the TPM that the paravisor is.
        (EvidenceKind.AzureVtpm,
        [
            ["measurement", .. BootRegisters, .. GrubRegisters], ["measurement", .. BootRegisters, ImageRegister],
            ["mrtd", .. BootRegisters, .. GrubRegisters], ["mrtd", .. BootRegisters, ImageRegister],
        ]),
        (EvidenceKind.Software, [["measurement"]]),
    ];

    public static IReadOnlyList<IReadOnlyList<string>> Of(EvidenceKind kind) =>
        All.First(each => each.Kind == kind).Ways;

    /// <summary>Null, or what a rule must name besides to say what runs, for each way.</summary>
    public static string? Missing(EvidenceKind kind, MeasurementRule rule)
    {
        List<string> missing = [];
        foreach (var way in Of(kind))
        {
            string[] absent = [.. way.Where(fact => !Names(rule, fact))];
            if (absent.Length == 0) return null;
            missing.Add(string.Join(", ", absent));
        }
        return string.Join(" or ", missing);
    }

    private static bool Names(MeasurementRule rule, string fact)
    {
        if (fact.EndsWith(Some, StringComparison.Ordinal))
            return rule.Wanted.Keys.Any(name => name.StartsWith(fact[..^1], StringComparison.Ordinal));
        // The exact number says more than the least one.
        return rule.Wanted.ContainsKey(fact)
            || (fact.EndsWith(MeasurementRule.Least, StringComparison.Ordinal)
                && rule.Wanted.ContainsKey(fact[..^MeasurementRule.Least.Length]));
    }
}
