using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>A provider in a list.</summary>
/// <param name="Since">Since when it is there, or is not.</param>
/// <param name="Finished">Attempts that delivered; those that did not follow by why.</param>
/// <param name="Lost">Nothing was heard of them any more.</param>
/// <param name="Revoked">Taken back: another was faster, or the task was cancelled.</param>
public sealed record ProviderView(
    string Address, bool Online, DateTimeOffset Since, DateTimeOffset FirstSeen, IReadOnlyList<string> Regions,
    int Offers, string? PriceMin, string? PriceMax, uint ReputationPpm, uint PaidCount, uint FraudCount, long Running,
    long Finished, long Failed, long Lost, long Refused, long Revoked, string Earned, long Payouts, string Slashed,
    string Stake, string Unbonding)
{
    public static ProviderView Of(StoredProvider provider, uint reputationPpm) => new(
        provider.Address.ToString(), provider.IsOnline, WallTime.Time(provider.SinceAt),
        WallTime.Time(provider.FirstSeenAt), provider.Regions, provider.OfferCount, provider.PriceMin?.ToString(),
        provider.PriceMax?.ToString(), reputationPpm, provider.Record?.PaidCount ?? 0,
        provider.Record?.FraudCount ?? 0, Math.Max(0, provider.Running), provider.Finished, provider.Failed,
        provider.Lost, provider.Refused, provider.Revoked, provider.Earned.ToString(), provider.PayoutCount,
        provider.Slashed.ToString(), provider.Stake.ToString(), provider.Unbonding.ToString());
}

public sealed record ProviderPage(IReadOnlyList<ProviderView> Providers, string? Cursor, int Total);

/// <param name="NewcomerPpm">The score of one of whom nothing is known; towards it all scores fade.</param>
/// <param name="Moves">What moved it last, newest first.</param>
/// <param name="RunningTasks">Null for callers that it does not concern.</param>
/// <param name="Work">What the network measured of its work: by others' clocks, from tasks that really ran.</param>
/// <param name="Capability">What it measured of its own machine and signed: its word; null where it has shown nothing.
/// </param>
public sealed record ProviderDetailView(
    ProviderView Provider, uint NewcomerPpm, IReadOnlyList<MoveView> Moves, IReadOnlyList<OfferView> Offers,
    WorkRecordView Work, CapabilityView? Capability, IReadOnlyList<RunningView>? RunningTasks,
    long EarningsBucketSeconds, IReadOnlyList<EarningView> Earnings, IReadOnlyList<ProviderRefusalView> Refusals);

public sealed record MoveView(
    DateTimeOffset At, string Task, string Attempt, string Judgement, string Outcome, uint BeforePpm, uint AfterPpm)
{
    public static MoveView Of(ReputationMove move) => new(
        WallTime.Time(move.At), move.Task.ToString(), move.Attempt.ToString(), move.Judgement.ToString(),
        move.Outcome.ToString(), move.BeforePpm, move.AfterPpm);
}

/// <param name="PriceCap">The most that this attempt can be paid.</param>
public sealed record RunningView(string Task, string Attempt, DateTimeOffset Since, string PriceCap);

public sealed record EarningView(DateTimeOffset At, string Earned, long Payouts);

/// <param name="Reason">The rule of its policy that said no, or why it could not.</param>
public sealed record ProviderRefusalView(string Reason, long Count, DateTimeOffset LastAt);
