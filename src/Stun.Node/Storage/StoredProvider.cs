using Stun.Engine.Reputation;

namespace Stun.Node.Storage;

/// <summary>One provider, in all markets together.</summary>
public sealed record StoredProvider(Address Address)
{
    public Instant FirstSeenAt { get; init; }

    public bool IsOnline { get; init; }

    /// <summary>Since when it is there, or is not.</summary>
    public Instant SinceAt { get; init; }

    /// <summary>Attempts under way, and how the others ended.</summary>
    public long Running { get; init; }

    public long Finished { get; init; }

    public long Lost { get; init; }

    public long Failed { get; init; }

    public long Refused { get; init; }

    public long Revoked { get; init; }

    /// <summary>Null where nothing was ever proven by its work.</summary>
    public ReputationRecord? Record { get; init; }

    public Amount Earned { get; init; }

    public long PayoutCount { get; init; }

    public Amount Slashed { get; init; }

    public Amount Stake { get; init; }

    public Amount Unbonding { get; init; }

    public IReadOnlyList<string> Regions { get; init; } = [];

    public int OfferCount { get; init; }

    public Amount? PriceMin { get; init; }

    public Amount? PriceMax { get; init; }

    /// <summary>Of each market by itself.</summary>
    public IReadOnlyList<OnlineWatch> Watches { get; init; } = [];

    /// <summary>The same provider in another market as well: it is there if it is in one of them.</summary>
    internal StoredProvider With(StoredProvider other) => this with
    {
        FirstSeenAt = Instant.Earlier(FirstSeenAt, other.FirstSeenAt),
        IsOnline = IsOnline || other.IsOnline,
        SinceAt = (IsOnline, other.IsOnline) switch
        {
            (true, false) => SinceAt,
            (false, true) => other.SinceAt,
            (true, true) => Instant.Earlier(SinceAt, other.SinceAt),
            _ => SinceAt > other.SinceAt ? SinceAt : other.SinceAt,
        },
        Running = Running + other.Running,
        Finished = Finished + other.Finished,
        Lost = Lost + other.Lost,
        Failed = Failed + other.Failed,
        Refused = Refused + other.Refused,
        Revoked = Revoked + other.Revoked,
        Watches = [.. Watches, .. other.Watches],
    };
}

/// <param name="At">Seconds since 1970: where the span begins.</param>
public sealed record StoredEarning(long At, Amount Earned, long PayoutCount);

public sealed record StoredRefusal(string Reason, long Count, Instant LastAt);

public sealed record StoredRun(AttemptId Attempt, TaskId Task, Instant Since, Amount PriceCap);
