using Stun.Node.Configuration;
using Stun.Node.Hosting;
using Stun.Node.Money.Governance;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What the front door stands before.</summary>
public sealed record DoorPlan(
    NodeProcess Process, NetworkTerms Terms, NodeDatabase Database, Blobs Blobs, LogBook Logs)
{
    public DoorSettings Settings { get; init; } = new();

    public ServingSettings Serving { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public required Doorkeeper Doorkeeper { get; init; }

    /// <summary>What is kept running here, and answers for models.</summary>
    public required ServiceHost Services { get; init; }

    /// <summary>Null where another process feeds the database.</summary>
    public Projector? Projector { get; init; }

    public required EventHub Events { get; init; }

    public required ManagedAccounts Accounts { get; init; }

    public required Address Scheduler { get; init; }

    public required Address Gateway { get; init; }

    /// <summary>Where the money lies, as callers are told; null where the escrow role keeps it.</summary>
    public ChainView? Chain { get; init; }

    /// <summary>What is voted on; null where there is no chain, or this process does not reach it.</summary>
    public ProposalBook? Proposals { get; init; }

    /// <summary>What an account may that signs in with its wallet.</summary>
    public Func<Address, ApiRole> RoleOf { get; init; } = _ => ApiRole.Requester;

    /// <summary>Who answers for models, in the order in which they are asked.</summary>
    public IReadOnlyList<IModelHost> Models { get; init; } = [];

    public ModelDoorSettings ModelSettings { get; init; } = new();

    /// <summary>What else is not ready, in sentences.</summary>
    public Func<IReadOnlyList<string>> NotReady { get; init; } = () => [];

    /// <summary>What went wrong that no caller is to be told.</summary>
    public Action<Exception> Trouble { get; init; } = _ => { };

    /// <summary>Nothing more should be taken in before the read model has caught up: what waits is in memory.</summary>
    internal bool IsBehind => Projector is { } projector && projector.WaitingCount > Settings.WaitingRecordsMax;

    internal Intake Intake => Process.Intake ?? throw new InvariantException("a front door has a gateway behind it");
}
