using Stun.Engine.Market;

namespace Stun.Engine.Scheduling;

/// <summary>
/// What this market suggests to ask per second, per GPU model (machines without GPUs are a segment of their own).
/// Advice for providers and requesters; a lease costs what its provider posted. Soft: after a restart it begins at
/// the reference again.
/// </summary>
public sealed class PriceBoard(SchedulerState state)
{
    private readonly SortedDictionary<GpuModel, (PriceSuggestion Suggestion, PriceRules Rules)> segments = [];
    private Instant steppedAt = Instant.LongAgo;

    public Amount? Suggested(GpuModel model) =>
        segments.TryGetValue(model, out var segment) ? segment.Suggestion.PerSecond : null;

    /// <summary>Once per <see cref="Limits.PriceEvery"/> every segment moves one bounded step.</summary>
    public void Step(Instant now)
    {
        if (now < steppedAt + Limits.PriceEvery) return;
        steppedAt = now;
        var queued = QueuedByModel();
        foreach (var (model, supply) in state.Offers.Supply())
        {
            var demand = new SegmentDemand(supply.Leased, supply.Total, queued.GetValueOrDefault(model));
            segments[model] = segments.TryGetValue(model, out var known)
                ? (known.Suggestion.Next(demand, known.Rules), known.Rules)
                : Begin(supply.PriceFirst);
        }
    }

    /// <summary>A segment begins at the first price that somebody asked there.</summary>
    private static (PriceSuggestion, PriceRules) Begin(Amount posted)
    {
        var rules = PriceRules.Around(Amount.Min(posted, Limits.MoneyMax.DividedBy(1_000)));
        return (PriceSuggestion.First(rules), rules);
    }

    /// <summary>Units that wait for a place and name a model; those that take any model press on no price.</summary>
    private SortedDictionary<GpuModel, ulong> QueuedByModel()
    {
        SortedDictionary<GpuModel, ulong> queued = [];
        foreach (var task in state.Tasks)
        {
            if (task.Phase != TaskPhase.Queued) continue;
            var resources = task.Spec.Resources;
            if (resources.GpuCount > 0 && resources.GpuModel == GpuModel.Any) continue;
            ulong perPlace = resources.GpuCount > 0 ? resources.GpuCount : resources.CpuMillis;
            var units = perPlace * (ulong)(task.MissingReplicas().Count * task.Nodes);
            queued[resources.GpuModel] = queued.GetValueOrDefault(resources.GpuModel) + units;
        }
        return queued;
    }
}
