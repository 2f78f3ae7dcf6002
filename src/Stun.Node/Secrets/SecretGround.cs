using Stun.Node.Hosting;
using Stun.Node.Storage;
using Stun.Tee.Release;

namespace Stun.Node.Secrets;

/// <summary>What a process has to do with trusted hardware for as long as it lives: its own key, and its judgement of
/// others.</summary>
public sealed class SecretGround(TeeGround ground, bool takesSoftware, TimeProvider clock) : IAsyncDisposable
{
    private readonly CarriedBlobs carried = new();

    public EvidenceDesk Desk { get; } = new(ground, takesSoftware, clock);

    public SecretPlace Place { get; } = new(ground.Source);

    /// <summary>Offers carry what vouches for this machine, where something does.</summary>
    public async Task<NodePlan> WithEvidenceAsync(
        NodePlan plan, Action<string, string> say, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (ground.Source is null) return plan;
        List<ProviderPlan> providers = [];
        foreach (var provider in plan.Providers)
        {
            var (bundles, offers) = await OfferEvidence.MakeAsync(provider.Offers, Place, Desk, say, cancel)
                .ConfigureAwait(false);
            foreach (var bundle in bundles) carried.Add(bundle);
            providers.Add(provider with { Offers = offers });
        }
        return plan with { Providers = providers };
    }

    /// <summary>Lets those read the evidence of offers who have to judge it.</summary>
    public void Share(Blobs blobs) => carried.Share(blobs);

    public async ValueTask DisposeAsync()
    {
        await carried.DisposeAsync().ConfigureAwait(false);
        Place.Dispose();
        Desk.Dispose();
    }
}
