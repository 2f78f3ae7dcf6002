using Stun.Chain.Evm;

namespace Stun.Node.Transport;

/// <summary>What a hub is, and to whom it hands what arrives.</summary>
public sealed record HubOptions
{
    /// <summary>The identity of the hub itself; the caller's to dispose, after the hub.</summary>
    public required EvmKey Key { get; init; }

    public required TypedDataDomain Network { get; init; }

    /// <summary>The roles of this process: what is sent to them is handed to <see cref="Received"/>.</summary>
    public required IReadOnlyList<LocalRole> Locals { get; init; }

    /// <summary>
    /// From, to, message, for a local role. Quick, and never waits: false says that the role's inbox is full, and the
    /// peer is then not read from until there is room.
    /// </summary>
    public required Func<Address, Address, Message, bool> Received { get; init; }

    /// <summary>From, to, chunk, for a local role.</summary>
    public Action<Address, Address, LogChunk> LogReceived { get; init; } = static (_, _, _) => { };

    /// <summary>Peer, code, text: what a peer complained of, and how links ended. For a log.</summary>
    public Action<Address, string, string> Noticed { get; init; } = static (_, _, _) => { };

    public int LinksMax { get; init; } = TransportLimits.LinksMax;

    public int LinksPerRemoteMax { get; init; } = TransportLimits.LinksPerRemoteMax;

    public int MessagesPerSecond { get; init; } = TransportLimits.MessagesPerSecond;

    public int MessageBurst { get; init; } = TransportLimits.MessageBurst;
}

/// <summary>One peer of a hub, as a status page shows it.</summary>
/// <param name="Since">When its present link began, or when its last one ended.</param>
/// <param name="QueueCount">Posts that wait for it or are not acknowledged by it.</param>
public sealed record PeerStatus(
    Address Address, bool IsLinked, DateTimeOffset Since, string Remote, ulong Epoch,
    int QueueCount, long QueueBytes, long BytesIn, long BytesOut, TimeSpan? Rtt);
