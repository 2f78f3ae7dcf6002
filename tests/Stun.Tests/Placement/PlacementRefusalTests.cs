using Stun.Engine.Placement;
using Xunit;

namespace Stun.Tests.Placement;

public sealed class PlacementRefusalTests
{
    private static readonly Region Here = Region.Parse("eu-de");
    private static readonly GpuModel Model = GpuModel.Parse("H100SXM");

    private static readonly Offer Good = new(
        new OfferId(1), new Address(1, 2, 3), new Hardware(Model, 4, 81_920, 90, 64_000, 262_144, 1_000_000),
        new Amount(500), Here, [new Attestation(AttestationKind.Tdx, Digest.Zero, Instant.Never)], new Amount(1_000),
        Digest.Zero, 1);

    private static readonly Standing Fine = new(900, 800_000, new Amount(1_000), new Amount(600));

    private static readonly PlacementRequest Open = new(
        new Resources(1, GpuModel.Any, 40_000, 80, 8_000, 32_768, 10_000, [], 1), Privacy.None, new Amount(500),
        new Amount(600), Region.Anywhere, RequesterPolicy.Open, [], 1, 1, false);

    public static TheoryData<RefusalReason, Func<PlacementRequest, PlacementRequest>> Refusals() => new()
    {
        { RefusalReason.Excluded, request => request with { Excluded = [Good.Provider] } },
        {
            RefusalReason.DeniedByRequester,
            request => request with { Policy = request.Policy with { ProvidersDenied = [Good.Provider] } }
        },
        {
            RefusalReason.DeniedByRequester,
            request => request with { Policy = request.Policy with { ProvidersAllowed = [new Address(9, 9, 9)] } }
        },
        { RefusalReason.Region, request => Needs(request, need => need with { Regions = [Region.Parse("us-ca")] }) },
        { RefusalReason.GpuModel, request => Needs(request, need => need with { GpuModel = GpuModel.Parse("B200") }) },
        { RefusalReason.GpuMemory, request => Needs(request, need => need with { GpuMemoryMiB = 81_921 }) },
        { RefusalReason.ComputeCapability, request => Needs(request, need => need with { ComputeCapability = 91 }) },
        { RefusalReason.GpuCount, request => Needs(request, need => need with { GpuCount = 5 }) },
        { RefusalReason.Cpu, request => Needs(request, need => need with { CpuMillis = 64_001 }) },
        { RefusalReason.Memory, request => Needs(request, need => need with { MemoryMiB = 262_145 }) },
        { RefusalReason.Disk, request => Needs(request, need => need with { DiskMiB = 1_000_001 }) },
        {
            RefusalReason.Reputation,
            request => request with { Policy = request.Policy with { ReputationPpmMin = 800_001 } }
        },
        {
            RefusalReason.Stake,
            request => request with { Policy = request.Policy with { StakeMin = new Amount(1_001) } }
        },
        { RefusalReason.Stake, request => request with { StakeNeeded = new Amount(601) } },
        { RefusalReason.Price, request => request with { PricePerSecondMax = new Amount(499) } },
        { RefusalReason.TooFewTogether, request => request with { Needed = 2, Most = 2 } },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void An_offer_that_fits_to_the_last_unit_is_refused_for_one_more(
        RefusalReason reason, Func<PlacementRequest, PlacementRequest> asks)
    {
        var index = Index(Good);
        Assert.Equal(Good.Provider, Assert.Single(index.Plan(Open).Candidates).Provider);
        Assert.Empty(index.Explain(Open));
        Assert.True(index.Plan(asks(Open)).IsEmpty);
        Assert.Equal([new RefusalCount(reason, 1)], index.Explain(asks(Open)));
    }

    [Theory]
    [InlineData(AttestationKind.CapabilityRecord, false)]
    [InlineData(AttestationKind.Tdx, true)]
    [InlineData(AttestationKind.SevSnp, true)]
    [InlineData(AttestationKind.Sgx, true)]
    [InlineData(AttestationKind.TrustZone, true)]
    [InlineData(AttestationKind.GpuConfidential, true)]
    public void A_private_task_in_a_TEE_needs_an_attested_one(AttestationKind kind, bool fits)
    {
        var index = Index(Good with { Attestations = [new Attestation(kind, Digest.Zero, Instant.Never)] });
        var request = Open with { Privacy = Privacy.Tee };
        Assert.Equal(fits, !index.Plan(request).IsEmpty);
        Assert.Equal(fits ? [] : [new RefusalCount(RefusalReason.Privacy, 1)], index.Explain(request));
        foreach (var other in (Privacy[])[Privacy.None, Privacy.Zk, Privacy.Fhe])
            Assert.False(index.Plan(request with { Privacy = other }).IsEmpty);
    }

    [Theory]
    [InlineData(AttestationKind.Tdx, false)]
    [InlineData(AttestationKind.Prover, true)]
    public void A_task_that_is_paid_on_a_proof_goes_to_a_prover(AttestationKind kind, bool fits)
    {
        var index = Index(Good with { Attestations = [new Attestation(kind, Digest.Zero, Instant.Never)] });
        var request = Open with { NeedsProver = true };
        Assert.Equal(fits, !index.Plan(request).IsEmpty);
        Assert.Equal(fits ? [] : [new RefusalCount(RefusalReason.Prover, 1)], index.Explain(request));
        Assert.False(index.Plan(Open).IsEmpty);
    }

    [Fact]
    public void A_suspended_offer_is_not_chosen_until_it_is_heard_of_again()
    {
        var index = Index(Good);
        index.SetSuspended(Good.Provider, Good.Id, true);
        Assert.True(index.Plan(Open).IsEmpty);
        Assert.Equal([new RefusalCount(RefusalReason.Suspended, 1)], index.Explain(Open));
        index.SetSuspended(Good.Provider, Good.Id, false);
        Assert.False(index.Plan(Open).IsEmpty);
    }

    [Fact]
    public void An_offer_whose_hardware_suffices_but_is_taken_is_busy()
    {
        var index = Index(Good);
        for (var lease = 0; lease < 4; lease++) index.Reserve(Good.Provider, Good.Id, Open.Resources);
        Assert.True(index.Plan(Open).IsEmpty);
        Assert.Equal([new RefusalCount(RefusalReason.Busy, 1)], index.Explain(Open));
    }

    [Fact]
    public void Each_refused_offer_counts_once_under_its_first_reason()
    {
        var index = Index(
            Good with { Hardware = Good.Hardware with { GpuMemoryMiB = 1, CpuMillis = 1 } },
            Good with { Id = new OfferId(2), PricePerSecond = new Amount(9_999) },
            Good with { Id = new OfferId(3), PricePerSecond = new Amount(9_999) },
            Good with { Id = new OfferId(4) });
        Assert.Equal(
            [new RefusalCount(RefusalReason.GpuMemory, 1), new RefusalCount(RefusalReason.Price, 2)],
            index.Explain(Open));
    }

    [Fact]
    public void Explain_agrees_with_a_loop_over_all_offers()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var market = new RandomMarket(seed, 60);
            market.FillTo(80);
            for (var round = 0; round < 20; round++)
            {
                market.Disturb();
                var request = market.DrawRequest();
                var expected = market.Plain.Explain(request);
                Assert.True(expected.SequenceEqual(market.Index.Explain(request)), $"seed {seed}, round {round}");
            }
        }
    }

    private static PlacementRequest Needs(PlacementRequest request, Func<Resources, Resources> change) =>
        request with { Resources = change(request.Resources) };

    internal static PlacementIndex Index(params Offer[] offers)
    {
        var index = new PlacementIndex(PlacementWeights.Default, ProximityTable.Empty);
        foreach (var offer in offers) index.Upsert(offer, Fine);
        return index;
    }
}
