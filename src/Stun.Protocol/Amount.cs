namespace Stun.Protocol;

/// <summary>
/// Money: a whole number of the token's smallest unit, never negative, never rounded silently.
/// 128 bits because that is what the three kinds of chain carry in one field; every operator is checked.
/// </summary>
public readonly record struct Amount(UInt128 Units) : IComparable<Amount>
{
    public static Amount Zero => default;

    public bool IsZero => Units == UInt128.Zero;

    public static Amount operator +(Amount left, Amount right) => new(checked(left.Units + right.Units));

    /// <summary>Throws when the result would be negative: a debit beyond the balance is our bug, not a value.</summary>
    public static Amount operator -(Amount left, Amount right) => new(checked(left.Units - right.Units));

    public static Amount operator *(Amount left, ulong right) => new(checked(left.Units * right));

    public static bool operator <(Amount left, Amount right) => left.Units < right.Units;
    public static bool operator >(Amount left, Amount right) => left.Units > right.Units;
    public static bool operator <=(Amount left, Amount right) => left.Units <= right.Units;
    public static bool operator >=(Amount left, Amount right) => left.Units >= right.Units;

    /// <summary>
    /// This share in parts per million, rounded down; whoever splits gives the remainder to a named party.
    /// </summary>
    public Amount Ppm(uint partsPerMillion)
    {
        // Whole and rest are scaled apart so that no amount a chain can hold overflows on the way.
        var (whole, rest) = UInt128.DivRem(Units, 1_000_000);
        return new Amount(checked((whole * partsPerMillion) + (rest * partsPerMillion / 1_000_000)));
    }

    /// <summary>This many times the amount, at most the cap: for prices nobody has vouched for yet.</summary>
    public Amount TimesUpTo(ulong count, Amount cap) =>
        count != 0 && Units > cap.Units / count ? cap : Min(new Amount(Units * count), cap);

    public Amount DividedBy(ulong parts) => new(Units / parts);

    public static Amount Min(Amount left, Amount right) => left <= right ? left : right;
    public static Amount Max(Amount left, Amount right) => left >= right ? left : right;

    public int CompareTo(Amount other) => Units.CompareTo(other.Units);
    public override string ToString() => Units.ToString();
}
