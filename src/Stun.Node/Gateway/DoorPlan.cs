using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What the front door stands before.</summary>
public sealed record DoorPlan(
    NodeProcess Process, NetworkTerms Terms, NodeDatabase Database, Blobs Blobs, LogBook Logs)
{
    public DoorSettings Settings { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public required Doorkeeper Doorkeeper { get; init; }

    /// <summary>Null where another process feeds the database.</summary>
    public ProjectionFeed? Feed { get; init; }

    public required EventHub Events { get; init; }

    public required ManagedAccounts Accounts { get; init; }

    public required Address Scheduler { get; init; }

    public required Address Gateway { get; init; }

    /// <summary>What an account may that signs in with its wallet.</summary>
    public Func<Address, ApiRole> RoleOf { get; init; } = _ => ApiRole.Requester;

    /// <summary>What else is not ready, in sentences.</summary>
    public Func<IReadOnlyList<string>> NotReady { get; init; } = () => [];

    internal Intake Intake => Process.Intake ?? throw new InvariantException("a front door has a gateway behind it");
}
