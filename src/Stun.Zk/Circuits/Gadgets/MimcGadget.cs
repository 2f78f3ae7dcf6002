using Stun.Zk.Hashes;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>MiMC inside of a circuit: four constraints a round, 364 a value.</summary>
public static class MimcGadget
{
    /// <summary>As <see cref="Mimc7.Encrypt"/> gives it.</summary>
    public static Signal Encrypt(CircuitBuilder builder, Signal value, Signal key)
    {
        ArgumentNullException.ThrowIfNull(builder);
        using var scope = builder.Within("mimc");
        var power = builder.Zero;
        for (var round = 0; round < Mimc7.Rounds; round++)
        {
            var sum = round == 0 ? value + key : power + key + Mimc7.Constants[round];
            var square = builder.Multiply(sum, sum, "square");
            var fourth = builder.Multiply(square, square, "fourth");
            power = builder.Multiply(builder.Multiply(fourth, square, "sixth"), sum, "seventh");
        }
        return power + key;
    }

    /// <summary>As <see cref="Mimc7.Hash"/> gives it.</summary>
    public static Signal Hash(CircuitBuilder builder, IReadOnlyList<Signal> values, Signal key)
    {
        ArgumentNullException.ThrowIfNull(values);
        var hash = key;
        foreach (var value in values) hash = hash + value + Encrypt(builder, value, hash);
        return hash;
    }
}
