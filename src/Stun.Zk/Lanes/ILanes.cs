using System.Runtime.Intrinsics;
using Stun.Zk.Fields;

namespace Stun.Zk.Lanes;

/// <summary>
/// What adding points asks of eight coordinates at once, for either group. Stored coordinates are below 1.02 p; any
/// other number is a product, a difference of two of these, or a product less two stored ones.
/// </summary>
/// <typeparam name="TLanes">Eight coordinates.</typeparam>
/// <typeparam name="T">One coordinate.</typeparam>
internal unsafe interface ILanes<TLanes, T> where TLanes : unmanaged, ILanes<TLanes, T> where T : unmanaged, IField<T>
{
    static abstract void Multiply(TLanes* result, TLanes* left, TLanes* right);

    static abstract void Square(TLanes* result, TLanes* value);

    /// <summary>The difference and a multiple of p. The right is below 8 p.</summary>
    static abstract void Subtract(TLanes* result, TLanes* left, TLanes* right);

    static abstract void Reduce(TLanes* value);

    static abstract void Load(TLanes* result, nint* addresses, int words);

    static abstract void Store(TLanes* value, nint* addresses, int words);

    /// <summary>Where a lane of the mask is set, that of the replacement.</summary>
    static abstract void Replace(TLanes* value, Vector512<ulong> mask, TLanes* replacement);

    /// <summary>All bits of a coordinate in one lane: zero if the coordinate is.</summary>
    static abstract Vector512<ulong> Bits(TLanes* value);

    /// <summary>The bits in which two coordinates differ, in one lane.</summary>
    static abstract Vector512<ulong> Difference(TLanes* left, TLanes* right);

    /// <summary>From the form of the scalar fields to that of lanes.</summary>
    static abstract T Entered(in T value);

    /// <summary>From the form of lanes, not necessarily below p, to that of the scalar fields.</summary>
    static abstract T Left(in T value);
}
