namespace Stun.Node.Serving;

/// <summary>When a replica's life comes to its end: its successor is ordered first, and only then does it go.</summary>
internal static class LifeRule
{
    private static readonly Duration LastUsual = Duration.Seconds(15);

    /// <summary>The seconds in which its provider ends it by itself.</summary>
    public static Duration Last(Duration life) => Duration.Min(LastUsual, new Duration(life.Micros / 10));

    /// <summary>Its successor is ordered so early that it can be there in time, though not in the first half.</summary>
    public static bool IsAboutToEnd(Instant orderedAt, Duration life, Duration startWithin, Instant now)
    {
        var early = Math.Min(startWithin.Micros + Last(life).Micros, life.Micros / 2);
        return orderedAt + new Duration(life.Micros - early) < now;
    }

    /// <summary>Nothing new may begin on it, whether there is a successor or not.</summary>
    public static bool IsLate(Instant orderedAt, Duration life, Instant now) =>
        orderedAt + new Duration(life.Micros - Last(life).Micros) < now;

    /// <summary>
    /// Which of those that retire go now: the late ones, and of the others, oldest first, as many as are ready beyond
    /// what is wanted. One that is not ready answers nobody, and goes when enough others do.
    /// </summary>
    /// <param name="ready">How many are ready and stay.</param>
    public static IReadOnlyList<Replica> Leaving(IEnumerable<Replica> retiring, int ready, int wanted, Instant now)
    {
        List<Replica> open =
        [
            .. retiring.Where(replica => replica.State is ReplicaState.Starting or ReplicaState.Ready)
                .OrderBy(replica => replica.OrderedAt.Micros),
        ];
        var leaving = open.Where(replica => IsLate(replica.OrderedAt, replica.Life, now)).ToList();
        var rest = open.Except(leaving).ToList();
        var spare = ready + rest.Count(replica => replica.State == ReplicaState.Ready) - wanted;
        if (spare < 0) return leaving;
        leaving.AddRange(rest.Where(replica => replica.State == ReplicaState.Starting));
        leaving.AddRange(rest.Where(replica => replica.State == ReplicaState.Ready).Take(spare));
        return leaving;
    }
}
