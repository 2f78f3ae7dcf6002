namespace Stun.Tee;

/// <summary>What hardware, or what else, vouches.</summary>
public enum EvidenceKind : byte
{
    /// <summary>Intel SGX: an enclave inside a process, quoted by the quoting enclave.</summary>
    Sgx = 1,

    /// <summary>Intel TDX: a whole virtual machine, quoted the same way.</summary>
    Tdx = 2,

    /// <summary>AMD SEV-SNP: a whole virtual machine, reported by the secure processor.</summary>
    Snp = 3,

    /// <summary>A realm of ARM's confidential compute architecture.</summary>
    Cca = 4,

    /// <summary>A platform that speaks ARM's PSA profile, TrustZone among them.</summary>
    Psa = 5,

    /// <summary>An NVIDIA GPU, over SPDM.</summary>
    NvidiaGpu = 6,

    /// <summary>A virtual TPM of Azure whose key the hardware's own report vouches for.</summary>
    AzureVtpm = 7,

    /// <summary>No hardware at all: a program that does as if, so that the path can be tried out.</summary>
    Software = 255,
}
