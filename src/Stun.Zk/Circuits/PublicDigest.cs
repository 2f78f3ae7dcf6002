using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Zk.Circuits;

/// <summary>
/// One public value for all: the Poseidon hash of everything that the verifier is to see. Each public value of its own
/// would cost a verifier a multiplication on the curve, on a chain some 7,000 gas, and a key grows with each of them.
/// The values come in as private inputs; a verifier who knows them makes the same hash.
/// </summary>
public static class PublicDigest
{
    public const string Name = "digest";

    /// <summary>What a verifier computes from the values.</summary>
    /// <param name="values">1 to 16. Arrays go in by their own hash.</param>
    public static Fr Of(params ReadOnlySpan<Fr> values) => Poseidon.Hash(values);

    /// <summary>Makes the hash of these values the one output of the circuit.</summary>
    public static void Expose(CircuitBuilder builder, params Signal[] values)
    {
        ArgumentNullException.ThrowIfNull(builder);
        using var scope = builder.Within("public");
        builder.Output(Name, PoseidonGadget.Hash(builder, values));
    }
}
