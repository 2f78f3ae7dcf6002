using Stun.Execution.Images;

namespace Stun.Node.Doors.Tes;

/// <summary>What the owner of a node says of its TES door.</summary>
public sealed record TesSettings
{
    /// <summary>The registry that is meant where the name of an image has none; null where such a name means nothing.
    /// </summary>
    public string? Registry { get; init; }

    /// <summary>Registries that are asked what a tag stands for, beside that one; <c>*</c> for all that strangers
    /// name. Where an image comes with its digest nobody is asked.</summary>
    public IReadOnlyList<string> Registries { get; init; } = [];

    /// <summary>Registries that speak plain http.</summary>
    public IReadOnlyList<string> PlainRegistries { get; init; } = [];

    /// <summary>Images that this node knows by a name.</summary>
    public Func<string, Digest?> ImageNamed { get; init; } = _ => null;

    /// <summary>Web servers of which inputs may come: <c>HOST</c>, <c>*.DOMAIN</c>, either with <c>:PORT</c>.</summary>
    public IReadOnlyList<string> HttpHosts { get; init; } = [];

    /// <summary>Private networks that may be reached all the same, in CIDR form.</summary>
    public IReadOnlyList<string> MayReach { get; init; } = [];

    /// <summary>Of one input that is fetched.</summary>
    public long InputBytesMax { get; init; } = 4L << 30;

    public TimeSpan FetchWithin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Tasks of this door that have not ended: each has a watcher of some kilobytes.</summary>
    public int OpenMax { get; init; } = 10_000;

    /// <summary>Of one account: the others find room, too.</summary>
    public int OpenPerAccountMax { get; init; } = 2_000;

    /// <summary>How a tag of a registry becomes a digest.</summary>
    public Func<ImageSource.Registry, CancellationToken, Task<Digest>> Resolve { get; init; } =
        RegistryTags.ResolveAsync;
}
