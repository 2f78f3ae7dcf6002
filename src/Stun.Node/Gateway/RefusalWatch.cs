using System.Collections.Concurrent;
using System.Net;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Notes when somebody tries many keys that are none: once for each burst, not for each try.</summary>
public sealed class RefusalWatch(AuditLog audit, TimeProvider clock)
{
    private const int BurstMin = 20;
    private const int AddressesMax = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<IPAddress, Tries> tries = new();

    private sealed class Tries(DateTimeOffset since)
    {
        public int Count;

        public DateTimeOffset Since => since;
    }

    public void Refused(IPAddress from)
    {
        var now = clock.GetUtcNow();
        if (tries.Count > AddressesMax) tries.Clear();
        var known = tries.AddOrUpdate(from, _ => new Tries(now),
            (_, old) => now - old.Since > Window ? new Tries(now) : old);
        if (Interlocked.Increment(ref known.Count) == BurstMin)
            audit.Append(new AuditNote(
                WallTime.At(now), "nobody", "auth.try", from.ToString(), "refused",
                $"{BurstMin} keys that are none within {Window.TotalSeconds} seconds"));
    }
}
