using System.Text.RegularExpressions;

namespace Stun.Node.Policies;

/// <summary>
/// Hours of the week, such as <c>mon-fri 18:00-08:00 +01:00</c>. A window whose end is not after its beginning ends on
/// the next day. The offset is fixed: a policy means the same moments to everybody, whatever they know of summer time.
/// </summary>
/// <param name="Days">Bit 0 is Monday: the days on which it begins.</param>
/// <param name="StartMinute">Of the day.</param>
/// <param name="EndMinute">Of the day; 1440 is its end.</param>
/// <param name="OffsetMinutes">East of Greenwich.</param>
public sealed partial record WeeklyWindow(byte Days, int StartMinute, int EndMinute, int OffsetMinutes)
{
    private const int DayMinutes = 1440;
    private const long MinuteMicros = 60_000_000;
    private const long WeekMicros = 7 * DayMinutes * MinuteMicros;

    /// <summary>The first of January 1970 was a Thursday.</summary>
    private const int FirstDay = 3;

    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private int LengthMinutes => EndMinute - StartMinute + (EndMinute <= StartMinute ? DayMinutes : 0);

    /// <summary>How long it still lasts; zero outside.</summary>
    public Duration LeftAt(Instant now)
    {
        var left = 0L;
        for (var day = 0; day < DayNames.Length; day++)
        {
            if ((Days & (1 << day)) == 0) continue;
            var start = ((day * DayMinutes) + StartMinute - OffsetMinutes) * MinuteMicros;
            var since = Since(start, now);
            left = Math.Max(left, (LengthMinutes * MinuteMicros) - since);
        }
        return new Duration(left);
    }

    /// <summary>Whether some of the windows together hold all of this time.</summary>
    public static bool Cover(ValueList<WeeklyWindow> windows, Instant start, Duration length)
    {
        // A whole week without a gap has none afterwards.
        var needed = Math.Clamp(length.Micros, 1, WeekMicros);
        for (var passed = 0L; passed < needed;)
        {
            var left = 0L;
            foreach (var window in windows) left = Math.Max(left, window.LeftAt(start + new Duration(passed)).Micros);
            if (left == 0) return false;
            passed += left;
        }
        return true;
    }

    public static WeeklyWindow? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        if (DaysOf(match.Groups["days"].Value) is not { } days) return null;
        if (MinuteOf(match.Groups["start"].Value) is not { } start || start == DayMinutes) return null;
        if (MinuteOf(match.Groups["end"].Value) is not { } end || end == start) return null;
        if (OffsetOf(match.Groups["offset"].Value) is not { } offset) return null;
        // Midnight has two names; the end of a day has the later one.
        return new WeeklyWindow(days, start, end == 0 ? DayMinutes : end, offset);
    }

    public override string ToString()
    {
        var days = string.Join(',', DayNames.Where((_, day) => (Days & (1 << day)) != 0));
        var offset = Math.Abs(OffsetMinutes);
        return $"{days} {Clock(StartMinute)}-{Clock(EndMinute)} "
            + (offset == 0 ? "Z" : $"{(OffsetMinutes < 0 ? '-' : '+')}{Clock(offset)}");
    }

    /// <summary>How long ago this moment of the week was last. Both are brought into one week before they are
    /// subtracted, so that no time overflows.</summary>
    private static long Since(long start, Instant now)
    {
        var sinceMonday = Modulo(now.Micros, WeekMicros) + (FirstDay * DayMinutes * MinuteMicros);
        return Modulo(sinceMonday - start, WeekMicros);
    }

    private static long Modulo(long value, long by) => ((value % by) + by) % by;

    private static string Clock(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";

    private static byte? DaysOf(string text)
    {
        var days = 0;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (Array.IndexOf(DayNames, ends[0]), Array.IndexOf(DayNames, ends[^1]));
            if (first < 0 || last < 0) return null;
            for (var day = first; ; day = (day + 1) % DayNames.Length)
            {
                days |= 1 << day;
                if (day == last) break;
            }
        }
        return (byte)days;
    }

    private static int? MinuteOf(string text)
    {
        var (hours, minutes) = (int.Parse(text[..2]), int.Parse(text[3..]));
        return minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0)) ? (hours * 60) + minutes : null;
    }

    private static int? OffsetOf(string text)
    {
        if (text is "" or "Z") return 0;
        return MinuteOf(text[1..]) is { } minutes and <= 14 * 60 ? (text[0] == '-' ? -minutes : minutes) : null;
    }

    [GeneratedRegex(@"\A(?<days>[a-z]{3}(?:-[a-z]{3})?(?:,[a-z]{3}(?:-[a-z]{3})?){0,6}) "
        + @"(?<start>[0-9]{2}:[0-9]{2})-(?<end>[0-9]{2}:[0-9]{2})(?: (?<offset>Z|[+-][0-9]{2}:[0-9]{2}))?\z")]
    private static partial Regex Form();
}
