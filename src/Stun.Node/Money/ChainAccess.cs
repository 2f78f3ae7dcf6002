using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Gateway;

namespace Stun.Node.Money;

/// <summary>How this process reaches the contracts of its network.</summary>
/// <param name="Sender">Pays for the transactions of the book. To the contracts it does not matter whose it is.</param>
public sealed record ChainAccess(EvmNetwork Network, EvmRpc Rpc, TransactionSender Sender, AddressBook Contracts)
{
    /// <summary>When what happened counts; null: as the network has it.</summary>
    public FinalityRule? Finality { get; init; }

    /// <summary>
    /// Puts the chain's clock forward, on a chain of one's own: nobody there waits for a window. Null elsewhere.
    /// </summary>
    public Func<ulong, CancellationToken, Task>? SkipTo { get; init; }

    /// <summary>To be told to callers, if it is this machine's own chain.</summary>
    public Uri? Endpoint { get; init; }

    public ChainView View(Address book) => ViewOf(Network, Contracts, book, Endpoint);

    public static ChainView ViewOf(EvmNetwork network, AddressBook contracts, Address book, Uri? endpoint) => new(
        network.Name, book.ToString(), endpoint?.ToString(),
        contracts.Contracts.ToDictionary(each => each.Name, each => each.Address.ToString()));

    public Address Escrow => Contracts[ContractNames.Escrow].Address;

    public Address Staking => Contracts[ContractNames.Staking].Address;

    public Address TaskEscrow => Contracts[ContractNames.TaskEscrow].Address;

    public Address Court => Contracts[ContractNames.Court].Address;
}
