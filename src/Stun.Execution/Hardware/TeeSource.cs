namespace Stun.Execution.Hardware;

/// <summary>
/// Trusted execution environments as the kernel shows them: flags of the processor, devices that give quotes, and
/// parameters of the hypervisor modules. None of it proves anything to others; a quote does.
/// </summary>
public static class TeeSource
{
    private static readonly string[] Flags =
        ["tdx_guest", "tdx_host_platform", "sme", "sev", "sev_es", "sev_snp", "sgx", "sgx_lc"];

    private static readonly string[] Paths =
    [
        "/dev/tdx_guest", "/dev/sev-guest", "/dev/sev", "/dev/sgx_enclave", "/dev/sgx_provision",
        "/sys/firmware/tdx", "/sys/firmware/tdx_seam", "/sys/kernel/config/tsm/report",
    ];

    private static readonly string[] Parameters =
    [
        "/sys/module/kvm_intel/parameters/tdx", "/sys/module/kvm_intel/parameters/sgx",
        "/sys/module/kvm_amd/parameters/sev", "/sys/module/kvm_amd/parameters/sev_es",
        "/sys/module/kvm_amd/parameters/sev_snp",
    ];

    public static TeeReport Read(MachineFiles files)
    {
        var flags = CpuSource.AllFlags(files);
        List<string> evidence =
        [
            .. Flags.Where(flags.Contains).Select(flag => "cpu flag " + flag),
            .. Paths.Where(files.Exists),
            .. Parameters.Where(path => IsOn(files, path)),
        ];
        List<TeeKind> kinds = [];
        // A guest needs the device that gives quotes: the flag alone helps no task.
        if (files.Exists("/dev/tdx_guest")) kinds.Add(TeeKind.TdxGuest);
        if (IsOn(files, "/sys/module/kvm_intel/parameters/tdx")) kinds.Add(TeeKind.TdxHost);
        if (files.Exists("/dev/sev-guest")) kinds.Add(TeeKind.SevSnpGuest);
        if (IsOn(files, "/sys/module/kvm_amd/parameters/sev_snp")) kinds.Add(TeeKind.SevSnpHost);
        if (files.Exists("/dev/sgx_enclave")) kinds.Add(TeeKind.Sgx);
        return new TeeReport(ValueList.From(kinds), ValueList.From(evidence));
    }

    private static bool IsOn(MachineFiles files, string path) => files.Line(path) is "Y" or "y" or "1";
}
