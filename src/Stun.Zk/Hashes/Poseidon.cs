using Stun.Zk.Fields;

namespace Stun.Zk.Hashes;

/// <summary>
/// Poseidon over BN254, a hash that costs a circuit some hundred constraints where SHA-256 costs tens of thousands.
/// The parameters are those that circomlib has made usual, so that other tools give the same hashes.
/// </summary>
public static class Poseidon
{
    /// <summary>
    /// How many values of a list one permutation absorbs beside the hash so far: as many as fit, for in a circuit the
    /// cost is by permutation more than by value.
    /// </summary>
    public const int ListChunk = PoseidonParameters.ArityMax - 1;

    /// <summary>The hash of 1 to 16 values. Their number is part of what is hashed.</summary>
    public static Fr Hash(params ReadOnlySpan<Fr> values)
    {
        var parameters = PoseidonParameters.ForArity(values.Length);
        var state = new Fr[parameters.Width];
        values.CopyTo(state.AsSpan(1));
        Permute(parameters, state);
        return state[0];
    }

    /// <summary>
    /// The hash of a list of any length: begun with its length, then a chunk after the other, the last one filled up
    /// with zeros. The length at the beginning keeps lists apart that differ by trailing zeros.
    /// </summary>
    public static Fr HashList(ReadOnlySpan<Fr> values)
    {
        var hash = Fr.FromUInt64((ulong)values.Length);
        for (var at = 0; at < values.Length; at += ListChunk)
        {
            // A new array each time: of a chunk on the stack, the compiler of .NET 10.0.4 leaves out the clearing.
            var chunk = new Fr[ListChunk + 1];
            chunk[0] = hash;
            values.Slice(at, Math.Min(ListChunk, values.Length - at)).CopyTo(chunk.AsSpan(1));
            hash = Hash(chunk);
        }
        return values.Length == 0 ? Hash(hash) : hash;
    }

    internal static void Permute(PoseidonParameters parameters, Fr[] state)
    {
        var width = parameters.Width;
        var mixed = new Fr[width];
        for (var round = 0; round < parameters.Rounds; round++)
        {
            for (var i = 0; i < width; i++) state[i] += parameters.Constants[round * width + i];
            var powered = parameters.IsFull(round) ? width : 1;
            for (var i = 0; i < powered; i++) state[i] = FifthPower(state[i]);
            for (var i = 0; i < width; i++)
            {
                var sum = Fr.Zero;
                for (var j = 0; j < width; j++) sum += parameters.Matrix[i * width + j] * state[j];
                mixed[i] = sum;
            }
            mixed.CopyTo(state, 0);
        }
    }

    internal static Fr FifthPower(in Fr value) => value.Square().Square() * value;
}
