using Stun.Execution.Containers;
using Stun.Execution.Linux;
using Stun.Node.Configuration;
using Stun.Tee;
using Stun.Tee.Fetching;
using Stun.Tee.Sources;

namespace Stun.Node.Secrets;

/// <summary>What a process has of trusted hardware, and whom it believes about that of others.</summary>
/// <param name="Source">Makes evidence of this machine; null where it has no such hardware.</param>
/// <param name="Collateral">Where levels, identities and lists of revoked keys come from.</param>
public sealed record TeeGround(IEvidenceSource? Source, TrustRoots Roots, ICollateralSource Collateral)
{
    /// <summary>No hardware, the makers' roots, and nobody to ask about the makers' keys.</summary>
    public static TeeGround Plain { get; } = new(null, TrustRoots.Pinned, new NoCollateral());

    /// <exception cref="NodeException">There is no such source on this machine, or no such folder.</exception>
    public static TeeGround Of(TeeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var source = SourceOf(settings.Source);
        if (source is not null && MemoryFolder.HasSwap())
            throw new NodeException("tee.swap", "This machine swaps: what is secret could come to its disk.",
                "Turn swapping off (swapoff -a), or set tee.source to none.");
        if (source is not null) Kernel.HideFromDumps();
        if (settings.Folder is { } path)
        {
            if (!Directory.Exists(path))
                throw new NodeException("tee.collateral", $"There is no folder {path}.",
                    "Name the folder of the makers' collateral under tee.collateral, or take the key out.");
            var folder = CollateralFolder.Read(path);
            return new TeeGround(source, TrustRoots.Pinned.With(folder.ArmKeys), folder);
        }
        var addresses = new CollateralAddresses(settings.Intel, settings.IntelRootList, settings.Amd);
        return addresses is (null, null, null)
            ? Plain with { Source = source }
            // Of the process, and closed with it.
            : new TeeGround(source, TrustRoots.Pinned, new HttpCollateral(new HttpClient(), addresses));
    }

    private static IEvidenceSource? SourceOf(string name)
    {
        switch (name)
        {
            case "tsm":
                var tsm = new ConfigfsTsm();
                return tsm.IsThere ? tsm : throw Absent(ConfigfsTsm.KernelRoot);
            case "sev-guest":
                return File.Exists(SevGuestDevice.KernelPath) ? new SevGuestDevice()
                    : throw Absent(SevGuestDevice.KernelPath);
            default: return null;
        }
    }

    private static NodeException Absent(string path) => new("tee.source", $"This machine has no {path}.",
        "Run the node inside the virtual machine that the hardware protects, or set tee.source to none.");

    private sealed class NoCollateral : ICollateralSource
    {
        public Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel) =>
            throw new EvidenceException("collateral.none",
                "This node is told nothing of the makers' levels and lists: set tee.collateral, or tee.intel and "
                + "tee.amd.");
    }
}
