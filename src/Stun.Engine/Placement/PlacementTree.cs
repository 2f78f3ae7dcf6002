using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stun.Engine.Placement;

/// <summary>
/// Offers as leaves of a tree of arity 16. A node is a small table: a row of 16 lanes per <see cref="Column"/>, one
/// lane per child, each lane summing up all offers below that child. So "which of these 16 subtrees can hold an offer
/// for this request" is one vector comparison per column.
/// </summary>
/// <remarks>
///   level 2                       [node 0]                       lane = 256 leaves
///   level 1        [node 0]         ...        [node 15]         lane = 16 leaves
///   level 0   [node 0] [node 1]     ...        [node 255]        lane = one offer
///
/// Vector512 is the framework's portable type: two 256-bit or four 128-bit operations where the machine has no more.
/// </remarks>
internal sealed class PlacementTree
{
    public const int Arity = 16;
    private const int NodeSize = Column.Count * Arity;

    private static readonly uint[] Nothing = new uint[Column.Count];

    // Of the columns that changed at the level last looked at.
    private readonly uint[] before = new uint[Column.Count];
    private readonly uint[] after = new uint[Column.Count];

    /// <summary>From the leaves up; the last level is one node.</summary>
    private Level[] levels = [new Level(1)];

    /// <summary>
    /// Nodes one after another, each row on a cache line of its own: an index into the array counts from there.
    /// </summary>
    private readonly struct Level
    {
        public readonly uint[] Numbers;
        public readonly int Start;
        public readonly int NodeCount;

        public Level(int nodes)
        {
            const int line = 64;
            NodeCount = nodes;
            Numbers = GC.AllocateArray<uint>((nodes * NodeSize) + (line / sizeof(uint)), pinned: true);
            // The address decides how fast a row is read, and nothing else.
            var address = Unsafe.ByteOffset(
                ref Unsafe.NullRef<uint>(), ref MemoryMarshal.GetArrayDataReference(Numbers));
            Start = (int)((line - (address & (line - 1))) & (line - 1)) / sizeof(uint);
        }
    }

    public int Top => levels.Length - 1;

    public int LeafCount { get; private set; } = Arity;

    /// <summary>Empties the tree and gives it room for this many leaves.</summary>
    public void Clear(int leaves)
    {
        List<Level> made = [];
        var nodes = Math.Max(1, (leaves + Arity - 1) / Arity);
        LeafCount = nodes * Arity;
        for (; ; nodes = (nodes + Arity - 1) / Arity)
        {
            made.Add(new Level(nodes));
            if (nodes == 1) break;
        }
        levels = [.. made];
    }

    /// <summary>The first number of a node; its rows follow one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint At(int level, int node)
    {
        // Checked once per node and not once per row: all columns are constants below Column.Count.
        ref readonly var of = ref levels[level];
        unchecked
        {
            if ((uint)node >= (uint)of.NodeCount) Outside();
            ref var first = ref MemoryMarshal.GetArrayDataReference(of.Numbers);
            return ref Unsafe.Add(ref first, of.Start + ((nint)node * NodeSize));
        }
    }

    /// <summary>Fills an empty lane; the sums follow with <see cref="SumUp"/>.</summary>
    public void Fill(int leaf, ReadOnlySpan<uint> figures)
    {
        ref var lane = ref Unsafe.Add(ref At(0, leaf / Arity), leaf % Arity);
        for (var column = 0; column < figures.Length; column++) Unsafe.Add(ref lane, column * Arity) = figures[column];
    }

    /// <summary>Sums up the whole tree after lanes were filled.</summary>
    public void SumUp()
    {
        for (var level = 0; level < Top; level++)
        {
            for (var node = 0; node < levels[level].NodeCount; node++)
            {
                ref var from = ref At(level, node);
                ref var to = ref Unsafe.Add(ref At(level + 1, node / Arity), node % Arity);
                for (var column = 0; column < Column.Count; column++)
                    if (column != Column.Tie) Unsafe.Add(ref to, column * Arity) = Sum(ref from, column);
                Unsafe.Add(ref to, Column.Tie * Arity) = BestTie(ref from, ref to);
            }
        }
    }

    /// <summary>Nothing in this lane can be chosen.</summary>
    public void Erase(int leaf) => Set(leaf, Nothing);

    /// <summary>
    /// Writes the first columns of a leaf and brings the sums above up to date: those columns that changed, as far up
    /// as the change is felt. Most sums are another lane's, and one look tells so: only where the lane that fell was
    /// the best are all sixteen compared.
    /// </summary>
    public void Set(int leaf, ReadOnlySpan<uint> figures)
    {
        unchecked
        {
            var changed = 0u;
            ref var lane = ref Unsafe.Add(ref At(0, leaf >> 4), leaf & 15);
            for (var column = 0; column < figures.Length; column++)
            {
                ref var cell = ref Unsafe.Add(ref lane, column * Arity);
                if (cell == figures[column]) continue;
                (before[column], after[column]) = (cell, figures[column]);
                cell = figures[column];
                changed |= 1u << column;
            }
            var child = leaf >> 4;
            for (var level = 0; changed != 0 && level < levels.Length - 1; level++, child >>= 4)
            {
                changed = PassOn(
                    ref At(level, child), ref Unsafe.Add(ref At(level + 1, child >> 4), child & 15), changed);
            }
        }
    }

    /// <summary>From a node where these columns changed in one lane to its sums; tells which of them changed.</summary>
    private uint PassOn(ref uint from, ref uint to, uint changed)
    {
        const uint tie = 1u << Column.Tie;
        const uint leaders = tie | (1u << Column.Base);
        unchecked
        {
            var passed = 0u;
            for (var left = changed & ~tie; left != 0; left &= left - 1)
            {
                var column = BitOperations.TrailingZeroCount(left);
                var sum = Unsafe.Add(ref to, column * Arity);
                var best = column < Column.MaximumCount && after[column] >= sum ? after[column]
                    : column < Column.MaximumCount && before[column] != sum ? sum
                    : Sum(ref from, column);
                if (Replace(ref to, column, best)) passed |= 1u << column;
            }
            if ((changed & leaders) != 0 && Replace(ref to, Column.Tie, BestTie(ref from, ref to))) passed |= tie;
            return passed;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Replace(ref uint to, int column, uint best)
    {
        ref var sum = ref Unsafe.Add(ref to, unchecked(column * Arity));
        if (sum == best) return false;
        (before[column], after[column]) = (sum, best);
        sum = best;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum(ref uint from, int column)
    {
        var lanes = Vector512.LoadUnsafe(ref from, (nuint)(uint)unchecked(column * Arity));
        return column < Column.MaximumCount ? Most(lanes) : column == Column.Place ? PlaceOf(lanes) : AnyOf(lanes);
    }

    /// <summary>
    /// Only a leaf with the most base can reach the bound that the base promises, so only its tie counts.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BestTie(ref uint from, ref uint to)
    {
        var leaders = Vector512.Equals(
            Vector512.LoadUnsafe(ref from, Column.Base * Arity),
            Vector512.Create(Unsafe.Add(ref to, Column.Base * Arity)));
        return Most(Vector512.LoadUnsafe(ref from, Column.Tie * Arity) & leaders);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Most(Vector512<uint> lanes)
    {
        var eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2u, 3, 0, 1)));
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1u, 0, 3, 2)));
        return four.ToScalar();
    }

    private static uint AnyOf(Vector512<uint> lanes)
    {
        var eight = lanes.GetLower() | lanes.GetUpper();
        var four = eight.GetLower() | eight.GetUpper();
        return four[0] | four[1] | four[2] | four[3];
    }

    private static uint PlaceOf(Vector512<uint> lanes)
    {
        var place = Most(lanes);
        var like = Vector512.Equals(lanes, Vector512.Create(place)) | Vector512.Equals(lanes, Vector512<uint>.Zero);
        return like == Vector512<uint>.AllBitsSet ? place : Column.PlaceMixed;
    }

    private static void Outside() => Invariant.Require(false, "a node of the placement tree exists");
}
