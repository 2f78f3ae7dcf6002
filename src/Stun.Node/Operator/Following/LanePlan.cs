using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Sending;
using Stun.Node.Configuration;

namespace Stun.Node.Operator.Following;

/// <summary>What a lane needs: one operator's contract, and a node that answers for it.</summary>
/// <param name="Key">Signs the transactions. No sender but <see cref="LanePlan.Sender"/> may use it on this chain.
/// </param>
/// <param name="Directory">Of this lane alone.</param>
public sealed record LanePlan(OperatorChainSettings Settings, EvmKey Key, RequestDesk Desk, string Directory)
{
    /// <summary>Shared by all lanes of a node.</summary>
    public SemaphoreSlim AtOnce { get; init; } = new(64);

    public TimeSpan ExtendBefore { get; init; } = TimeSpan.FromSeconds(120);

    public TimeSpan ExtendBy { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How often what is open is looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a contract refused an answer; doubled each time.</summary>
    public TimeSpan AgainAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: as the network has it.</summary>
    public FinalityRule? Finality { get; init; }

    /// <summary>After a consumer has refused an answer, until it is brought once more.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Shared by all lanes of one chain, and its owner's; null has the lane open one of its own.</summary>
    public LaneSender? Sender { get; init; }

    public TransactionSenderOptions Sending { get; init; } = new();

    /// <summary>What a person may want to know: code and sentence.</summary>
    public Action<string, string> Say { get; init; } = (_, _) => { };
}
