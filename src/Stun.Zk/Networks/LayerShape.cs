using System.Numerics;

namespace Stun.Zk.Networks;

/// <summary>What a layer looks like; a circuit depends on this alone, never on weights.</summary>
/// <param name="Shift">Sums are divided by 2^shift, rounded down.</param>
/// <param name="HasRelu">Whether negative values become 0 and large ones 127. Only the last layer may do
/// without.</param>
public sealed record LayerShape(int Inputs, int Outputs, int Shift, bool HasRelu)
{
    /// <summary>Biases are sums of products, so that they need more room than weights.</summary>
    public const int BiasBits = 24;

    /// <summary>How many bits with a sign hold every sum of such a layer.</summary>
    public int SumBits
    {
        get
        {
            var largest = ((BigInteger)Inputs << 14) + (1 << (BiasBits - 1));
            return (int)largest.GetBitLength() + 1;
        }
    }
}
