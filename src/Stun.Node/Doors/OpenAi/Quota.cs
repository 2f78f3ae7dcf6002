using Stun.Node.Configuration;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// What one key or one account may still ask for. Tokens are known only afterwards: so whoever is in debt waits, and
/// money is set aside before a question is asked, so that many at once cannot go over the cap together.
/// </summary>
internal sealed class Quota(string whose, ModelQuota limits, Func<Instant, Amount> spentSince)
{
    private const long MinuteMicros = 60_000_000;
    private const long DayMicros = 86_400_000_000;
    private readonly Lock gate = new();
    private readonly Bucket requests = new(limits.RequestsPerMinute);
    private readonly Bucket tokens = new(limits.TokensPerMinute);
    private long day = -1;
    private Amount spent;
    private Amount aside;
    private bool isClosed;

    /// <summary>A minute's worth, which fills up all the time; in millionths of a minute's share.</summary>
    private sealed class Bucket(uint? perMinute)
    {
        private readonly long most = (perMinute ?? 0) * MinuteMicros;
        private long level = (perMinute ?? 0) * MinuteMicros;
        private long at;

        public bool IsLimited => perMinute is not null;

        /// <summary>Until there is this much; zero where there is.</summary>
        public TimeSpan Lacks(long count, long now)
        {
            // Each microsecond brings as many millionths of a unit as a minute brings units.
            var since = Math.Clamp(now - at, 0, MinuteMicros);
            level = Math.Min(most, level + (since * perMinute!.Value));
            at = now;
            var missing = (Math.Min(count, perMinute.Value) * MinuteMicros) - level;
            return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Math.Ceiling((double)missing
                / perMinute.Value));
        }

        public bool IsFull(long now)
        {
            if (IsLimited) Lacks(0, now);
            return level == most;
        }

        /// <summary>What was more than there is delays who comes next, but not for ever.</summary>
        public void Take(long count) =>
            level = Math.Max(level - (Math.Min(count, 10L * perMinute!.Value) * MinuteMicros), -10 * most);
    }

    public static bool IsNone(ModelQuota limits) => limits == new ModelQuota();

    /// <param name="most">What the answer may cost, as far as one can tell.</param>
    /// <returns>False where it was put away: there is a new one.</returns>
    public bool Enter(Instant now, Amount most)
    {
        lock (gate)
        {
            if (isClosed) return false;
            if (requests.IsLimited && requests.Lacks(1, now.Micros) is { Ticks: > 0 } wait)
                throw new ApiException("quota.requests",
                    $"{whose} may ask {limits.RequestsPerMinute} questions a minute.")
                {
                    RetryAfter = wait,
                };
            if (tokens.IsLimited && tokens.Lacks(1, now.Micros) is { Ticks: > 0 } pause)
                throw new ApiException("quota.tokens",
                    $"{whose} may use {limits.TokensPerMinute} tokens a minute.")
                {
                    RetryAfter = pause,
                };
            if (limits.SpendPerDay is { } cap)
            {
                Turn(now);
                if (spent + aside + most > cap)
                    throw new ApiException("quota.spent",
                        $"{whose} may spend {cap} a day: {spent} are spent, {aside} set aside for what is under way, "
                        + $"and this could cost {most}.")
                    {
                        RetryAfter = TimeSpan.FromMicroseconds(DayMicros - (now.Micros % DayMicros)),
                    };
                aside += most;
            }
            if (requests.IsLimited) requests.Take(1);
            return true;
        }
    }

    /// <param name="most">As it was set aside.</param>
    public void Leave(Instant now, Amount most, Amount charged, long count)
    {
        lock (gate)
        {
            if (tokens.IsLimited)
            {
                tokens.Lacks(0, now.Micros);
                tokens.Take(count);
            }
            if (limits.SpendPerDay is null) return;
            aside -= Amount.Min(most, aside);
            Turn(now);
            spent += charged;
        }
    }

    /// <summary>Puts it away where one that is made anew would let in as much and no more.</summary>
    public bool TryClose(Instant now)
    {
        lock (gate)
            return isClosed |= aside.IsZero && requests.IsFull(now.Micros) && tokens.IsFull(now.Micros);
    }

    private void Turn(Instant now)
    {
        var today = now.Micros / DayMicros;
        // A clock that is set back gives nobody a second day's money.
        if (today <= day) return;
        spent = day < 0 ? spentSince(new Instant(today * DayMicros)) : Amount.Zero;
        day = today;
    }
}
