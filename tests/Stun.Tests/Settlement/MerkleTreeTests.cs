using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

public sealed class MerkleTreeTests
{
    [Fact]
    public void Every_item_of_every_size_of_tree_proves_itself_and_nothing_else()
    {
        for (var count = 1; count <= 70; count++)
        {
            var items = Items(count);
            var root = MerkleTree.Root(items);
            for (var index = 0; index < count; index++)
            {
                var path = MerkleTree.Prove(items, index);
                Assert.True(MerkleTree.Verify(root, items[index], index, count, path));
                Assert.False(MerkleTree.Verify(root, Scene.DigestOf(999), index, count, path));
                Assert.False(MerkleTree.Verify(Scene.DigestOf(999), items[index], index, count, path));
                Assert.False(MerkleTree.Verify(root, items[index], index, count, path.Add(Digest.Zero)));
                Assert.False(MerkleTree.Verify(root, items[index], -1, count, path));
                Assert.False(MerkleTree.Verify(root, items[index], count, count, path));
                for (var other = 0; other < count; other++)
                    if (other != index) Assert.False(MerkleTree.Verify(root, items[index], other, count, path));
                for (var at = 0; at < path.Count; at++) RefuseChanged(root, items[index], index, count, path, at);
            }
        }
    }

    [Fact]
    public void Different_lists_have_different_roots()
    {
        SortedSet<Digest> roots = [];
        for (var count = 0; count <= 70; count++) Assert.True(roots.Add(MerkleTree.Root(Items(count))));
        var items = Items(70);
        (items[3], items[4]) = (items[4], items[3]);
        Assert.True(roots.Add(MerkleTree.Root(items)));
        // A list may not be continued by its last item without notice, as in trees that double the odd one.
        Assert.NotEqual(
            MerkleTree.Root(Items(3)), MerkleTree.Root([.. Items(3), Items(3)[2]]));
    }

    [Fact]
    public void An_inner_node_is_never_taken_for_a_leaf()
    {
        var items = Items(4);
        var root = MerkleTree.Root(items);
        // The two inner nodes are what each half proves against; as a list of two they must not give the same root.
        var left = MerkleTree.Prove(items, 2)[1];
        var right = MerkleTree.Prove(items, 0)[1];
        Assert.NotEqual(root, MerkleTree.Root([left, right]));
        Assert.False(MerkleTree.Verify(root, left, 0, 2, [right]));
        Assert.False(MerkleTree.Verify(root, right, 1, 2, [left]));
        Assert.Equal(left, MerkleTree.Root(items.AsSpan(0, 2)));
        Assert.Equal(right, MerkleTree.Root(items.AsSpan(2, 2)));
        // A lone item is hashed too: no item is its own root.
        Assert.NotEqual(items[0], MerkleTree.Root(items.AsSpan(0, 1)));
    }

    [Fact]
    public void A_tree_is_the_one_of_rfc_6962_with_keccak()
    {
        var items = Items(3);
        var inner = Node(Leaf(items[0]), Leaf(items[1]));
        Assert.Equal(Node(inner, Leaf(items[2])), MerkleTree.Root(items));
        Assert.Equal(Digest.Zero, MerkleTree.Root([]));
    }

    private static void RefuseChanged(
        Digest root, Digest item, int index, int count, ValueList<Digest> path, int at)
    {
        var changed = path.Span.ToArray();
        changed[at] = changed[at] with { D = changed[at].D ^ 1 };
        Assert.False(MerkleTree.Verify(root, item, index, count, [.. changed]));
        Assert.False(MerkleTree.Verify(root, item, index, count, [.. path.Span[..at]]));
    }

    private static Digest Leaf(Digest item) => Hash(0, item);

    private static Digest Node(Digest left, Digest right) => Hash(1, left, right);

    private static Digest Hash(byte prefix, params Digest[] parts)
    {
        var bytes = new byte[1 + (parts.Length * Digest.Size)];
        bytes[0] = prefix;
        foreach (var (index, part) in parts.Index()) part.Write(bytes.AsSpan(1 + (index * Digest.Size)));
        return Keccak256.Hash(bytes);
    }

    private static Digest[] Items(int count) =>
        [.. Enumerable.Range(0, count).Select(index => Scene.DigestOf((ulong)index + 100))];
}
