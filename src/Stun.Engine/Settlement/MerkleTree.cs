namespace Stun.Engine.Settlement;

/// <summary>
/// A binary Merkle tree of keccak-256. Leaves and inner nodes are hashed under different prefixes (RFC 6962), so
/// that an inner node can never be passed off as a leaf; a lone node is carried up unchanged.
/// </summary>
public static class MerkleTree
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    public static Digest Root(ReadOnlySpan<Digest> items)
    {
        if (items.IsEmpty) return Digest.Zero;
        var level = Leaves(items);
        while (level.Length > 1) level = Up(level);
        return level[0];
    }

    /// <summary>The siblings from leaf to root; a level where the node stands alone adds none.</summary>
    public static ValueList<Digest> Prove(ReadOnlySpan<Digest> items, int index)
    {
        List<Digest> path = [];
        var level = Leaves(items);
        while (level.Length > 1)
        {
            var sibling = index ^ 1;
            if (sibling < level.Length) path.Add(level[sibling]);
            level = Up(level);
            index >>= 1;
        }
        return ValueList.From(path);
    }

    public static bool Verify(Digest root, Digest item, int index, int count, ValueList<Digest> path)
    {
        if (index < 0 || index >= count) return false;
        var node = Leaf(item);
        var used = 0;
        for (; count > 1; count = (count + 1) >> 1, index >>= 1)
        {
            var sibling = index ^ 1;
            if (sibling >= count) continue;
            if (used == path.Count) return false;
            var other = path[used++];
            node = (index & 1) == 0 ? Node(node, other) : Node(other, node);
        }
        return used == path.Count && node == root;
    }

    private static Digest[] Leaves(ReadOnlySpan<Digest> items)
    {
        var leaves = new Digest[items.Length];
        for (var index = 0; index < items.Length; index++) leaves[index] = Leaf(items[index]);
        return leaves;
    }

    private static Digest[] Up(Digest[] level)
    {
        var above = new Digest[(level.Length + 1) / 2];
        for (var index = 0; index < above.Length; index++)
        {
            var left = level[2 * index];
            above[index] = (2 * index) + 1 < level.Length ? Node(left, level[(2 * index) + 1]) : left;
        }
        return above;
    }

    private static Digest Leaf(Digest item)
    {
        Span<byte> bytes = stackalloc byte[1 + Digest.Size];
        bytes[0] = LeafPrefix;
        item.Write(bytes[1..]);
        return Keccak256.Hash(bytes);
    }

    private static Digest Node(Digest left, Digest right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Digest.Size)];
        bytes[0] = NodePrefix;
        left.Write(bytes[1..]);
        right.Write(bytes[(1 + Digest.Size)..]);
        return Keccak256.Hash(bytes);
    }
}
