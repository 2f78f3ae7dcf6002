using System.Numerics;
using Stun.Zk.Fields;
using Stun.Zk.Plonk;

namespace Stun.Zk.Hashes;

/// <summary>
/// MiMC with the seventh power and 91 rounds over BN254, as circomlib has it: a cipher of one scalar under one other,
/// and the hash of a list that is made of it. Poseidon is cheaper; this is here for what others have hashed.
/// </summary>
public static class Mimc7
{
    internal const int Rounds = 91;

    internal static Fr[] Constants { get; } = MakeConstants();

    public static Fr Encrypt(Fr value, Fr key)
    {
        var power = Fr.Zero;
        for (var round = 0; round < Rounds; round++)
            power = SeventhPower(round == 0 ? value + key : power + key + Constants[round]);
        return power + key;
    }

    /// <summary>The hash of a list under a key, one value after the other (Miyaguchi and Preneel).</summary>
    public static Fr Hash(ReadOnlySpan<Fr> values, Fr key)
    {
        var hash = key;
        foreach (ref readonly var value in values) hash = hash + value + Encrypt(value, hash);
        return hash;
    }

    private static Fr SeventhPower(in Fr value)
    {
        var square = value.Square();
        return square.Square() * square * value;
    }

    /// <summary>Each the Keccak of the one before; the first round has none.</summary>
    private static Fr[] MakeConstants()
    {
        var constants = new Fr[Rounds];
        var hash = Keccak.Hash("mimc"u8);
        for (var round = 1; round < Rounds; round++)
        {
            hash = Keccak.Hash(hash);
            constants[round] = Fr.FromBigInteger(new BigInteger(hash, true, true));
        }
        return constants;
    }
}
