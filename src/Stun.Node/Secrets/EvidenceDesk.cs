using Stun.Node.Storage;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Fetching;
using Stun.Tee.Intel;

namespace Stun.Node.Secrets;

/// <summary>
/// Judges the evidence of offers and receipts for those who place, compare and vote. A policy for trying out counts
/// only where the network itself is one for that.
/// </summary>
/// <param name="takesSoftware">See <see cref="NetworkTerms.AllowsSoftwareTee"/>.</param>
public sealed class EvidenceDesk(TeeGround ground, bool takesSoftware, TimeProvider clock) : IDisposable
{
    private const int PolicyBytesMax = 256 << 10;

    /// <summary>Some hours before it ends: makers publish a new one every month, and machines go down at night.
    /// </summary>
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromHours(12);

    /// <summary>What is known of evidence without asking anybody.</summary>
    private static readonly string[] Early =
    [
        CheckBook.Format, CheckBook.Kind, CheckBook.Binding, CheckBook.Signature, CheckBook.ChainPath,
        CheckBook.QeSignature, CheckBook.QeBinding, CheckBook.Debug, CheckBook.Measurement,
    ];

    private readonly EvidenceVerifier verifier = new(ground.Roots);
    private readonly CollateralCache collateral = new(ground.Collateral, RefreshBefore);

    /// <summary>
    /// Whoever sells hardware may be behind with its microcode: each task says itself how current it must be. What is
    /// revoked, open to its host or not what it says is no hardware at all.
    /// </summary>
    private TeePolicy OfOffers => TeePolicy.Default with
    {
        Kinds = takesSoftware ? [.. TeePolicy.Default.Kinds, EvidenceKind.Software] : TeePolicy.Default.Kinds,
        IsForDevelopment = takesSoftware,
        StatusesAccepted = [.. Enum.GetValues<TcbStatus>().Where(status => status != TcbStatus.Revoked)],
    };

    /// <summary>
    /// Whether the result of a receipt comes from hardware that the task's policy takes: null if so, else why not.
    /// </summary>
    /// <exception cref="StorageException">What is needed to say it cannot be had now.</exception>
    public async Task<string?> RefusalAsync(Ask.CheckQuote asked, Blobs blobs, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var receipt = asked.Receipt;
        if (receipt.Proof.IsZero) return "The result came without evidence.";
        if (await ReadBundleAsync(receipt.Proof, blobs, cancel).ConfigureAwait(false) is not { } bundle)
            return "What came with the result is no evidence.";
        var nonce = EvidenceNonce.ForReceipt(asked.Task, receipt.Spec, receipt.Result, receipt.Provider);
        return await RefusalAsync(bundle, nonce, asked.Policy, blobs, cancel).ConfigureAwait(false);
    }

    /// <summary>Why evidence that answers this nonce does not fit the policy that a task names; null if it does.
    /// </summary>
    /// <exception cref="StorageException">What is needed to say it cannot be had now.</exception>
    public async Task<string?> RefusalAsync(
        EvidenceBundle bundle, byte[] nonce, Digest policyDigest, Blobs blobs, CancellationToken cancel)
    {
        if (await PolicyAsync(policyDigest, blobs, cancel).ConfigureAwait(false) is not { } policy)
            return "The policy that the task names is none, or is one for trying out in a network that is not.";
        var verdict = await JudgeAsync(bundle, nonce, policy, cancel).ConfigureAwait(false);
        return verdict.IsAccepted ? null : ReasonsOf(verdict);
    }

    internal static string ReasonsOf(TeeVerdict verdict) =>
        string.Join(" ", verdict.Refusals.Select(check => $"{check.Text} [{check.Code}]"));

    /// <summary>Whether all hardware that an offer names is there, and is this provider's.</summary>
    public async Task<bool> HoldsAsync(Offer offer, Blobs blobs, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(offer);
        foreach (var attestation in offer.Attestations.Span.ToArray())
        {
            if (!attestation.IsTee) continue;
            if (await ReadBundleAsync(attestation.Evidence, blobs, cancel).ConfigureAwait(false) is not { } bundle
                || KindOf(bundle.Kind) != attestation.Kind) return false;
            var nonce = EvidenceNonce.ForOffer(offer.Provider, offer.Id);
            if (!(await JudgeAsync(bundle, nonce, OfOffers, cancel).ConfigureAwait(false)).IsAccepted) return false;
        }
        return true;
    }

    /// <summary>What others will say of an offer's evidence, with every reason.</summary>
    public Task<TeeVerdict> OfOfferAsync(EvidenceBundle bundle, byte[] nonce, CancellationToken cancel) =>
        JudgeAsync(bundle, nonce, OfOffers, cancel);

    /// <summary>Null for what no offer can name alone.</summary>
    public static AttestationKind? KindOf(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Tdx => AttestationKind.Tdx,
        EvidenceKind.Snp or EvidenceKind.AzureVtpm => AttestationKind.SevSnp,
        EvidenceKind.Sgx => AttestationKind.Sgx,
        EvidenceKind.Cca or EvidenceKind.Psa => AttestationKind.TrustZone,
        EvidenceKind.NvidiaGpu => AttestationKind.GpuConfidential,
        EvidenceKind.Software => AttestationKind.Software,
        _ => null,
    };

    public void Dispose() => collateral.Dispose();

    private async Task<TeeVerdict> JudgeAsync(
        EvidenceBundle bundle, byte[] nonce, TeePolicy policy, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var expected = new ExpectedData.AnswerTo(new Challenge(nonce, bundle.PublicKey));
        var question = new Question(policy, now, expected);
        if (!policy.NeedsCollateral || KeyOf(bundle) is not { } key)
            return verifier.Verify(bundle, Collateral.None, question);
        // The makers are asked about keys that have signed, and not about what a stranger makes up.
        if (BringsItsKey(bundle))
        {
            var first = verifier.Verify(
                bundle, Collateral.None, question with { Policy = policy with { NeedsCollateral = false } });
            if (first.Refusals.Any(check => Early.Contains(check.Code))) return first;
        }
        try
        {
            var known = await collateral.GetAsync(key, now, cancel).ConfigureAwait(false);
            return verifier.Verify(bundle, known, question);
        }
        catch (EvidenceException refused) when (refused.Code == "collateral.refused")
        {
            // The maker does not know such a machine: without its word nothing is accepted.
            return verifier.Verify(bundle, Collateral.None, question);
        }
        catch (EvidenceException missing) when (missing.Code is "collateral.unavailable" or "collateral.busy")
        {
            // Neither good nor bad: the makers could not be asked.
            throw new StorageException(missing.Code, missing.Message, "Give a folder of it under tee.collateral.");
        }
    }

    private static bool BringsItsKey(EvidenceBundle bundle) =>
        bundle.Kind is EvidenceKind.Sgx or EvidenceKind.Tdx || bundle.Certificates.Count > 0;

    private static CollateralKey? KeyOf(EvidenceBundle bundle)
    {
        try
        {
            return CollateralKey.Of(bundle);
        }
        catch (EvidenceException)
        {
            // Broken evidence has no collateral; the verdict says what is broken.
            return null;
        }
    }

    private static async Task<EvidenceBundle?> ReadBundleAsync(Digest digest, Blobs blobs, CancellationToken cancel)
    {
        var bytes = await blobs.ReadAsync(digest, TeeLimits.BundleBytesMax, cancel).ConfigureAwait(false);
        try
        {
            return bytes is null ? null : EvidenceBundle.Decode(bytes);
        }
        catch (EvidenceException)
        {
            return null;
        }
    }

    private async Task<TeePolicy?> PolicyAsync(Digest digest, Blobs blobs, CancellationToken cancel)
    {
        var json = await blobs.ReadAsync(digest, PolicyBytesMax, cancel).ConfigureAwait(false);
        try
        {
            var policy = json is null ? null : PolicyFile.Read(json);
            return policy is { IsForDevelopment: true } && !takesSoftware ? null : policy;
        }
        catch (EvidenceException)
        {
            return null;
        }
    }
}
