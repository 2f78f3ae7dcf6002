namespace Stun.Zk.Fields;

/// <summary>
/// A prime below 2^254 as constants that the compiler can put into the instructions: each is a literal behind a
/// static member of a struct, so that arithmetic over it is compiled once for each prime.
/// </summary>
internal interface IPrime
{
    static abstract ulong P0 { get; }

    static abstract ulong P1 { get; }

    static abstract ulong P2 { get; }

    static abstract ulong P3 { get; }

    /// <summary>-1 / p modulo 2^64.</summary>
    static abstract ulong NegatedInverse { get; }

    /// <summary>2^512 modulo p: brings a number into Montgomery's form.</summary>
    static abstract Limbs SquaredRadix { get; }

    /// <summary>2^256 modulo p: one, in Montgomery's form.</summary>
    static abstract Limbs Radix { get; }
}
