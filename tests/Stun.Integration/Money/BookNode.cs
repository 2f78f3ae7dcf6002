using System.Collections.Concurrent;
using System.Text;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Engine.Settlement;
using Stun.Execution.Containers;
using Stun.Node.Hosting;
using Stun.Node.Money;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Money;

/// <summary>The process that holds the book and the validators, and its lives.</summary>
internal sealed class BookNode(
    MinedChain chain, NetworkTerms terms, BookNode.Keyring keys, string directory) : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private readonly HashSet<ulong> signed = [];
    private NodeProcess? process;
    private FileJournal? journal;
    private EvmRpc? rpc;
    private TransactionSender? sender;
    private FileSendingJournal? sending;
    private JournalKeeper? keeper;

    /// <param name="Payer">Pays for the book's transactions.</param>
    internal sealed record Keyring(EvmKey Book, EvmKey Payer, IReadOnlyList<EvmKey> Validators);

    /// <summary>What leaves the process, from the moment on at which it is durable.</summary>
    public ConcurrentQueue<Message> Told { get; } = new();

    /// <summary>What went wrong beside the pump: with such a chain, much does.</summary>
    public ConcurrentQueue<Exception> Troubles { get; } = new();

    /// <summary>Transactions that were sent again for more under the same number.</summary>
    public int ReplacedCount { get; private set; }

    public Pump Pump => process!.Pump;

    public EscrowMachine Book => (EscrowMachine)Pump.Find(terms.Book)!.Machine;

    public static Digest ResultOf(TaskOrder order) =>
        Keccak256.Hash(Encoding.UTF8.GetBytes(string.Join(' ', order.Spec.Command)));

    public async Task StartAsync()
    {
        rpc = chain.NewRpc();
        sending = new FileSendingJournal(Path.Combine(directory, "sending"));
        sender = await TransactionSender.OpenAsync(
            rpc, keys.Payer, EvmNetwork.Local, new Counting(sending, this), MinedChain.Sending);
        journal = FileJournal.Open(Path.Combine(directory, "journal"));
        var plan = new NodePlan(terms, terms.Schedulers[0])
        {
            Escrow = keys.Book,
            Validators = keys.Validators,
            Chain = new ChainAccess(EvmNetwork.Local, rpc, sender, chain.Contracts)
            {
                Finality = new FinalityRule.Depth(MinedChain.Depth),
                SkipTo = chain.SkipToAsync,
            },
        };
        process = new NodeProcess(plan, new NodeProcess.Tools(
            journal, _ => new Truthful(), new ByDigest(), TimeProvider.System)
        {
            Elsewhere = (_, to, message) =>
            {
                if (to == terms.Schedulers[0]) Told.Enqueue(message);
            },
            Trouble = Troubles.Enqueue,
        });
        await process.StartAsync(_ => { }, ulong.MaxValue, CancellationToken.None);
        keeper = new JournalKeeper(
            process.Pump, journal, () => ulong.MaxValue, long.MaxValue, Troubles.Enqueue);
    }

    /// <param name="isSudden">Whatever is under way is left as it is, and what waits for the disk is lost.</param>
    public async Task StopAsync(bool isSudden)
    {
        if (process is null) return;
        if (isSudden) Pump.Fail(new InvalidOperationException("The process is ended."));
        else RequireAlive();
        await EndAsync("process", process);
        await EndAsync("sender", sender!);
        await EndAsync("journal of the sender", sending!);
        await EndAsync("connection", rpc!);
        await EndAsync("keeper", keeper!);
        process = null;
        Told.Clear();
    }

    public async Task SnapshotAsync()
    {
        using var within = new CancellationTokenSource(EndsWithin);
        await keeper!.TakeAsync(within.Token);
    }

    public void RequireAlive()
    {
        if (Pump.Ended is { IsCompleted: true } ended)
            throw new InvalidOperationException("The process has ended.", ended.Result);
    }

    public async ValueTask DisposeAsync() => await StopAsync(isSudden: true);

    /// <summary>Whatever never ends is named.</summary>
    private static async Task EndAsync(string what, IAsyncDisposable part)
    {
        try
        {
            await part.DisposeAsync().AsTask().WaitAsync(EndsWithin);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"The {what} does not end.", late);
        }
    }

    /// <summary>The result of a task is its command.</summary>
    private sealed class Truthful : IExecutor
    {
        public Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop) =>
            Task.FromResult<RunOutcome>(
                new RunOutcome.Done(ResultOf(request.Order.Order), Digest.Zero, Duration.Millis(1)));
    }

    private sealed class ByDigest : IResults
    {
        public Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel) =>
            Task.FromResult<Answer>(
                new Answer.Checked([.. compare.Results.Select(result => result == compare.Against)]));
    }

    private sealed class Counting(FileSendingJournal inner, BookNode node) : ISendingJournal
    {
        public ValueTask<IReadOnlyList<SendingEntry>> ReadAsync(CancellationToken cancel = default) =>
            inner.ReadAsync(cancel);

        public ValueTask AppendAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default)
        {
            foreach (var entry in entries.OfType<SendingEntry.Signed>())
                if (!node.signed.Add(entry.Nonce)) node.ReplacedCount++;
            return inner.AppendAsync(entries, cancel);
        }

        public ValueTask RewriteAsync(IReadOnlyList<SendingEntry> entries, CancellationToken cancel = default) =>
            inner.RewriteAsync(entries, cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
