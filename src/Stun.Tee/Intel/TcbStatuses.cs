namespace Stun.Tee.Intel;

/// <summary>
/// What the statuses of several parts come to. The higher one alone would hide the other: a part that is out of date
/// and one that needs configuration are a platform that is and needs both.
/// </summary>
internal static class TcbStatuses
{
    public static TcbStatus Join(TcbStatus left, TcbStatus right)
    {
        if (left == TcbStatus.Revoked || right == TcbStatus.Revoked) return TcbStatus.Revoked;
        var isConfiguration = NeedsConfiguration(left) || NeedsConfiguration(right);
        if (IsOutOfDate(left) || IsOutOfDate(right))
            return isConfiguration ? TcbStatus.OutOfDateConfigurationNeeded : TcbStatus.OutOfDate;
        var isHardening = NeedsHardening(left) || NeedsHardening(right);
        return (isConfiguration, isHardening) switch
        {
            (true, true) => TcbStatus.ConfigurationAndSWHardeningNeeded,
            (true, false) => TcbStatus.ConfigurationNeeded,
            (false, true) => TcbStatus.SWHardeningNeeded,
            _ => TcbStatus.UpToDate,
        };
    }

    private static bool IsOutOfDate(TcbStatus status) =>
        status is TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded;

    private static bool NeedsConfiguration(TcbStatus status) => status is TcbStatus.ConfigurationNeeded
        or TcbStatus.ConfigurationAndSWHardeningNeeded or TcbStatus.OutOfDateConfigurationNeeded;

    private static bool NeedsHardening(TcbStatus status) =>
        status is TcbStatus.SWHardeningNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded;
}
