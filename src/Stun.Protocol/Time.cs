namespace Stun.Protocol;

/// <summary>A point in time: microseconds since 1970-01-01 UTC. Pure code is told it and never asks.</summary>
public readonly record struct Instant(long Micros) : IComparable<Instant>
{
    public static Instant Never => new(long.MaxValue);

    /// <summary>Never plus anything stays never.</summary>
    public static Instant operator +(Instant left, Duration right) =>
        right.Micros > 0 && left.Micros > long.MaxValue - right.Micros ? Never : new(left.Micros + right.Micros);

    public static Duration operator -(Instant left, Instant right) => new(left.Micros - right.Micros);

    public static bool operator <(Instant left, Instant right) => left.Micros < right.Micros;
    public static bool operator >(Instant left, Instant right) => left.Micros > right.Micros;
    public static bool operator <=(Instant left, Instant right) => left.Micros <= right.Micros;
    public static bool operator >=(Instant left, Instant right) => left.Micros >= right.Micros;

    public static Instant Earlier(Instant left, Instant right) => left <= right ? left : right;

    public int CompareTo(Instant other) => Micros.CompareTo(other.Micros);
    public override string ToString() => $"{Micros / 1_000_000}.{Math.Abs(Micros % 1_000_000):d6}s";
}

/// <summary>A length of time in microseconds.</summary>
public readonly record struct Duration(long Micros) : IComparable<Duration>
{
    public static Duration Zero => default;
    public static Duration Millis(long count) => new(count * 1_000);
    public static Duration Seconds(long count) => new(count * 1_000_000);

    /// <summary>Whole seconds, a started one counts: what a lease is billed by.</summary>
    public ulong SecondsStarted => Micros <= 0 ? 0 : checked((ulong)((Micros + 999_999) / 1_000_000));

    public static Duration operator +(Duration left, Duration right) => new(left.Micros + right.Micros);
    public static Duration operator -(Duration left, Duration right) => new(left.Micros - right.Micros);
    public static Duration operator *(Duration left, long right) => new(left.Micros * right);
    public static Duration operator /(Duration left, long right) => new(left.Micros / right);
    public static bool operator <(Duration left, Duration right) => left.Micros < right.Micros;
    public static bool operator >(Duration left, Duration right) => left.Micros > right.Micros;
    public static bool operator <=(Duration left, Duration right) => left.Micros <= right.Micros;
    public static bool operator >=(Duration left, Duration right) => left.Micros >= right.Micros;

    public static Duration Min(Duration left, Duration right) => left <= right ? left : right;

    public int CompareTo(Duration other) => Micros.CompareTo(other.Micros);
    public override string ToString() => $"{Micros / 1_000.0m}ms";
}
