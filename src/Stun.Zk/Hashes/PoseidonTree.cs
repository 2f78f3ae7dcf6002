using Stun.Zk.Fields;

namespace Stun.Zk.Hashes;

/// <summary>
/// A Merkle tree of a fixed height over Poseidon; leaves that are not there are zero. A leaf is hashed alone, a node
/// from its two children.
/// </summary>
public sealed class PoseidonTree
{
    private readonly Fr[][] levels;

    public PoseidonTree(int height, IReadOnlyList<Fr> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 24);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaves.Count, 1 << height);
        levels = new Fr[height + 1][];
        levels[0] = new Fr[1 << height];
        var empty = Poseidon.Hash(Fr.Zero);
        for (var i = 0; i < levels[0].Length; i++)
            levels[0][i] = i < leaves.Count ? Poseidon.Hash(leaves[i]) : empty;
        for (var level = 1; level <= height; level++)
            levels[level] = Parents(levels[level - 1]);
    }

    public Fr Root => levels[^1][0];

    public int Height => levels.Length - 1;

    /// <summary>What a leaf needs beside itself for the root, the lowest level first.</summary>
    public Fr[] PathOf(int leaf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, levels[0].Length);
        var path = new Fr[Height];
        for (var level = 0; level < path.Length; level++) path[level] = levels[level][(leaf >> level) ^ 1];
        return path;
    }

    private static Fr[] Parents(Fr[] nodes)
    {
        var parents = new Fr[nodes.Length / 2];
        for (var i = 0; i < parents.Length; i++) parents[i] = Poseidon.Hash(nodes[2 * i], nodes[2 * i + 1]);
        return parents;
    }
}
