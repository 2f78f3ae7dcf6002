namespace Stun.Tee.Azure;

/// <summary>What comes beside a paravisor's blob: the TPM's answer, and the TDX quote where the hardware is Intel's.
/// </summary>
public sealed record AzureParts
{
    public const int PcrsMax = 24;

    public ReadOnlyMemory<byte> Quote { get; init; }

    /// <summary>What the TPM has signed (TPMS_ATTEST).</summary>
    public required ReadOnlyMemory<byte> TpmStatement { get; init; }

    /// <summary>RSASSA with SHA-256, the bare number.</summary>
    public required ReadOnlyMemory<byte> TpmSignature { get; init; }

    /// <summary>The registers that are quoted, in the order of the selection.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pcrs { get; init; } = [];
}
