using System.Numerics;

namespace Stun.Zk.Hashes;

/// <summary>
/// The shift register of 80 bits from which Poseidon's numbers are drawn. Bits come in pairs: the second counts only
/// where the first is set.
/// </summary>
internal sealed class GrainRegister
{
    private const int Length = 80;
    private const int WarmUp = 160;
    private const int PrimeField = 1;
    private const int PowerSBox = 0;

    private readonly bool[] bits = new bool[Length];
    private int start;

    public GrainRegister(int fieldBits, int width, int fullRounds, int partialRounds)
    {
        var at = 0;
        foreach (var (value, count) in ((int, int)[])
            [(PrimeField, 2), (PowerSBox, 4), (fieldBits, 12), (width, 12), (fullRounds, 10), (partialRounds, 10)])
            for (var i = count - 1; i >= 0; i--)
                bits[at++] = (value >> i & 1) != 0;
        while (at < Length) bits[at++] = true;
        for (var i = 0; i < WarmUp; i++) Step();
    }

    /// <summary>The next number of so many bits, the most significant first.</summary>
    public BigInteger Next(int count)
    {
        var number = BigInteger.Zero;
        for (var i = 0; i < count; i++)
        {
            while (!Step()) Step();
            number = (number << 1) | (Step() ? 1 : 0);
        }
        return number;
    }

    private bool Step()
    {
        var bit = At(62) ^ At(51) ^ At(38) ^ At(23) ^ At(13) ^ At(0);
        bits[start] = bit;
        start = (start + 1) % Length;
        return bit;
    }

    private bool At(int index) => bits[(start + index) % Length];
}
