using System.Collections.Concurrent;

namespace Stun.Chain.Evm.Sending;

/// <summary>
/// Which nonces are on their way, and which keys are done. Built from the journal's entries and changed by the same
/// entries, so that a restart knows what the sender knew. Only the sender's loop changes it; keys may be asked for by
/// any thread.
/// </summary>
internal sealed class PendingTable(int doneKeysMax)
{
    private readonly SortedDictionary<ulong, PendingTransaction> byNonce = [];
    private readonly ConcurrentDictionary<string, PendingTransaction> byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SendingEntry.Ended> done = new(StringComparer.Ordinal);
    private readonly Queue<string> doneOrder = new();

    public int Count => byNonce.Count;

    /// <summary>In the order of their nonces.</summary>
    public IEnumerable<PendingTransaction> All => byNonce.Values;

    /// <summary>The one after the highest nonce that was ever assigned.</summary>
    public ulong Next { get; set; }

    public PendingTransaction? Find(string key) => byKey.GetValueOrDefault(key);

    public SendingEntry.Ended? FindDone(string key) => done.GetValueOrDefault(key);

    public bool Has(ulong nonce) => byNonce.ContainsKey(nonce);

    public void Apply(SendingEntry entry)
    {
        switch (entry)
        {
            case SendingEntry.Assigned assigned:
                Add(new PendingTransaction(assigned, new SentTransaction(assigned.Key, assigned.Nonce)));
                break;
            case SendingEntry.Signed signed when byNonce.TryGetValue(entry.Nonce, out var item):
                item.IsEmpty |= signed.IsEmpty;
                item.Add(new SignedVersion(Keccak256.Hash(signed.Raw.Span), signed.Raw, signed.Fees, signed.IsEmpty));
                // Whether a node has it is not known; that none has must not be believed.
                item.IsAccepted = true;
                break;
            case SendingEntry.Abandoned when byNonce.TryGetValue(entry.Nonce, out var item):
                Remove(item);
                if (entry.Nonce + 1 == Next) Next = entry.Nonce;
                break;
            case SendingEntry.Ended ended:
                if (byNonce.TryGetValue(entry.Nonce, out var over)) Remove(over);
                Next = Math.Max(Next, entry.Nonce + 1);
                Remember(ended);
                break;
            default:
                throw new ChainException("chain.journal-form",
                    $"The journal says something of nonce {entry.Nonce}, which it has not assigned.",
                    "Restore the file from a copy.");
        }
    }

    public void Add(PendingTransaction item)
    {
        byNonce.Add(item.Nonce, item);
        byKey[item.Assigned.Key] = item;
        Next = Math.Max(Next, item.Nonce + 1);
    }

    /// <summary>The fewest entries that mean what all entries meant.</summary>
    public IReadOnlyList<SendingEntry> Shortened()
    {
        List<SendingEntry> entries = [.. doneOrder.Select(key => done.GetValueOrDefault(key)).OfType<SendingEntry>()];
        foreach (var item in byNonce.Values)
        {
            entries.Add(item.Assigned);
            entries.AddRange(item.Versions.Select(each =>
                new SendingEntry.Signed(item.Nonce, each.Raw, each.Fees, each.IsEmpty)));
        }
        return entries;
    }

    private void Remove(PendingTransaction item)
    {
        byNonce.Remove(item.Nonce);
        if (byKey.TryGetValue(item.Assigned.Key, out var held) && held == item)
            byKey.TryRemove(item.Assigned.Key, out _);
    }

    private void Remember(SendingEntry.Ended ended)
    {
        // What was refused may be asked for again under its key.
        if (ended.End is SendingEnd.Filled or SendingEnd.Taken) return;
        if (done.TryAdd(ended.Key, ended)) doneOrder.Enqueue(ended.Key);
        while (doneOrder.Count > doneKeysMax) done.TryRemove(doneOrder.Dequeue(), out _);
    }
}
