namespace Stun.Zk.Fields;

/// <summary>
/// What curve, pairing and transform code asks of a field. The members are static abstract, so that the compiler
/// writes that code once for each field, with every call bound and open to inlining.
/// </summary>
/// <typeparam name="T">The field itself.</typeparam>
public interface IField<T> : IEquatable<T> where T : struct, IField<T>
{
    static abstract T Zero { get; }

    static abstract T One { get; }

    bool IsZero { get; }

    static abstract T operator +(in T left, in T right);

    static abstract T operator -(in T left, in T right);

    static abstract T operator -(in T value);

    static abstract T operator *(in T left, in T right);

    T Doubled();

    T Square();

    /// <summary>The multiplicative inverse; that of zero is zero.</summary>
    T Inverse();
}
