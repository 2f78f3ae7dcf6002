using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// Keeps the files of popular models on a provider's disk. Every blob stays for a while after its use; what makes room
/// first is what was used longest ago, so that a burst of large inputs would drive out the model that everybody asks
/// for. The rule: a model that was used <see cref="PopularUses"/> times within the last <see cref="Span"/> is pinned,
/// the most used first, up to a part of the disk; and it is let go when it no longer is.
/// </summary>
/// <remarks>Uses are counted in memory: after a restart a model earns its place anew, within as many uses.</remarks>
public sealed class ModelShelf
{
    public const int PopularUses = 3;

    /// <summary>A model that is asked for once a day is not worth the disk: it is fetched in the time of one run.
    /// </summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(24);

    /// <summary>Times remembered for one model: more say nothing more.</summary>
    private const int UsesMax = 64;

    /// <summary>Models remembered, about 600 bytes each.</summary>
    private const int ModelsMax = 1_000;

    private const string Owner = "popular-models";

    private readonly BlobStore files;
    private readonly long bytesMax;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly SortedDictionary<Digest, Queue<DateTimeOffset>> uses = [];
    private readonly SortedDictionary<Digest, long> sizes = [];
    private List<Digest> pinned = [];

    /// <param name="bytesMax">Of all pinned files together.</param>
    public ModelShelf(BlobStore files, long bytesMax, TimeProvider clock)
    {
        (this.files, this.bytesMax, this.clock) = (files, bytesMax, clock);
        // What an earlier life has pinned nobody counts any more.
        files.Unpin(Owner);
    }

    public IReadOnlyList<Digest> Pinned
    {
        get
        {
            lock (gate) return [.. pinned];
        }
    }

    /// <summary>A run is about to use this file.</summary>
    public void Note(Digest file, long size)
    {
        lock (gate)
        {
            if (!uses.TryGetValue(file, out var times))
            {
                if (uses.Count >= ModelsMax) Forget(uses.MinBy(entry => entry.Value.Last()).Key);
                uses[file] = times = new Queue<DateTimeOffset>();
            }
            times.Enqueue(clock.GetUtcNow());
            if (times.Count > UsesMax) times.Dequeue();
            sizes[file] = size;
        }
        Review();
    }

    /// <summary>Lets go what has become cold. At every run: only runs bring what room has to be made for.</summary>
    public void Review()
    {
        lock (gate)
        {
            var since = clock.GetUtcNow() - Span;
            foreach (var (file, times) in uses.ToList())
            {
                while (times.TryPeek(out var first) && first < since) times.Dequeue();
                if (times.Count == 0) Forget(file);
            }
            List<Digest> wanted = [];
            var bytes = 0L;
            foreach (var (file, times) in uses.Where(entry => entry.Value.Count >= PopularUses)
                .OrderByDescending(entry => entry.Value.Count))
            {
                if (bytes + sizes[file] > bytesMax) continue;
                bytes += sizes[file];
                wanted.Add(file);
            }
            wanted.Sort();
            if (wanted.SequenceEqual(pinned)) return;
            files.Unpin(Owner);
            foreach (var file in wanted) files.Pin(file, Owner);
            pinned = wanted;
        }
    }

    private void Forget(Digest file)
    {
        uses.Remove(file);
        sizes.Remove(file);
    }
}
