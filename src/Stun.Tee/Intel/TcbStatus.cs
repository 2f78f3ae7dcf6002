namespace Stun.Tee.Intel;

/// <summary>How Intel judges a level, from the best to the worst.</summary>
public enum TcbStatus : byte
{
    UpToDate,

    /// <summary>Up to date where the software in it does its part.</summary>
    SWHardeningNeeded,
    ConfigurationNeeded,
    ConfigurationAndSWHardeningNeeded,
    OutOfDate,
    OutOfDateConfigurationNeeded,
    Revoked,
}
