using System.Security.Cryptography;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Plonk;

/// <summary>
/// Makes proofs of PLONK (Gabizon, Williamson, Ciobotaru, 2019/953) from a key file. A proof that its own key refuses
/// is never handed out.
/// </summary>
public sealed class PlonkProver(PlonkKey key)
{
    /// <summary>Is told what begins: a name of the step, and how many thousandths of the way lie behind.</summary>
    public Action<string, int>? Progress { get; init; }

    /// <summary>Ends a proof that is being made, within about a second.</summary>
    public CancellationToken Stop { get; init; }

    /// <exception cref="ZkException">The witness is of another circuit, or breaks its constraints.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PlonkProof Prove(Witness witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        var expected = key.Wires - key.AdditionCount;
        if (witness.Count != expected)
        {
            throw new ZkException(ZkCodes.Witness,
                $"The witness has {witness.Count} wires and the circuit of the key {expected}.");
        }
        var publics = PublicValues.Of(witness, key.VerificationKey.PublicCount);
        using var rounds = new PlonkRounds(key, publics, Stop);
        Progress?.Invoke("wires", 0);
        rounds.CommitToWires(witness);
        Progress?.Invoke("permutation", 200);
        rounds.CommitToPermutation();
        Progress?.Invoke("quotient", 300);
        rounds.CommitToQuotient();
        Progress?.Invoke("openings", 800);
        var proof = rounds.Open();
        Progress?.Invoke("check", 980);
        if (new PlonkVerifier(key.VerificationKey).Verify(publics, proof)) return proof;
        throw new ZkException(ZkCodes.Witness,
            "The witness breaks a constraint of the circuit, or the key is damaged: no proof can be made of it.");
    }

    internal static Fr RandomScalar()
    {
        Span<byte> bytes = stackalloc byte[64];
        RandomNumberGenerator.Fill(bytes);
        return Fr.FromBigInteger(new System.Numerics.BigInteger(bytes, isUnsigned: true));
    }
}
