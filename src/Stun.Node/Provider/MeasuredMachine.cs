using Stun.Chain.Evm;
using Stun.Execution.Hardware;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// What this machine found and measured of itself before it offered anything. Each provider of the process signs it,
/// and its offers name it. It is a claim like the offer: nothing is placed by it, and nobody has checked it.
/// </summary>
public sealed class MeasuredMachine
{
    private readonly HardwareReport machine;
    private readonly ProbeReport probes;
    private readonly Instant at;

    private MeasuredMachine(HardwareReport machine, ProbeReport probes, Instant at) =>
        (this.machine, this.probes, this.at) = (machine, probes, at);

    /// <summary>Takes about a second of the whole machine.</summary>
    /// <param name="store">The folder whose disk is meant.</param>
    public static async Task<MeasuredMachine> RunAsync(string store, TimeProvider clock, CancellationToken cancel)
    {
        Directory.CreateDirectory(store);
        var machine = await HardwareDetection.RunAsync(HardwareSources.Real(store, cancel)).ConfigureAwait(false);
        var probes = await Task.Run(() => HardwareProbes.Run(machine, ProbeBudget.Quick), cancel).ConfigureAwait(false);
        return new MeasuredMachine(machine, probes, WallTime.Now(clock));
    }

    /// <summary>The plan with offers that name the record.</summary>
    /// <param name="carried">Takes the record, which others have to be given.</param>
    public NodePlan In(NodePlan plan, CarriedBlobs carried)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(carried);
        List<ProviderPlan> providers = [];
        foreach (var provider in plan.Providers)
        {
            var record = ProtocolWire.Encode(SignedBy(provider.Key));
            carried.Add(record);
            var named = new Attestation(
                AttestationKind.CapabilityRecord, SmallBlobs.DigestOf(record), Instant.Never);
            providers.Add(provider with
            {
                Offers = ValueList.From(provider.Offers.Span.ToArray().Select(offer => offer with
                {
                    Attestations = [.. offer.Attestations, named],
                    // What was measured anew is another offer: the market takes it in place of the one before.
                    Version = Math.Max(offer.Version, OfferClaims.VersionAt(at)),
                }).ToList()),
            });
        }
        return plan with { Providers = providers };
    }

    private SignedCapabilityRecord SignedBy(EvmKey key)
    {
        var record = CapabilityClaim.Make(machine, probes, key.Address, Digest.Zero, at);
        return new SignedCapabilityRecord(record, key.Sign(TypedData.Digest(CapabilityClaim.Domain, record)));
    }
}
