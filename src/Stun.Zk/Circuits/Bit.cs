namespace Stun.Zk.Circuits;

/// <summary>
/// A value that the constraints hold to 0 or 1. Only a builder makes one, where it has constrained it, so that logic
/// never runs on a value that merely ought to be a bit.
/// </summary>
public sealed class Bit
{
    internal Bit(Signal signal) => Signal = signal;

    public Signal Signal { get; }

    public static Bit operator !(Bit value) => new(1 - value.Signal);

    public static Bit operator &(Bit left, Bit right) => new(left.Signal * right.Signal);

    public static Bit operator |(Bit left, Bit right) =>
        new(left.Signal + right.Signal - left.Signal * right.Signal);

    public static Bit operator ^(Bit left, Bit right) =>
        new(left.Signal + right.Signal - left.Signal * right.Signal * 2);

    /// <summary>One of two values. Costs a constraint.</summary>
    public Signal Select(Signal ifSet, Signal ifNot) => ifNot + Signal * (ifSet - ifNot);

    /// <summary>One of two bits. Costs a constraint.</summary>
    public Bit Select(Bit ifSet, Bit ifNot) => new(Select(ifSet.Signal, ifNot.Signal));
}
