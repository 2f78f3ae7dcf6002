using System.Numerics;
using Stun.Zk.Fields;
using Stun.Zk.Lanes;
using Stun.Zk.Sums;

namespace Stun.Zk.Polynomials;

/// <summary>
/// The powers of a root of unity, between whose points and coefficients polynomials are carried over: fast Fourier
/// transforms over <see cref="Fr"/>, in place. Twiddles are made once for a size.
/// </summary>
public sealed class Domain : IDisposable
{
    private readonly ScalarTransform? one;
    private readonly LaneTransform? eight;

    public Domain(int power) : this(power, MultiScalarSum.HasLanes)
    {
    }

    /// <summary>With or without lanes, so that tests can compare.</summary>
    internal Domain(int power, bool lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(power);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(power, 28);
        Power = power;
        Root = Fr.RootOfUnity(power);
        InverseOfSize = Fr.FromUInt64(1UL << power).Inverse();
        if (lanes && power >= LaneTransform.LeastPower) eight = new LaneTransform(power, Root);
        else one = new ScalarTransform(power, Root);
    }

    public int Power { get; }

    public int Size => 1 << Power;

    /// <summary>The point with index one.</summary>
    public Fr Root { get; }

    /// <summary>One over the number of points.</summary>
    public Fr InverseOfSize { get; }

    /// <summary>The power of the smallest domain with at least that many points.</summary>
    public static int PowerFor(long points) => points <= 1 ? 0 : BitOperations.Log2((ulong)(points - 1)) + 1;

    /// <summary>Coefficients become values at the powers of the root, both in their natural order.</summary>
    public void ToValues(Span<Fr> coefficients)
    {
        RequireSize(coefficients);
        Forward(coefficients);
    }

    /// <summary>Values at the powers of the root become coefficients.</summary>
    public void ToCoefficients(Span<Fr> values) => ToCoefficients(values, Fr.One);

    /// <summary>
    /// Values become coefficients, the i-th of them times shift^i: the values of those are then the values of the
    /// polynomial at the powers of the root times the shift.
    /// </summary>
    public void ToCoefficients(Span<Fr> values, Fr shift)
    {
        RequireSize(values);
        Forward(values);
        // The inverse transform is the forward one read backwards, over the size.
        values[1..].Reverse();
        Scale(values, InverseOfSize, shift);
    }

    /// <summary>Multiplies the i-th element by shift^i.</summary>
    public static void Shift(Span<Fr> coefficients, Fr shift) => Scale(coefficients, Fr.One, shift);

    public void Dispose() => eight?.Dispose();

    private void Forward(Span<Fr> values)
    {
        if (one is not null)
        {
            one.Forward(values);
            return;
        }
        unsafe
        {
            fixed (Fr* start = values) eight!.Forward((Limbs*)start);
        }
        ScalarTransform.Straighten(values, Power);
    }

    /// <summary>Multiplies the i-th element by first * ratio^i; the products are below the prime.</summary>
    private static unsafe void Scale(Span<Fr> values, Fr first, Fr ratio)
    {
        if (MultiScalarSum.HasLanes)
        {
            fixed (Fr* start = values)
            {
                LaneRow.Scale((Limbs*)start, values.Length, first, ratio);
                LaneRow.Settle((Limbs*)start, values.Length);
            }
            return;
        }
        foreach (ref var value in values)
        {
            value *= first;
            first *= ratio;
        }
    }

    private void RequireSize(Span<Fr> values)
    {
        if (values.Length != Size)
        {
            throw new ArgumentException($"A domain of {Size} points was given {values.Length}.", nameof(values));
        }
    }
}
