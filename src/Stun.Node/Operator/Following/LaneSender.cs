using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Operator.Following;

/// <summary>
/// Who asks one chain and sends to it, for all contracts there: two senders of one key would take each other's nonces.
/// </summary>
public sealed class LaneSender : IAsyncDisposable
{
    private readonly FileSendingJournal journal;

    private LaneSender(EvmRpc rpc, FileSendingJournal journal, TransactionSender sender) =>
        (Rpc, this.journal, Sender) = (rpc, journal, sender);

    public EvmRpc Rpc { get; }

    public TransactionSender Sender { get; }

    /// <param name="endpoints">Of all lanes that share it.</param>
    /// <param name="directory">Of this sender alone, or of its only lane.</param>
    public static async Task<LaneSender> OpenAsync(
        EvmNetwork network, IEnumerable<string> endpoints, EvmKey key, string directory,
        TransactionSenderOptions? options, CancellationToken cancel)
    {
        Directory.CreateDirectory(directory);
        var rpc = new EvmRpc(new EvmRpcOptions(
            network.ChainId, [.. endpoints.Distinct(StringComparer.Ordinal).Select(each => new Uri(each))]));
        FileSendingJournal? journal = null;
        try
        {
            journal = new FileSendingJournal(Path.Combine(directory, "sending.journal"));
            var sender = await TransactionSender.OpenAsync(rpc, key, network, journal, options, cancel: cancel)
                .ConfigureAwait(false);
            return new LaneSender(rpc, journal, sender);
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
        await Sender.DisposeAsync().ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        await Rpc.DisposeAsync().ConfigureAwait(false);
    }
}
