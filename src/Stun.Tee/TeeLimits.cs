namespace Stun.Tee;

/// <summary>What is larger than these is refused before it is read: all of it comes from strangers.</summary>
public static class TeeLimits
{
    /// <summary>The largest evidence seen is a quote of 8 KiB with padding; tokens and reports are smaller.</summary>
    public const int EvidenceBytesMax = 64 * 1024;

    /// <summary>Evidence with its certificates: eight of at most 4 KiB, and the words of a paravisor.</summary>
    public const int BundleBytesMax = 256 * 1024;

    /// <summary>One certificate. AMD's have 1.4 KiB; those of our tests 1 KiB.</summary>
    public const int CertificateBytesMax = 8 * 1024;

    /// <summary>The longest real chain has five.</summary>
    public const int CertificatesMax = 10;

    /// <summary>Those that lie beside evidence, for many machines: the one that fits is looked for.</summary>
    public const int CertificatesBesideMax = 1000;

    /// <summary>One piece of collateral. A list of revoked keys has about 50 bytes for each.</summary>
    public const int CollateralBytesMax = 4 * 1024 * 1024;

    /// <summary>Signatures that were found good and need not be checked again.</summary>
    public const int SignaturesRemembered = 4096;

    /// <summary>Platforms whose collateral is kept.</summary>
    public const int CollateralsKept = 256;

    /// <summary>Platforms beyond these that are asked for at the same time, and whose collateral is not kept.</summary>
    public const int CollateralsUnkept = 8;
}
