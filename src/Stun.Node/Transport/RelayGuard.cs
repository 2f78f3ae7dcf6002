using Stun.Chain.Evm;

namespace Stun.Node.Transport;

internal enum RelayCheck : byte
{
    Accepted,
    Unsigned,
    BadSignature,
    TooOld,
    FromTheFuture,
    Replayed,
    TooManyOrigins,
}

/// <summary>
/// The receiver's check of what a hub carried: the origin's signature, its age, and that it was not seen before. For
/// each origin a window of sequences as in RFC 4303: a number behind the window or already in it is a replay.
/// </summary>
/// <remarks>
/// A window is forgotten when all it holds is too old anyway, so that the table is bounded without a gap. A receiver
/// that restarts forgets all: a hub could then replay what is younger than five minutes, and every message may come
/// twice.
/// </remarks>
internal sealed class RelayGuard(Digest network, TimeProvider time)
{
    private sealed class Window
    {
        private readonly ulong[] seen = new ulong[TransportLimits.RelayWindow / 64];
        private ulong highest;

        public Instant Youngest { get; set; } = Instant.LongAgo;

        public bool IsNew(ulong sequence) => sequence > highest
            || (highest - sequence < TransportLimits.RelayWindow && (seen[Word(sequence)] & Bit(sequence)) == 0);

        public void Take(ulong sequence)
        {
            if (sequence > highest)
            {
                if (sequence - highest >= TransportLimits.RelayWindow) Array.Clear(seen);
                else for (var next = highest + 1; next < sequence; next++) Mark(next, false);
                highest = sequence;
            }
            Mark(sequence, true);
        }

        private void Mark(ulong sequence, bool isSeen)
        {
            if (isSeen) seen[Word(sequence)] |= Bit(sequence);
            else seen[Word(sequence)] &= ~Bit(sequence);
        }

        private static int Word(ulong sequence) => (int)(sequence % TransportLimits.RelayWindow / 64);

        private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % 64);
    }

    private readonly Lock gate = new();
    private readonly Dictionary<Address, Window> windows = [];

    public RelayCheck Check(Post post)
    {
        if (post.Proof is not { } proof) return RelayCheck.Unsigned;
        var now = WallTime.Now(time);
        // Both are cheap and refuse most of what is wrong before the signature is looked at.
        if (now - proof.SentAt > TransportLimits.RelayAgeMax) return RelayCheck.TooOld;
        if (proof.SentAt - now > TransportLimits.ClockSkewMax) return RelayCheck.FromTheFuture;
        var digest = RelaySigner.Digest(network, post, proof.Sequence, proof.SentAt);
        if (EvmKey.Recover(digest, proof.Signature) != post.From) return RelayCheck.BadSignature;
        lock (gate)
        {
            if (windows.TryGetValue(post.From, out var window))
                return window.IsNew(proof.Sequence) ? RelayCheck.Accepted : RelayCheck.Replayed;
            if (windows.Count >= TransportLimits.RelayOriginsMax) Forget(now);
            return windows.Count < TransportLimits.RelayOriginsMax ? RelayCheck.Accepted : RelayCheck.TooManyOrigins;
        }
    }

    /// <summary>A post that was accepted has been taken: from now on it is a replay.</summary>
    public void Note(Post post)
    {
        var proof = post.Proof!;
        lock (gate)
        {
            if (!windows.TryGetValue(post.From, out var window)) windows.Add(post.From, window = new Window());
            window.Take(proof.Sequence);
            if (proof.SentAt > window.Youngest) window.Youngest = proof.SentAt;
        }
    }

    private void Forget(Instant now)
    {
        foreach (var (origin, window) in windows)
            if (now - window.Youngest > TransportLimits.RelayAgeMax) windows.Remove(origin);
    }
}
