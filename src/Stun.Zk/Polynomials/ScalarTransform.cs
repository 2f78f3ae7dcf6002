using System.Buffers.Binary;
using Stun.Zk.Fields;

namespace Stun.Zk.Polynomials;

/// <summary>
/// The transform with one product after the other (Gentleman and Sande, 1966), for any machine and for the small rest
/// of larger ones: halves are combined from the widest distance down, and the order is straightened at the end.
/// </summary>
internal sealed class ScalarTransform
{
    private readonly int power;
    private readonly Fr[] twiddles;

    public ScalarTransform(int power, Fr root)
    {
        this.power = power;
        twiddles = new Fr[Math.Max(1, 1 << power >> 1)];
        twiddles[0] = Fr.One;
        for (var i = 1; i < twiddles.Length; i++) twiddles[i] = twiddles[i - 1] * root;
    }

    public void Forward(Span<Fr> values)
    {
        for (int half = values.Length >> 1, stride = 1; half > 0; half >>= 1, stride <<= 1)
        {
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                Combine(values.Slice(start, half), values.Slice(start + half, half), stride);
            }
        }
        Straighten(values, power);
    }

    /// <summary>
    /// Exchanges what lies at indices whose bits are each other's mirror images, and brings all below the prime.
    /// </summary>
    public static void Straighten(Span<Fr> values, int power)
    {
        if (power == 0) return;
        for (var i = 0; i < values.Length; i++)
        {
            var mirrored = (int)(Mirrored((uint)i) >> (32 - power));
            if (i > mirrored) continue;
            var other = Settled(values[mirrored]);
            values[mirrored] = Settled(values[i]);
            values[i] = other;
        }
    }

    private void Combine(Span<Fr> low, Span<Fr> high, int stride)
    {
        for (var i = 0; i < low.Length; i++)
        {
            var difference = low[i] - high[i];
            low[i] += high[i];
            high[i] = difference * twiddles[i * stride];
        }
    }

    private static Fr Settled(in Fr value) => new(Montgomery<ScalarPrime>.Settled(value.Value));

    private static uint Mirrored(uint value)
    {
        value = ((value >> 1) & 0x55555555) | ((value & 0x55555555) << 1);
        value = ((value >> 2) & 0x33333333) | ((value & 0x33333333) << 2);
        value = ((value >> 4) & 0x0F0F0F0F) | ((value & 0x0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(value);
    }
}
