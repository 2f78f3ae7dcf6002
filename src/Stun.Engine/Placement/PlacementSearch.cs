using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stun.Engine.Placement;

/// <summary>
/// Walks the tree best first: leaves come out in falling order of (score, tie), each subtree is opened only when its
/// promise is the best that is left, and subtrees whose promise is too little for the request are never opened.
/// </summary>
/// <remarks>
/// A frame is an opened node with the bounds of those of its lanes that are still to be visited. The heap holds each
/// frame once, under its best lane, so opening a node costs one entry and not sixteen.
///
/// A key is (bound + 1, tie) in one number. The bound of a leaf is its exact score, but for one case: from a home that
/// nobody measured, all unmeasured regions are bounded by nearness. Then the caller puts the leaf back under its score.
/// </remarks>
internal sealed class PlacementSearch(PlacementGrove[] groves)
{
    private const int Arity = PlacementTree.Arity;

    private uint[] bounds = new uint[64 * Arity];
    private Frame[] frames = new Frame[64];
    private int frameCount;

    private Entry[] heap = new Entry[64];
    private int heapCount;

    /// <summary>The frame being followed, outside the heap; its key is 0 where there is none.</summary>
    private Entry current;

    private PlacementNeed need = null!;

    /// <summary>Whence the last leaf came, for the case that it must be put back.</summary>
    private (int Grove, int Leaf) last;

    private struct Frame
    {
        public int Grove;
        public int Level;
        public int Node;
        public int Lane;
    }

    private readonly record struct Entry(ulong Key, int Frame);

    /// <summary>No leaf that is still to come has a higher key; 0 when none is to come.</summary>
    public ulong KeyLeft => heapCount == 0 ? current.Key : Math.Max(current.Key, heap[0].Key);

    public static int ScoreOf(ulong key) => (int)(key >> 32) - 1;

    /// <summary>How many nodes were looked at so far: what a decision costs, in a number that repeats.</summary>
    public long NodesOpened { get; private set; }

    public void Begin(PlacementNeed sought)
    {
        need = sought;
        frameCount = 0;
        heapCount = 0;
        current = default;
        foreach (var grove in need.Groves)
        {
            if (current.Key != 0) Push(current);
            current = Open(grove, groves[grove].Tree.Top, 0);
        }
    }

    public bool TryNext(out int row, out ulong key)
    {
        unchecked
        {
            while (true)
            {
                if (heapCount > 0 && heap[0].Key > current.Key) TakeTop();
                if (current.Key == 0) break;
                (key, var index) = current;
                var (level, child) = (frames[index].Level, (frames[index].Node * Arity) + frames[index].Lane);
                // Cleared in a register: a vector read right after a write to one of its lanes waits for that write.
                var done = Vector512.Equals(Vector512<uint>.Indices, Vector512.Create((uint)frames[index].Lane));
                var left = Vector512.AndNot(Bounds(index), done);
                left.CopyTo(bounds, index * Arity);
                var rest = new Entry(BestLane(index, left), index);
                if (level == 0)
                {
                    current = rest;
                    last = (frames[index].Grove, child);
                    row = groves[last.Grove].RowAt(child);
                    return true;
                }
                // Most often the way goes on downwards, and the rest of the frame is not soon come back to.
                if (rest.Key != 0) Push(rest);
                current = Open(frames[index].Grove, level - 1, child);
            }
        }
        (row, key) = (OfferRow.Nowhere, 0);
        return false;
    }

    /// <summary>The leaf that just came out, under too high a bound, will come out again where it belongs.</summary>
    public void PutBack(int score, ulong key)
    {
        unchecked
        {
            var index = frameCount++;
            if (index == frames.Length) GrowFrames();
            var (grove, leaf) = last;
            var (node, lane) = (leaf / Arity, leaf % Arity);
            frames[index] = new Frame { Grove = grove, Level = 0, Node = node, Lane = lane };
            bounds.AsSpan(index * Arity, Arity).Clear();
            bounds[(index * Arity) + lane] = (uint)score + 1;
            Push(new Entry(((ulong)(uint)(score + 1) << 32) | (uint)key, index));
        }
    }

    private Entry Open(int grove, int level, int node)
    {
        unchecked { NodesOpened++; }
        ref var rows = ref groves[grove].Tree.At(level, node);
        var fitting = Fitting(ref rows);
        if (fitting == Vector512<uint>.Zero) return default;
        unchecked
        {
            if (frameCount == frames.Length) GrowFrames();
            var index = frameCount++;
            var bound = Bound(ref rows, fitting);
            bound.CopyTo(bounds, index * Arity);
            frames[index] = new Frame { Grove = grove, Level = level, Node = node };
            return new Entry(BestLane(index, bound), index);
        }
    }

    /// <summary>All bits set in the lanes that hold enough of everything.</summary>
    private Vector512<uint> Fitting(ref uint rows)
    {
        var fitting = ~Vector512.Equals(
            Vector512.LoadUnsafe(ref rows, Column.RegionBits * Arity) & Vector512.Create(need.RegionMask),
            Vector512<uint>.Zero);
        fitting &= ~Vector512.Equals(
            Vector512.LoadUnsafe(ref rows, Column.ModelBits * Arity) & Vector512.Create(need.ModelMask),
            Vector512<uint>.Zero);
        var columns = need.Columns;
        var least = need.Least;
        for (var index = 0; index < columns.Length; index++)
        {
            var lanes = Vector512.LoadUnsafe(ref rows, (nuint)(uint)unchecked(columns[index] * Arity));
            fitting &= Vector512.GreaterThanOrEqual(lanes, Vector512.Create(least[index]));
            // Most nodes that fail do so by what comes first; the rest of the node need not be fetched then.
            if (index == 3 && fitting == Vector512<uint>.Zero) return fitting;
        }
        return fitting;
    }

    /// <summary>The most that an offer under each lane can score, plus one; zero in lanes that do not fit.</summary>
    private Vector512<uint> Bound(ref uint rows, Vector512<uint> fitting)
    {
        unchecked
        {
            var lean = Vector512.LoadUnsafe(ref rows, Column.Lean * Arity).AsInt32();
            var fit = Vector512.Min(
                Vector512.Max(lean - Vector512.Create(need.LeanOffset), Vector512<int>.Zero),
                Vector512.Create(PlacementScore.FactorMax)).AsUInt32();
            var bound = Vector512.LoadUnsafe(ref rows, Column.Base * Arity)
                + (fit * Vector512.Create(need.FitWeight)) + Vector512.Create(need.Flat);
            var places = need.PlaceScores;
            if (!places.IsEmpty)
            {
                bound += places.Length <= 4 * Arity
                    ? LookedUp(ref rows, places) : LookedUpOneByOne(ref rows, places, fitting);
            }
            return bound & fitting;
        }
    }

    /// <summary>
    /// A look-up of sixteen places at once: each sixteen of the row answer for their own, the rest with zero.
    /// </summary>
    private static Vector512<uint> LookedUp(ref uint rows, ReadOnlySpan<int> places)
    {
        unchecked
        {
            var place = Vector512.LoadUnsafe(ref rows, Column.Place * Arity).AsInt32();
            var added = Vector512<int>.Zero;
            for (var start = 0; start < places.Length; start += Arity)
            {
                var part = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(places), (nuint)start);
                added += Vector512.Shuffle(part, place - Vector512.Create(start));
            }
            return added.AsUInt32();
        }
    }

    private static Vector512<uint> LookedUpOneByOne(
        ref uint rows, ReadOnlySpan<int> places, Vector512<uint> fitting)
    {
        var added = Vector512<uint>.Zero;
        for (var left = fitting.ExtractMostSignificantBits(); left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            var place = Unsafe.Add(ref rows, (Column.Place * Arity) + lane);
            Unsafe.Add(ref Unsafe.As<Vector512<uint>, uint>(ref added), lane) = (uint)places[(int)place];
        }
        return added;
    }

    /// <summary>Chooses the frame's best lane and tells its key; 0 if no lane is left.</summary>
    private ulong BestLane(int index, Vector512<uint> lanes)
    {
        unchecked
        {
            var most = PlacementTree.Most(lanes);
            if (most == 0) return 0;
            ref var frame = ref frames[index];
            ref var ties = ref Unsafe.Add(
                ref groves[frame.Grove].Tree.At(frame.Level, frame.Node), Column.Tie * Arity);
            var equal = Vector512.Equals(lanes, Vector512.Create(most)).ExtractMostSignificantBits();
            frame.Lane = BitOperations.TrailingZeroCount(equal);
            for (equal &= equal - 1; equal != 0; equal &= equal - 1)
            {
                var lane = BitOperations.TrailingZeroCount(equal);
                if (Unsafe.Add(ref ties, lane) > Unsafe.Add(ref ties, frame.Lane)) frame.Lane = lane;
            }
            return ((ulong)most << 32) | Unsafe.Add(ref ties, frame.Lane);
        }
    }

    /// <summary>The top of the heap is better than the frame at hand: they change places.</summary>
    private void TakeTop()
    {
        unchecked
        {
            var top = heap[0];
            if (current.Key != 0) Sink(current);
            else if (--heapCount > 0) Sink(heap[heapCount]);
            current = top;
        }
    }

    private Vector512<uint> Bounds(int index) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(bounds), (nuint)(uint)unchecked(index * Arity));

    private void Push(Entry entry)
    {
        unchecked
        {
            if (heapCount == heap.Length) Array.Resize(ref heap, heapCount * 2);
            var at = heapCount++;
            for (; at > 0; at = (at - 1) >> 1)
            {
                var parent = heap[(at - 1) >> 1];
                if (parent.Key >= entry.Key) break;
                heap[at] = parent;
            }
            heap[at] = entry;
        }
    }

    private void Sink(Entry entry)
    {
        unchecked
        {
            var at = 0;
            for (var child = 1; child < heapCount; child = (2 * at) + 1)
            {
                if (child + 1 < heapCount && heap[child + 1].Key > heap[child].Key) child++;
                if (heap[child].Key <= entry.Key) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = entry;
        }
    }

    private void GrowFrames()
    {
        Array.Resize(ref frames, frames.Length * 2);
        Array.Resize(ref bounds, frames.Length * Arity);
    }
}
