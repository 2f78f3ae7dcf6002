using Stun.Chain.Evm;

namespace Stun.Tests.Evm;

/// <summary>
/// A signed capability record: its round trip, every change of it, and its check against a fresh one.
/// </summary>
public sealed class CapabilityRecordTests
{
    private static readonly TypedDataDomain Domain = new(1, new Address(1, 2, 3));

    private static readonly CapabilityRecord Claim =
        (CapabilityRecord)new Wire.ExampleWireValues().Make(typeof(CapabilityRecord)) with
        {
            Hardware = new Hardware(GpuModel.Parse("H100"), 8, 81_559, 90, 128_000, 1_000_000, 4_000_000),
            Figures = new ProbeFigures(1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000),
            Gpus = [new GpuCapability("NVIDIA H100", 81_559, 90, new Digest(1, 1, 1, 1), false)],
            Tees = [TeeKind.TdxGuest],
            MeasuredAt = new Instant(1_000),
            Nonce = new Digest(5, 6, 7, 8),
        };

    private static readonly CapabilityChallenge Challenge = new(Claim.Nonce, new Instant(999), 100_000);

    [Fact]
    public void A_signed_record_comes_back_from_the_wire_and_names_its_node()
    {
        using var key = EvmKey.Generate();
        var record = Claim with { Node = key.Address };
        var signed = new SignedCapabilityRecord(record, key.Sign(TypedData.Digest(Domain, record)));
        var read = ProtocolWire.DecodeSignedCapabilityRecord(ProtocolWire.Encode(signed));
        Assert.Equal(signed, read);
        Assert.Equal(key.Address, EvmKey.Recover(TypedData.Digest(Domain, read.Record), read.Signature));
    }

    [Fact]
    public void Any_change_of_a_record_breaks_its_signature()
    {
        using var key = EvmKey.Generate();
        var record = Claim with { Node = key.Address };
        var signature = key.Sign(TypedData.Digest(Domain, record));
        CapabilityRecord[] changed =
        [
            record with { Node = new Address(9, 9, 9) },
            record with { Hardware = record.Hardware with { GpuCount = 9 } },
            record with { CpuModel = "another" },
            record with { Figures = record.Figures with { MemoryBytesPerSecond = 2000 } },
            record with { Figures = record.Figures with { GpuFillBytesPerSecond = 2000 } },
            record with { Tees = [] },
            record with { Gpus = [record.Gpus[0] with { IsMig = true }] },
            record with { ProbeVersion = 999 },
            record with { MeasuredAt = new Instant(-1) },
            record with { Nonce = default },
        ];
        Assert.All(changed, each =>
            Assert.NotEqual(key.Address, EvmKey.Recover(TypedData.Digest(Domain, each), signature)));
        var elsewhere = new TypedDataDomain(2, Domain.Contract);
        Assert.NotEqual(key.Address, EvmKey.Recover(TypedData.Digest(elsewhere, record), signature));
    }

    [Fact]
    public void A_fresh_record_that_holds_what_was_claimed_or_more_falls_short_of_nothing()
    {
        Assert.Empty(CapabilityCheck.Compare(Claim, Claim, Challenge));
        var more = Claim with
        {
            Hardware = Claim.Hardware with { GpuCount = 9, MemoryMiB = 2_000_000 },
            Figures = Claim.Figures with { MemoryBytesPerSecond = ulong.MaxValue },
            Gpus = Claim.Gpus.Add(new GpuCapability("another", 1, 0, default, false)),
            Tees = Claim.Tees.Add(TeeKind.Sgx),
        };
        Assert.Empty(CapabilityCheck.Compare(Claim, more, Challenge));
    }

    [Theory]
    [InlineData(900UL, false)]
    [InlineData(899UL, true)]
    [InlineData(0UL, true)]
    public void A_figure_may_lie_below_the_claim_by_the_tolerance_and_no_more(ulong figure, bool fallsShort)
    {
        var fresh = Claim with { Figures = Claim.Figures with { DiskReadBytesPerSecond = figure } };
        var found = CapabilityCheck.Compare(Claim, fresh, Challenge);
        CapabilityShortfall[] expected =
            fallsShort ? [new(CapabilityFigure.DiskReadBytesPerSecond, 1000, figure)] : [];
        Assert.Equal(expected, found.ToArray());
    }

    [Fact]
    public void Each_thing_that_is_missing_is_named()
    {
        Assert.Equal([CapabilityFigure.Node], Short(Claim with { Node = new Address(9, 9, 9) }));
        Assert.Equal([CapabilityFigure.Nonce], Short(Claim with { Nonce = default }));
        Assert.Equal([CapabilityFigure.MeasuredAt], Short(Claim with { MeasuredAt = new Instant(998) }));
        Assert.Equal([CapabilityFigure.CpuModel], Short(Claim with { CpuModel = "older" }));
        Assert.Equal([CapabilityFigure.GpuCount], Short(Claim with
        {
            Hardware = Claim.Hardware with { GpuCount = 7 },
        }));
        Assert.Equal([CapabilityFigure.GpuDevices], Short(Claim with
        {
            Gpus = [Claim.Gpus[0] with { Uuid = new Digest(2, 2, 2, 2) }],
        }));
        Assert.Equal([CapabilityFigure.Tees], Short(Claim with { Tees = [TeeKind.TdxHost] }));
        Assert.Equal([CapabilityFigure.ProbeVersion], Short(Claim with
        {
            ProbeVersion = 99,
            Figures = new ProbeFigures(0, 0, 0, 0, 0, 0, 0, 0, 0),
        }));
        Assert.Equal(9, Short(Claim with { Figures = new ProbeFigures(0, 0, 0, 0, 0, 0, 0, 0, 0) }).Length);
    }

    [Fact]
    public void The_largest_figures_and_any_tolerance_are_compared_without_overflow()
    {
        var most = ulong.MaxValue;
        var huge = Claim with { Figures = new ProbeFigures(most, most, most, most, most, most, most, most, most) };
        Assert.Empty(CapabilityCheck.Compare(huge, huge, Challenge));
        var lax = Challenge with { TolerancePpm = uint.MaxValue };
        Assert.Empty(CapabilityCheck.Compare(huge, Claim, lax));
        Assert.Equal(9, CapabilityCheck.Compare(huge, Claim, Challenge).Count);
    }

    private static CapabilityFigure[] Short(CapabilityRecord fresh) =>
        [.. CapabilityCheck.Compare(Claim, fresh, Challenge).Select(shortfall => shortfall.Figure)];
}
