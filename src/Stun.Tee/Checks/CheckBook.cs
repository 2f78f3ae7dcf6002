namespace Stun.Tee.Checks;

/// <summary>The codes of all checks. They are the interface of a verdict: a code never changes its meaning.</summary>
public static class CheckBook
{
    public const string Format = "evidence.format";
    public const string Kind = "evidence.kind";
    public const string Vendor = "evidence.vendor";
    public const string Signature = "evidence.signature";
    public const string Binding = "evidence.binding";
    public const string Debug = "evidence.debug";
    public const string Attributes = "evidence.attributes";
    public const string Measurement = "evidence.measurement";
    public const string ChainPath = "chain.path";
    public const string ChainTime = "chain.time";
    public const string ChainRevocation = "chain.revocation";
    public const string QeSignature = "intel.qe-signature";
    public const string QeBinding = "intel.qe-binding";
    public const string QeKnown = "intel.qe-known";
    public const string CollateralGiven = "collateral.given";
    public const string TcbInfo = "intel.tcb-info";
    public const string TcbInfoTime = "intel.tcb-info-time";
    public const string QeIdentity = "intel.qe-identity";
    public const string QeIdentityTime = "intel.qe-identity-time";
    public const string Evaluation = "intel.evaluation";
    public const string Platform = "intel.platform";
    public const string TcbPlatform = "tcb.platform";
    public const string TcbModule = "tcb.module";
    public const string TcbQe = "tcb.qe";
    public const string TcbStatus = "tcb.status";
    public const string TcbAdvisories = "tcb.advisories";
    public const string TcbMinimum = "tcb.minimum";
    public const string AmdTcb = "amd.tcb";
    public const string AmdOrder = "amd.order";
    public const string AmdChip = "amd.chip";
    public const string AmdProduct = "amd.product";
    public const string AmdPolicy = "amd.policy";
    public const string AmdVmpl = "amd.vmpl";
    public const string ArmKey = "arm.key";
    public const string ArmRealmSignature = "arm.realm-signature";
    public const string ArmRealmBinding = "arm.realm-binding";
    public const string ArmProfile = "arm.profile";
    public const string ArmLifecycle = "arm.lifecycle";
    public const string ArmPlatform = "arm.platform";
    public const string GpuFirmware = "gpu.firmware";
    public const string GpuVersions = "gpu.versions";
    public const string AzureClaims = "azure.claims";
    public const string AzureQuote = "azure.quote";
    public const string AzurePcrs = "azure.pcrs";
    public const string SoftwareAllowed = "software.allowed";
    public const string SoftwareAge = "software.age";

    /// <summary>Each with what it asks.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> All { get; } =
    [
        (Format, "the bytes have the layout of their kind, with every length as it must be"),
        (Kind, "the policy takes evidence of this kind"),
        (Vendor, "the maker of the quoting enclave and the kind of key are those that are known"),
        (Signature, "the evidence is signed by the key that its chain vouches for"),
        (Binding, "the report data are those of our nonce and of the key that secrets go to"),
        (Debug, "the enclave or machine cannot be looked into by its host"),
        (Attributes, "no attribute is set that is unknown or that weakens it, and those that must be set are"),
        (Measurement, "what runs in it is on the list of the policy"),
        (ChainPath, "every certificate is signed by the next one, up to a pinned root"),
        (ChainTime, "every certificate is valid at the time of the verdict"),
        (ChainRevocation, "no certificate is revoked, by lists that are signed and current"),
        (QeSignature, "Intel's key for the platform has signed the report of the quoting enclave"),
        (QeBinding, "the report of the quoting enclave names the key that has signed the quote"),
        (QeKnown, "the quoting enclave is Intel's by its signer and product, and closed to debugging"),
        (CollateralGiven, "what must be known beside the evidence is there"),
        (TcbInfo, "Intel has signed the list of levels of this platform"),
        (TcbInfoTime, "that list is current"),
        (QeIdentity, "Intel has signed the identity of the quoting enclave"),
        (QeIdentityTime, "that identity is current"),
        (Evaluation, "both are at least as recent an evaluation as the policy asks for"),
        (Platform, "the list of levels is that of this family of platforms"),
        (TcbPlatform, "the platform has a level"),
        (TcbModule, "the TDX module has an identity and a level"),
        (TcbQe, "the quoting enclave is Intel's and has a level"),
        (TcbStatus, "the worst of these levels is one that the policy takes"),
        (TcbAdvisories, "no advisory that the policy names is open"),
        (TcbMinimum, "the security versions are at least those of the policy"),
        (AmdTcb, "the certificate is that of the security versions which the report claims"),
        (AmdOrder, "reported versions are not above committed ones, nor these above those that run"),
        (AmdChip, "the certificate is that of the chip, or of the cloud, which the report names"),
        (AmdProduct, "report, certificate and chain are of one product"),
        (AmdPolicy, "the guest's policy allows nothing that our policy forbids"),
        (AmdVmpl, "the report was asked for at a privilege level that is allowed"),
        (ArmKey, "the platform's key is in the registry"),
        (ArmRealmSignature, "the realm's key has signed the realm's token"),
        (ArmRealmBinding, "the platform's token names the realm's key"),
        (ArmProfile, "the token is of a profile that is known"),
        (ArmLifecycle, "the platform is in its secured state"),
        (ArmPlatform, "the platform's firmware is on the list of the policy"),
        (GpuFirmware, "the certificate was made for the firmware that the report names"),
        (GpuVersions, "driver and firmware of the GPU are versions that the policy takes"),
        (AzureClaims, "the hardware's report names the claims with the TPM's key"),
        (AzureQuote, "the TPM has signed the answer to our nonce"),
        (AzurePcrs, "the TPM's registers are those of the quote"),
        (SoftwareAllowed, "the policy is one for trying out, and takes what hides nothing"),
        (SoftwareAge, "the evidence was made lately"),
    ];
}
