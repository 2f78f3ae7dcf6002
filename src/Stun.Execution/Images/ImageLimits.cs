namespace Stun.Execution.Images;

/// <summary>
/// What an image of a stranger may cost this machine before it is refused. All counts are of what was really read;
/// what the image claims about itself can only lead to an earlier refusal.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The image formats of today end at 127 layers.</summary>
    public int LayersMax { get; init; } = 127;

    /// <summary>What registries themselves take for a manifest or a configuration.</summary>
    public int ManifestBytesMax { get; init; } = 4 << 20;

    /// <summary>All layers together as they travel: a large model runtime has 3 to 6 GB.</summary>
    public long CompressedBytesMax { get; init; } = 16L << 30;

    /// <summary>All layers together as tar streams.</summary>
    public long UnpackedBytesMax { get; init; } = 32L << 30;

    /// <summary>A full desktop system has half of that; each entry costs an inode of our disk.</summary>
    public int EntriesMax { get; init; } = 1_000_000;

    /// <summary>PATH_MAX of Linux.</summary>
    public int PathBytesMax { get; init; } = 4096;

    /// <summary>NAME_MAX of Linux.</summary>
    public int NameBytesMax { get; init; } = 255;

    /// <summary>Long names and extended attributes of one entry.</summary>
    public int HeaderBytesMax { get; init; } = 1 << 20;

    /// <summary>Programs and text shrink 2 to 10 times, and gzip can do 150 to 1030 times: more is a bomb.</summary>
    public int RatioMax { get; init; } = 100;

    /// <summary>Small layers of mostly empty files may shrink more than <see cref="RatioMax"/> without harm.</summary>
    public long RatioFromBytes { get; init; } = 64L << 20;

    /// <summary>What stays free on the disk of the store: a full disk stops everything else on the machine.</summary>
    public long FreeBytesMin { get; init; } = 256L << 20;
}
