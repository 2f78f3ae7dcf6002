using Stun.Node.Secrets;
using Stun.Node.Storage;
using Stun.Node.Validator;

namespace Stun.Node.Proofs;

/// <summary>All that a node can check: zero-knowledge proofs, and evidence of hardware.</summary>
/// <param name="blobs">They are there when the process is.</param>
internal sealed class ProofDesk(Func<Blobs> blobs, EvidenceDesk evidence) : IProofDesk
{
    public Task<bool> HoldsAsync(Ask.CheckProof asked, CancellationToken cancel) =>
        new ProofChecker(blobs()).HoldsAsync(asked, cancel);

    public Task<string?> RefusalAsync(Ask.CheckQuote asked, CancellationToken cancel) =>
        evidence.RefusalAsync(asked, blobs(), cancel);

    public Task<bool> HoldsAsync(Offer offer, CancellationToken cancel) =>
        evidence.HoldsAsync(offer, blobs(), cancel);
}
