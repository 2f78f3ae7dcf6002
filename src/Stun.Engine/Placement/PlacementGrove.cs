using System.Numerics;
using System.Runtime.CompilerServices;

namespace Stun.Engine.Placement;

/// <summary>
/// A tree of only those offers that have something certain free, packed: in a market that is nearly full these are
/// few, and sums over offers that cannot be chosen anyhow would be promises that nobody keeps.
/// </summary>
/// <remarks>
/// Leases move offers in and out all the time, so places are not kept in strict order. When the grove is laid out each
/// offer of the market, member or not, is given a home: a node that it shares with its neighbours in the order of
/// <see cref="RowOrder"/>, chosen so that half the lanes are taken at that moment. Who comes in sits down anywhere in
/// its home, or in one of those beside it, or, where these are full, in spare nodes at the end. Where an offer sits
/// costs time at most and never decides what is chosen.
/// </remarks>
internal sealed class PlacementGrove
{
    private const int Arity = PlacementTree.Arity;

    /// <summary>Lanes taken in a home when it is laid out: room for twice as many.</summary>
    private const int HomeFill = 8;

    /// <summary>Two kinds share a home only where the first has fewer members: sums over one kind are tight.</summary>
    private const int KindFill = 2;

    /// <summary>All with a GPU free. What follows are all offers once more, by the processors they have free.</summary>
    public const int Gpu = 0;

    private const int Tiers = 1;

    public const int GroveCount = 5;

    private static readonly uint[] TierLeastMillis = [0, 1_000, 4_000, 16_000];

    /// <summary>Whoever wants next to nothing can be served by all, whoever wants much only by the last.</summary>
    private static readonly int[][] Of = [[0], [1, 2, 3, 4], [2, 3, 4], [3, 4], [4]];

    /// <summary>The row at each leaf; <see cref="OfferRow.Nowhere"/> where there is none.</summary>
    private int[] rowAt = [];

    /// <summary>A bit for each lane of a leaf node that is taken.</summary>
    private ushort[] taken = [];

    /// <summary>The first of the nodes behind the homes that may have room.</summary>
    private int spare;

    private int homeCount;
    private int countAtLayout;

    public PlacementTree Tree { get; } = new();

    public int Count { get; private set; }

    /// <summary>
    /// To be laid out anew: an offer found no seat, or homes are so full that newcomers sit among strangers, or so
    /// empty that nodes are mostly air.
    /// </summary>
    public bool IsCrooked { get; private set; } = true;

    public int RowAt(int leaf) => rowAt[leaf];

    /// <summary>The groves, by number, that hold all that may serve; none holds an offer that another holds.</summary>
    public static int[] For(Resources resources) => Of[resources.GpuCount > 0 ? Gpu : TierOf(resources.CpuMillis)];

    public static int TierOf(uint cpuMillis)
    {
        var tier = TierLeastMillis.Length - 1;
        while (cpuMillis < TierLeastMillis[tier]) tier--;
        return Tiers + tier;
    }

    /// <summary>Empties the grove. Homes follow by <see cref="Settle"/>, in order.</summary>
    public void Clear(int homes, int members)
    {
        homeCount = homes;
        countAtLayout = members;
        Count = 0;
        var spares = (64 + (members / 8) + Arity - 1) / Arity;
        Tree.Clear((homes + spares) * Arity);
        rowAt = new int[Tree.LeafCount];
        rowAt.AsSpan().Fill(OfferRow.Nowhere);
        taken = new ushort[Tree.LeafCount / Arity];
        spare = homes;
        IsCrooked = false;
    }

    /// <summary>Gives a member a leaf; none where all is full, and then the next plan makes room.</summary>
    public void Sit(int row, ref Seat seat)
    {
        seat.Leaf = FindLeaf(seat.Home);
        if (seat.Leaf == OfferRow.Nowhere)
        {
            IsCrooked = true;
            return;
        }
        rowAt[seat.Leaf] = row;
        Count++;
        if (Count > countAtLayout + (countAtLayout / 4) + 64) IsCrooked = true;
    }

    public void Leave(ref Seat seat)
    {
        var leaf = seat.Leaf;
        if (leaf == OfferRow.Nowhere) return;
        Tree.Erase(leaf);
        rowAt[leaf] = OfferRow.Nowhere;
        var node = leaf / Arity;
        taken[node] = (ushort)(taken[node] & ~(1 << (leaf % Arity)));
        if (node >= homeCount) spare = Math.Min(spare, node);
        seat.Leaf = OfferRow.Nowhere;
        Count--;
        if (Count < (countAtLayout / 2) - 64) IsCrooked = true;
    }

    private int FindLeaf(int home)
    {
        if (home != OfferRow.Nowhere)
        {
            for (var node = home; node < Math.Min(home + 3, homeCount); node++)
                if (TryTakeLane(node, out var leaf)) return leaf;
            for (var node = home - 1; node >= Math.Max(home - 2, 0); node--)
                if (TryTakeLane(node, out var leaf)) return leaf;
        }
        for (; spare < taken.Length; spare++)
            if (TryTakeLane(spare, out var leaf)) return leaf;
        return OfferRow.Nowhere;
    }

    private bool TryTakeLane(int node, out int leaf)
    {
        var lane = BitOperations.TrailingZeroCount(~(uint)taken[node]);
        leaf = (node * Arity) + lane;
        if (lane >= Arity) return false;
        taken[node] |= (ushort)(1 << lane);
        return true;
    }

    /// <summary>Cuts the order of offers into homes.</summary>
    public struct Homes
    {
        private int taken;

        public int Last { get; private set; }

        public int Members { get; private set; }

        public readonly int Count => Last + 1;

        /// <summary>The home of the next offer. One of another kind than the last rather begins a new home.</summary>
        public int Next(bool isMember, bool isAnotherKind)
        {
            if ((isMember && taken >= HomeFill) || (isAnotherKind && taken >= KindFill))
            {
                Last++;
                taken = 0;
            }
            if (isMember)
            {
                taken++;
                Members++;
            }
            return Last;
        }
    }
}

/// <summary>Where an offer is in one grove.</summary>
internal struct Seat
{
    /// <summary>The leaf node it belongs to; <see cref="OfferRow.Nowhere"/> for newcomers.</summary>
    public int Home;

    /// <summary><see cref="OfferRow.Nowhere"/> while it has none.</summary>
    public int Leaf;
}

/// <summary>One seat in each grove.</summary>
[InlineArray(PlacementGrove.GroveCount)]
internal struct Seats
{
    private Seat first;

    public static Seats None
    {
        get
        {
            var seats = default(Seats);
            for (var grove = 0; grove < PlacementGrove.GroveCount; grove++)
                seats[grove] = new Seat { Home = OfferRow.Nowhere, Leaf = OfferRow.Nowhere };
            return seats;
        }
    }
}
