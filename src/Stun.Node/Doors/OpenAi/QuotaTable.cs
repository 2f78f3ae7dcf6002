using System.Collections.Concurrent;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// The quotas of those who ask. One that nobody uses is made again when it is asked for, and is put away when there are
/// too many; one that holds money aside, or waits off a debt, never is.
/// </summary>
internal sealed class QuotaTable<TKey>(IEqualityComparer<TKey> comparer) where TKey : notnull
{
    /// <summary>Some 500 bytes each.</summary>
    private const int UsualMax = 50_000;

    private readonly ConcurrentDictionary<TKey, Quota?> quotas = new(comparer);
    private long lookAgainAt = UsualMax;

    public int Count => quotas.Count;

    /// <returns>Null where there is no limit; what was entered is to be left.</returns>
    public Quota? Enter(TKey key, Func<ApiPrincipal, Quota?> make, ApiPrincipal who, Instant now, Amount most)
    {
        if (quotas.Count > Volatile.Read(ref lookAgainAt)) PutAway(now);
        while (true)
        {
            var quota = quotas.GetOrAdd(key, static (_, at) => at.make(at.who), (make, who));
            if (quota is null || quota.Enter(now, most)) return quota;
            // It was put away in this moment.
            quotas.TryRemove(KeyValuePair.Create<TKey, Quota?>(key, quota));
        }
    }

    public void PutAway(Instant now)
    {
        foreach (var entry in quotas)
            if (entry.Value is null || entry.Value.TryClose(now)) quotas.TryRemove(entry);
        // Where nearly all are in use, not every question pays for the search.
        Volatile.Write(ref lookAgainAt, Math.Max(UsualMax, 2L * quotas.Count));
    }
}
