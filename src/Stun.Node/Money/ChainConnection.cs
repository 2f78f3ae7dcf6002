using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Node.Configuration;

namespace Stun.Node.Money;

/// <summary>How the book of a configured network reaches its chain; ends with its host.</summary>
public sealed class ChainConnection : IAsyncDisposable
{
    private readonly EvmRpc rpc;
    private readonly FileSendingJournal journal;
    private readonly TransactionSender sender;
    private bool isDisposed;

    private ChainConnection(EvmRpc rpc, FileSendingJournal journal, TransactionSender sender, ChainAccess access) =>
        (this.rpc, this.journal, this.sender, Access) = (rpc, journal, sender, access);

    public ChainAccess Access { get; }

    /// <param name="directory">The node's: what is sent is written down there first.</param>
    /// <exception cref="NodeException"><c>chain.terms-differ</c>: the contracts are of another network.</exception>
    public static async Task<ChainConnection> OpenAsync(
        ChainSettings settings, NetworkTerms terms, string directory, EvmKey payer, CancellationToken cancel)
    {
        var endpoints = settings.Rpc.Select(each => new Uri(each)).ToList();
        var rpc = new EvmRpc(new EvmRpcOptions(settings.Network.ChainId, endpoints));
        FileSendingJournal? journal = null;
        try
        {
            await Chain.Evm.Deployment.ContractDeployer.VerifyAsync(rpc, settings.Contracts, cancel)
                .ConfigureAwait(false);
            var chain = await ContractTerms.ReadAsync(rpc, settings.Contracts, cancel).ConfigureAwait(false);
            ChainTermsCheck.RequireSame(terms, chain, settings.Contracts, settings.Currency);
            Directory.CreateDirectory(directory);
            journal = new FileSendingJournal(Path.Combine(directory, "chain.journal"));
            var sender = await TransactionSender.OpenAsync(
                rpc, payer, settings.Network, journal, cancel: cancel).ConfigureAwait(false);
            var isLocal = settings.Network.Name == EvmNetwork.Local.Name;
            return new ChainConnection(rpc, journal, sender,
                new ChainAccess(settings.Network, rpc, sender, settings.Contracts)
                {
                    // A chain of one's own makes blocks for transactions only: nothing would ever be deep enough.
                    Finality = isLocal ? new FinalityRule.Depth(0) : null,
                    Endpoint = isLocal ? endpoints.Find(each => each.IsLoopback) : null,
                });
        }
        catch
        {
            if (journal is not null) await journal.DisposeAsync().ConfigureAwait(false);
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await sender.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        await rpc.DisposeAsync().ConfigureAwait(false);
    }
}
