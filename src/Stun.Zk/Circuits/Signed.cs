using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>
/// A whole number that the constraints hold from -2^(width-1) to 2^(width-1) - 1; negative ones are counted from the
/// prime downwards. Kept as the bits of the number moved up by 2^(width-1).
/// </summary>
public sealed class Signed
{
    private readonly Unsigned moved;

    internal Signed(Signal signal, Unsigned moved)
    {
        Signal = signal;
        this.moved = moved;
    }

    public Signal Signal { get; }

    public int Width => moved.Width;

    /// <summary>The highest bit of the moved number: set from zero upwards.</summary>
    public Bit IsNegative => !moved.Bits[^1];

    /// <summary>
    /// Division by 2^count, rounded down also below zero, as an arithmetic shift does it. Free: the bits are there.
    /// </summary>
    public Signed ShiftRight(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, Width);
        var shifted = moved.ShiftRight(count);
        // 2^(width-1) is a multiple of 2^count, so that moving and rounding down do not disturb each other.
        return new Signed(shifted.Signal - Half(Width - count), shifted);
    }

    /// <summary>Zero in the place of a negative number. Costs a constraint for each bit but the sign.</summary>
    public Unsigned ClampNegative()
    {
        var positive = moved.Bits[^1];
        return Unsigned.OfBits(Signal.Builder, [.. moved.Bits.Take(Width - 1).Select(bit => bit & positive)]);
    }

    internal static Fr Half(int width) => Fr.FromBigInteger(BigInteger.One << (width - 1));
}
