using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Money;

/// <summary>
/// A wallet with all that it stands on. It holds the journal of its key: as long as it is open, no other program of
/// this machine sends with that key.
/// </summary>
public sealed class OpenWallet : IAsyncDisposable
{
    private readonly EvmRpc rpc;
    private readonly FileSendingJournal journal;
    private readonly TransactionSender sender;

    private OpenWallet(EvmRpc rpc, FileSendingJournal journal, TransactionSender sender, Wallet wallet) =>
        (this.rpc, this.journal, this.sender, Wallet) = (rpc, journal, sender, wallet);

    public Wallet Wallet { get; }

    public static async Task<OpenWallet> OpenAsync(
        EvmNetwork network, IReadOnlyList<Uri> endpoints, Address escrow, EvmKey key, string folder,
        CancellationToken cancel)
    {
        var rpc = new EvmRpc(new EvmRpcOptions(network.ChainId, endpoints));
        FileSendingJournal? journal = null;
        try
        {
            var contracts = await MoneyContracts.FindAsync(rpc, network, escrow, cancel).ConfigureAwait(false);
            journal = JournalOf(folder, network, key.Address);
            var sender = await TransactionSender.OpenAsync(rpc, key, network, journal, cancel: cancel)
                .ConfigureAwait(false);
            return new OpenWallet(rpc, journal, sender, new Wallet(rpc, contracts, key, sender));
        }
        catch
        {
            if (journal is not null) await journal.DisposeAsync().ConfigureAwait(false);
            await rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>One for each key and chain: two senders would take each other's nonces.</summary>
    public static FileSendingJournal JournalOf(string folder, EvmNetwork network, Address owner) =>
        new(Path.Combine(Directory.CreateDirectory(folder).FullName, $"{network.ChainId}-{owner}.journal"));

    public async ValueTask DisposeAsync()
    {
        await sender.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        await rpc.DisposeAsync().ConfigureAwait(false);
    }
}
