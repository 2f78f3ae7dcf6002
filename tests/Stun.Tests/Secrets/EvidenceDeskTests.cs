using System.Security.Cryptography;
using System.Text;
using Stun.Node.Secrets;
using Stun.Node.Storage;
using Stun.Tee;
using Stun.Tee.Software;
using Challenge = Stun.Tee.Challenge;

namespace Stun.Tests.Secrets;

/// <summary>What schedulers and validators say of evidence that comes with receipts and offers.</summary>
public sealed class EvidenceDeskTests : IDisposable
{
    private static readonly byte[] Listed = SHA256.HashData("a program"u8);
    private static readonly Address Provider = new(1, 2, 3);
    private static readonly TaskId Task = new(5, 6);
    private static readonly Digest Spec = new(1, 0, 0, 0), Result = new(2, 0, 0, 0);

    private readonly SoftwareTeeRoot root = new(DateTimeOffset.UtcNow);
    private readonly SoftwareTee tee;
    private readonly string home = Directory.CreateTempSubdirectory("stun-desk-").FullName;
    private readonly BlobStore store;
    private readonly Blobs blobs;

    public EvidenceDeskTests()
    {
        tee = root.Issue(Listed, DateTimeOffset.UtcNow);
        store = BlobStore.Open(home, BlobLimits.Default);
        blobs = new Blobs(new SmallBlobs(null), store, new NoBlobPeer(), _ => null);
    }

    public void Dispose()
    {
        store.Dispose();
        tee.Dispose();
        root.Dispose();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_receipt_with_evidence_of_its_own_holds()
    {
        using var desk = Desk();
        Assert.Null(await desk.RefusalAsync(await AskAsync(Nonce()), blobs, Stop));
    }

    [Fact]
    public async Task Evidence_of_another_result_task_or_provider_is_refused()
    {
        using var desk = Desk();
        foreach (var nonce in (byte[][])
        [
            EvidenceNonce.ForReceipt(Task, Spec, Spec, Provider),
            EvidenceNonce.ForReceipt(new TaskId(6, 5), Spec, Result, Provider),
            EvidenceNonce.ForReceipt(Task, Spec, Result, new Address(1, 2, 4)),
            EvidenceNonce.ForRequest(Provider, Nonce()), EvidenceNonce.ForOffer(Provider, new OfferId(1)),
        ])
            Assert.Contains("[evidence.binding]", await desk.RefusalAsync(await AskAsync(nonce), blobs, Stop));
    }

    [Fact]
    public async Task Software_pays_nobody_in_a_network_that_is_not_for_trying_out()
    {
        using var strict = Desk(takesSoftware: false);
        Assert.Contains("trying out", await strict.RefusalAsync(await AskAsync(Nonce()), blobs, Stop));
        Assert.False(await strict.HoldsAsync(await OfferAsync(AttestationKind.Software), blobs, Stop));
    }

    [Fact]
    public async Task Evidence_of_another_kind_than_the_offer_says_is_refused()
    {
        using var desk = Desk();
        Assert.True(await desk.HoldsAsync(await OfferAsync(AttestationKind.Software), blobs, Stop));
        Assert.False(await desk.HoldsAsync(await OfferAsync(AttestationKind.Tdx), blobs, Stop));
        Assert.False(await desk.HoldsAsync(
            await OfferAsync(AttestationKind.Software) with { Provider = new Address(1, 2, 4) }, blobs, Stop));
    }

    [Fact]
    public async Task What_is_no_evidence_and_no_policy_is_refused_and_what_is_not_here_is_asked_again()
    {
        using var desk = Desk();
        var asked = await AskAsync(Nonce());
        var noise = await blobs.KeepAsync("noise"u8.ToArray(), Stop);
        Assert.Contains("without evidence", await desk.RefusalAsync(
            asked with { Receipt = asked.Receipt with { Proof = Digest.Zero } }, blobs, Stop));
        Assert.Contains("no evidence", await desk.RefusalAsync(
            asked with { Receipt = asked.Receipt with { Proof = noise } }, blobs, Stop));
        Assert.Contains("policy", await desk.RefusalAsync(asked with { Policy = noise }, blobs, Stop));
        await Assert.ThrowsAsync<StorageException>(() => desk.RefusalAsync(
            asked with { Policy = new Digest(9, 9, 9, 9) }, blobs, Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static byte[] Nonce() => EvidenceNonce.ForReceipt(Task, Spec, Result, Provider);

    private EvidenceDesk Desk(bool takesSoftware = true) => new(
        TeeGround.Plain with { Roots = TrustRoots.Pinned.WithSoftware(root.Certificate) }, takesSoftware,
        TimeProvider.System);

    private async Task<Digest> EvidenceAsync(byte[] nonce) => await blobs.KeepAsync(
        tee.Attest(new Challenge(nonce, new byte[] { 1, 2, 3 }), DateTimeOffset.UtcNow).Encode(), Stop);

    private async Task<Ask.CheckQuote> AskAsync(byte[] nonce)
    {
        var policy = await blobs.KeepAsync(Encoding.UTF8.GetBytes($$"""
            {"kinds":["software"],"development":true,
             "measurements":[{"measurement":"{{Convert.ToHexStringLower(Listed)}}"}]}
            """), Stop);
        var receipt = new Receipt(
            new AttemptId(1), Task, Provider, new OfferId(1), Spec, Result, await EvidenceAsync(nonce), Digest.Zero,
            Duration.Seconds(1));
        return new Ask.CheckQuote(Task, policy, receipt);
    }

    private async Task<Offer> OfferAsync(AttestationKind kind)
    {
        var evidence = await EvidenceAsync(EvidenceNonce.ForOffer(Provider, new OfferId(1)));
        return new Offer(
            new OfferId(1), Provider, new Hardware(GpuModel.Any, 0, 0, 0, 1, 1, 1), new Amount(1), Region.Anywhere,
            [new Attestation(kind, evidence, Instant.Never)], new Amount(1), Digest.Zero, 1);
    }
}
