using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>
/// Membership in a Merkle tree over Poseidon of two values. A leaf is hashed alone first, so that no inner node can be
/// shown as a leaf.
/// </summary>
public static class MerkleGadget
{
    /// <summary>The root that a leaf has with these siblings. The bits of its place say on which side it stands, the
    /// lowest level first.</summary>
    public static Signal Root(
        CircuitBuilder builder, Signal leaf, IReadOnlyList<Bit> place, IReadOnlyList<Signal> siblings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(siblings);
        if (place.Count != siblings.Count)
            throw new CircuitException($"A path of {siblings.Count} siblings has a place of {place.Count} bits.");
        using var scope = builder.Within("merkle");
        var node = PoseidonGadget.Hash(builder, leaf);
        for (var level = 0; level < siblings.Count; level++)
        {
            // Left and right add up to both, so that one constraint decides about two places.
            var left = place[level].Select(siblings[level], node);
            node = PoseidonGadget.Hash(builder, left, node + siblings[level] - left);
        }
        return node;
    }
}
