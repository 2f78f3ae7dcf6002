namespace Stun.Protocol;

/// <summary>A point in time: microseconds since 1970-01-01 UTC. Pure code is told it and never asks.</summary>
/// <remarks>
/// Arithmetic with times stops at the ends of the range instead of failing: times come from strangers, and a nonsense
/// time must lead to a refusal or to a wait, never to a crash. Money is the opposite: see <see cref="Amount"/>.
/// </remarks>
public readonly record struct Instant(long Micros) : IComparable<Instant>
{
    /// <summary>As chains count it; what a chain has said has no parts of seconds.</summary>
    public ulong UnixSeconds => checked((ulong)(Micros / 1_000_000));

    public static Instant Never => new(long.MaxValue);

    /// <summary>Before anything that can have happened: what was last done then is due now.</summary>
    public static Instant LongAgo => new(long.MinValue / 2);

    public static Instant operator +(Instant left, Duration right) => new(Saturating.Add(left.Micros, right.Micros));

    public static Duration operator -(Instant left, Instant right) =>
        new(Saturating.Subtract(left.Micros, right.Micros));

    public static bool operator <(Instant left, Instant right) => left.Micros < right.Micros;
    public static bool operator >(Instant left, Instant right) => left.Micros > right.Micros;
    public static bool operator <=(Instant left, Instant right) => left.Micros <= right.Micros;
    public static bool operator >=(Instant left, Instant right) => left.Micros >= right.Micros;

    public static Instant Earlier(Instant left, Instant right) => left <= right ? left : right;

    public int CompareTo(Instant other) => Micros.CompareTo(other.Micros);
    public override string ToString() => $"{Micros / 1_000_000.0m}s";
}

/// <summary>A length of time in microseconds.</summary>
public readonly record struct Duration(long Micros) : IComparable<Duration>
{
    public static Duration Zero => default;
    public static Duration Millis(long count) => new(Saturating.Multiply(count, 1_000));
    public static Duration Seconds(long count) => new(Saturating.Multiply(count, 1_000_000));

    /// <summary>Whole seconds, a started one counts: what a lease is billed by.</summary>
    public ulong SecondsStarted => Micros <= 0 ? 0 : ((ulong)Micros + 999_999) / 1_000_000;

    public static Duration operator +(Duration left, Duration right) => new(Saturating.Add(left.Micros, right.Micros));

    public static Duration operator -(Duration left, Duration right) =>
        new(Saturating.Subtract(left.Micros, right.Micros));

    public static Duration operator *(Duration left, long right) => new(Saturating.Multiply(left.Micros, right));
    public static Duration operator /(Duration left, long right) => new(left.Micros / right);
    public static bool operator <(Duration left, Duration right) => left.Micros < right.Micros;
    public static bool operator >(Duration left, Duration right) => left.Micros > right.Micros;
    public static bool operator <=(Duration left, Duration right) => left.Micros <= right.Micros;
    public static bool operator >=(Duration left, Duration right) => left.Micros >= right.Micros;

    public static Duration Min(Duration left, Duration right) => left <= right ? left : right;

    public int CompareTo(Duration other) => Micros.CompareTo(other.Micros);
    public override string ToString() => $"{Micros / 1_000.0m}ms";
}

internal static class Saturating
{
    public static long Add(long left, long right) => Clamp((Int128)left + right);

    public static long Subtract(long left, long right) => Clamp((Int128)left - right);

    public static long Multiply(long left, long right) => Clamp((Int128)left * right);

    private static long Clamp(Int128 value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}
