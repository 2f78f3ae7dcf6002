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

    public void Write(int leaf, int column, uint value) =>
        Unsafe.Add(ref At(0, leaf / Arity), unchecked((column * Arity) + (leaf & (Arity - 1)))) = value;

    /// <summary>Nothing in this lane can be chosen.</summary>
    public void Erase(int leaf)
    {
        for (var column = 0; column < Column.Count; column++) Write(leaf, column, 0);
    }

    /// <summary>Brings the sums above a leaf up to date after any of its columns changed.</summary>
    public void Refresh(int leaf)
    {
        var child = leaf / Arity;
        for (var level = 0; level < Top; level++, child /= Arity) SumUp(level, child);
    }

    /// <summary>The same after a lease was taken or given back, and no further than the change is felt.</summary>
    public void RefreshDynamic(int leaf)
    {
        unchecked
        {
            var child = leaf >> 4;
            for (var level = 0; level < levels.Length - 1; level++, child >>= 4)
            {
                ref var from = ref At(level, child);
                ref var to = ref Unsafe.Add(ref At(level + 1, child >> 4), child & 15);
                var change = 0u;
                for (var column = 0; column < Column.DynamicCount; column++)
                {
                    var most = Most(Vector512.LoadUnsafe(ref from, (nuint)(column * Arity)));
                    ref var sum = ref Unsafe.Add(ref to, column * Arity);
                    change |= sum ^ most;
                    sum = most;
                }
                for (var column = Column.Tie; column <= Column.CpuTie; column++)
                {
                    ref var old = ref Unsafe.Add(ref to, column * Arity);
                    var tie = BestTie(ref from, ref to, column);
                    change |= old ^ tie;
                    old = tie;
                }
                if (change == 0) return;
            }
        }
    }

    /// <summary>Sums up the whole tree after many leaves were written.</summary>
    public void RefreshAll()
    {
        for (var level = 0; level < Top; level++)
            for (var node = 0; node < levels[level].NodeCount; node++) SumUp(level, node);
    }

    private void SumUp(int level, int node)
    {
        ref var from = ref At(level, node);
        ref var to = ref Unsafe.Add(ref At(level + 1, node / Arity), node % Arity);
        for (var column = 0; column < Column.Count; column++)
        {
            var lanes = Vector512.LoadUnsafe(ref from, (nuint)(column * Arity));
            Unsafe.Add(ref to, column * Arity) = column switch
            {
                Column.Tie or Column.GpuTie or Column.CpuTie => BestTie(ref from, ref to, column),
                Column.Place => PlaceOf(lanes),
                < Column.MaximumCount => Most(lanes),
                _ => AnyOf(lanes),
            };
        }
    }

    /// <summary>
    /// Only a leaf with the most base can reach the bound that the base promises, so only its tie counts.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BestTie(ref uint from, ref uint to, int column)
    {
        unchecked
        {
            var ofBase = (nuint)((column - Column.Tie + Column.Base) * Arity);
            var leaders = Vector512.Equals(
                Vector512.LoadUnsafe(ref from, ofBase), Vector512.Create(Unsafe.Add(ref to, ofBase)));
            return Most(Vector512.LoadUnsafe(ref from, (nuint)(column * Arity)) & leaders);
        }
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
        var place = 0u;
        for (var lane = 0; lane < Arity; lane++)
        {
            if (lanes[lane] == 0 || lanes[lane] == place) continue;
            if (place != 0) return Column.PlaceMixed;
            place = lanes[lane];
        }
        return place;
    }

    private static void Outside() => Invariant.Require(false, "a node of the placement tree exists");
}
