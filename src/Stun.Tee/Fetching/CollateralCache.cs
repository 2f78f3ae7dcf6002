using Stun.Tee.Certificates;

namespace Stun.Tee.Fetching;

/// <summary>
/// Keeps collateral until it ends, and asks for it again some time before. While the source is silent, what is kept
/// goes on until its own end and not a second longer: then nothing can be verified, and nothing is accepted.
/// </summary>
public sealed class CollateralCache(ICollateralSource source, TimeSpan refreshBefore) : IDisposable
{
    /// <summary>A source that is down is not asked with each piece of evidence.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What an answer says of its end is not checked here, so none is believed for longer: one that is forged, or kept
    /// back, does harm for a day and not until its end.
    /// </summary>
    private static readonly TimeSpan TrustFor = TimeSpan.FromHours(24);

    private const string Unavailable = "collateral.unavailable";

    private readonly Lock gate = new();
    private readonly Dictionary<CollateralKey, Slot> slots = [];

    /// <summary>How many are asked for at once whose answers nobody keeps. Guarded by the gate.</summary>
    private int unkept;

    /// <param name="Code">Why there is none, where there is none.</param>
    private sealed record Entry(
        Collateral? Collateral, DateTimeOffset TakenAt, DateTimeOffset EndsAt, DateTimeOffset AskAt, string Code,
        string Trouble)
    {
        public bool IsCurrent(DateTimeOffset now) => Collateral is not null && now < EndsAt;
    }

    /// <summary>One key: whoever asks for another does not wait for this one's source.</summary>
    private sealed class Slot : IDisposable
    {
        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>Replaced whole; read by those who do not wait, too.</summary>
        public volatile Entry? Entry;

        /// <summary>How many are in it, waiting or asking: it must not go then.</summary>
        public int Users { get; set; }

        public void Dispose() => Gate.Dispose();
    }

    /// <exception cref="EvidenceException">There is none that is current.</exception>
    public async Task<Collateral> GetAsync(CollateralKey key, DateTimeOffset now, CancellationToken cancel)
    {
        var slot = Enter(key, now);
        try
        {
            var entry = slot is null ? await AskAsync(key, null, now, cancel).ConfigureAwait(false)
                : await CurrentAsync(slot, key, now, cancel).ConfigureAwait(false);
            return entry.IsCurrent(now) ? entry.Collateral!
                : throw new EvidenceException(entry.Code,
                    $"There is no current collateral for {key}, so nothing is accepted: {entry.Trouble}");
        }
        finally
        {
            Leave(slot);
        }
    }

    private static bool IsFresh(Entry? entry, DateTimeOffset now) => entry is not null && now < entry.AskAt;

    private async Task<Entry> CurrentAsync(
        Slot slot, CollateralKey key, DateTimeOffset now, CancellationToken cancel)
    {
        if (slot.Entry is { } known && IsFresh(known, now)) return known;
        // Somebody asks already. Who has what still counts goes on with that, the others wait for what comes.
        if (!slot.Gate.Wait(0, CancellationToken.None))
        {
            if (slot.Entry is { } kept && kept.IsCurrent(now)) return kept;
            await slot.Gate.WaitAsync(cancel).ConfigureAwait(false);
        }
        try
        {
            if (slot.Entry is { } entry && IsFresh(entry, now)) return entry;
            return slot.Entry = await AskAsync(key, slot.Entry, now, cancel).ConfigureAwait(false);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private async Task<Entry> AskAsync(
        CollateralKey key, Entry? known, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var fresh = await source.FetchAsync(key, cancel).ConfigureAwait(false);
            var endsAt = EndOf(fresh);
            // An older statement in the place of a newer one is a step back, and whoever takes it may be made to. But
            // the end of a forged one is as late as its writer likes: after a day what the source says counts, if it
            // has not ended.
            if (known is not null && known.IsCurrent(now) && known.EndsAt > endsAt
                && (now - known.TakenAt < TrustFor || endsAt <= now))
                return known with { AskAt = now + RetryAfter };
            var askAt = endsAt - refreshBefore < now + TrustFor ? endsAt - refreshBefore : now + TrustFor;
            return new Entry(fresh, now, endsAt, askAt > now + RetryAfter ? askAt : now + RetryAfter, Unavailable,
                $"what the source has ended at {endsAt:u}.");
        }
        catch (EvidenceException failure)
        {
            // Asked again, it says the same: that is no matter of waiting.
            var code = failure.Code == HttpCollateral.Refused ? failure.Code : Unavailable;
            return Silent(known, now, code, failure.Message);
        }
        // A source that gives up by itself is silent; a caller who gives up says nothing of the source.
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Silent(known, now, Unavailable, "the source has not answered in time.");
        }
    }

    private static Entry Silent(Entry? known, DateTimeOffset now, string code, string trouble) =>
        new(known?.Collateral, known?.TakenAt ?? now, known?.EndsAt ?? DateTimeOffset.MinValue, now + RetryAfter,
            code, trouble);

    /// <summary>Null where there is no room: then the answer is not kept.</summary>
    private Slot? Enter(CollateralKey key, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!slots.TryGetValue(key, out var slot))
            {
                if (!MakeRoom(now))
                {
                    if (unkept >= TeeLimits.CollateralsUnkept)
                        throw new EvidenceException("collateral.busy",
                            $"{unkept} platforms beyond the {slots.Count} that are kept wait for their collateral "
                                + "already. Ask again later.");
                    unkept++;
                    return null;
                }
                slots[key] = slot = new Slot();
            }
            slot.Users++;
            return slot;
        }
    }

    /// <summary>
    /// What counts stays, and so does what somebody waits for: keys come from strangers, who may name any number.
    /// </summary>
    private bool MakeRoom(DateTimeOffset now)
    {
        if (slots.Count < TeeLimits.CollateralsKept) return true;
        var idle = slots
            .Where(each => each.Value.Users == 0 && each.Value.Entry?.IsCurrent(now) != true).ToList();
        if (idle.Count == 0) return false;
        var (key, slot) = idle.MinBy(each => each.Value.Entry?.AskAt ?? DateTimeOffset.MinValue);
        slots.Remove(key);
        slot.Dispose();
        return true;
    }

    private void Leave(Slot? slot)
    {
        lock (gate)
        {
            if (slot is null) unkept--;
            else slot.Users--;
        }
    }

    private static DateTimeOffset EndOf(Collateral collateral)
    {
        List<DateTimeOffset> ends = [.. collateral.Lists.Select(list => RevocationList.Parse(list).NextAt)];
        if (collateral.Intel?.NextAt() is { } end) ends.Add(end);
        return ends.Count > 0 ? ends.Min()
            : throw new EvidenceException("collateral.empty", "The source has brought nothing.");
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var slot in slots.Values) slot.Dispose();
            slots.Clear();
        }
    }
}
