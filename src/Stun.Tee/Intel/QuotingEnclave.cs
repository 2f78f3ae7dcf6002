using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>
/// By what a quoting enclave is known without any collateral: who has signed it, and which of his it is. The key of a
/// platform signs reports of every enclave on it, so that without this any enclave could make quotes.
/// </summary>
internal sealed record QuotingEnclave(bool IsTdx, ReadOnlyMemory<byte> Signer, int ProductId)
{
    /// <summary>As Intel's signed identities of both have them, for SGX and for TDX.</summary>
    public static IReadOnlyList<QuotingEnclave> Known { get; } =
    [
        new(false, Bits.FromHex(
            "8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff", 32, "A signer"), 1),
        new(true, Bits.FromHex(
            "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5", 32, "A signer"), 2),
    ];

    public bool Is(EnclaveReport report) => !report.IsDebug && report.IsInitialised
        && report.ProductId == ProductId && report.MrSigner.Span.SequenceEqual(Signer.Span);
}
