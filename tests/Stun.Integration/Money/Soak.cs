using System.Diagnostics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Sending;
using Stun.Engine.Settlement;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>
/// Random tasks on a book whose chain is reorganised, halted and made dear, and whose process is ended again and
/// again; money comes and goes on both sides. In the end the book and the chain must be equal, account by account.
/// </summary>
internal sealed class Soak(ulong seed, int taskCount) : IAsyncDisposable
{
    private const int WidthMax = 48;
    private const int TasksPerFault = 12;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly Prng dice = new(seed);
    private readonly List<Task> beside = [];
    private readonly Queue<Fault> faults = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private BookScene scene = null!;
    private Task fault = Task.CompletedTask;
    private Fault lastFault;
    private int lastDone;
    private TimeSpan progressAt;
    private ulong nonces;
    private int refusedByChain;

    public enum Fault : byte
    {
        Reorg,
        Drop,
        Dear,
        Halt,
        Restart,
        Kill,
        Snapshot,
    }

    /// <summary>How often each thing has really happened.</summary>
    public SortedDictionary<Fault, int> Happened { get; } = [];

    public int BatchCount { get; private set; }

    public int LineCount { get; private set; }

    private Clerk Clerk => scene.Clerk;

    private MinedChain Chain => scene.Chain;

    public int SettledCount => Clerk.SettledCount;

    public int ExpiredCount => Clerk.ExpiredCount;

    public int SlashedCount => Clerk.SlashedCount;

    public int WithdrawnCount => Clerk.WithdrawnCount;

    public int ReplacedCount => scene.Node.ReplacedCount;

    public TimeSpan Time => clock.Elapsed;

    public override string ToString() =>
        $"seed {seed}: {SettledCount} tasks settled, {ExpiredCount} expired, {Clerk.RefusedCount} refused, "
        + $"{SlashedCount} slashed, {WithdrawnCount} withdrawals, {LineCount} lines in {BatchCount} batches, "
        + $"{TextOf(Happened)}, {ReplacedCount} replaced, "
        + $"{refusedByChain} refused by the chain, {clock.Elapsed.TotalSeconds:0} s";

    private static string TextOf<T>(IEnumerable<KeyValuePair<T, int>> counts) =>
        string.Join(", ", counts.Select(each => $"{each.Value} {each.Key}"));

    public async Task RunAsync()
    {
        scene = await BookScene.StartAsync(new BookSceneOptions
        {
            RequesterCount = 6,
            ProviderCount = 4,
            // Most tasks can be paid, and some cannot.
            Purse = new Amount(3_000_000 + (200 * (uint)taskCount)),
            BatchEntriesMax = Math.Max(20, taskCount / 100),
        });
        PlanFaults();
        for (var added = 0; added < taskCount || Clerk.OpenCount > 0;)
        {
            while (added < taskCount && Clerk.OpenCount < WidthMax)
            {
                AddTask();
                added++;
                if (added % 7 == 0) beside.Add(MoveMoneyAsync());
                if (added % TasksPerFault == 0) await BreakAsync();
            }
            await scene.PassAsync();
            RequireProgress();
        }
        await Task.WhenAll(beside);
        await EndFaultAsync();
        await scene.RestAsync();
        await scene.RequireEqualAsync();
        await CountBatchesAsync();
        await scene.RequireAsync("the tasks that were settled", (UInt128)SettledCount, (UInt128)LineCount);
        if (SettledCount + ExpiredCount + Clerk.RefusedCount != taskCount)
            throw new InvalidOperationException($"A task has no end, or two. {this}");
    }

    public ValueTask DisposeAsync() => scene is null ? ValueTask.CompletedTask : scene.DisposeAsync();

    private void RequireProgress()
    {
        foreach (var failed in beside.Where(each => each.IsFaulted)) failed.GetAwaiter().GetResult();
        var done = SettledCount + ExpiredCount + Clerk.RefusedCount;
        if (done != lastDone) (lastDone, progressAt) = (done, clock.Elapsed);
        else if (clock.Elapsed - progressAt > Within)
            throw new InvalidOperationException($"No task comes to an end any more. {this}");
    }

    private async Task EndFaultAsync()
    {
        try
        {
            await fault.WaitAsync(Within);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"{lastFault} does not end. {this}", late);
        }
    }

    /// <summary>All kinds equally often, in a random order.</summary>
    private void PlanFaults()
    {
        var kinds = Enum.GetValues<Fault>();
        var all = Enumerable.Range(0, taskCount / TasksPerFault).Select(count => kinds[count % kinds.Length]).ToArray();
        for (var at = all.Length - 1; at > 0; at--)
        {
            var other = dice.Below(at + 1);
            (all[at], all[other]) = (all[other], all[at]);
        }
        foreach (var each in all) faults.Enqueue(each);
    }

    private void AddTask()
    {
        var requester = scene.Requesters[dice.Below(scene.Requesters.Count)];
        var price = new Amount((UInt128)dice.Between(1, 9_000));
        var isJudged = !dice.Chance(20_000);
        var order = scene.Order(
            requester, price + new Amount((UInt128)dice.Between(0, 3_000)),
            isJudged ? Duration.Seconds(3_600) : Duration.Seconds(3),
            dice.Chance(300_000) ? new VerificationPolicy.None() : null,
            dice.Chance(500_000) ? scene.Creator : Address.Zero);
        Address? provider = isJudged ? scene.Providers[dice.Below(scene.Providers.Count)].Address : null;
        Clerk.Add(order, provider, price, isTrue: !dice.Chance(60_000));
    }

    /// <summary>Somebody puts money in or wants it back, on the chain or through the book.</summary>
    private Task MoveMoneyAsync()
    {
        var requester = scene.Requesters[dice.Below(scene.Requesters.Count)];
        var provider = scene.Providers[dice.Below(scene.Providers.Count)];
        var amount = new Amount((UInt128)dice.Between(1, 40_000));
        switch (dice.Below(7))
        {
            case 0 or 1:
                return TryAsync(
                    scene.Treasury, Chain.Escrow, Contract.Calls.DepositFor(requester.Address, amount * 2));
            case 2:
                Clerk.Call(provider.Address, new EscrowCall.Withdraw(++nonces, amount.DividedBy(8)));
                return Task.CompletedTask;
            case 3: return TryAsync(requester, Chain.Escrow, Contract.Calls.AskExit(amount));
            case 4: return TryAsync(provider, Chain.Escrow, Contract.Calls.Withdraw());
            case 5: return TryAsync(provider, Chain.Staking, Staking.Calls.Stake(amount * 4));
            default: return TryAsync(provider, Chain.Staking, Staking.Calls.BeginUnstake(amount));
        }
    }

    private async Task TryAsync(EvmKey key, Address to, byte[] call)
    {
        SentTransaction? sent = null;
        try
        {
            var sender = await Chain.SenderAsync(key);
            sent = await sender.SubmitAsync(new TransactionRequest(to, call)).WaitAsync(Within);
            await sent.Receipt.WaitAsync(Within);
        }
        catch (ChainException refused) when (refused.Code == "chain.reverted")
        {
            // There is nothing to be had just now. Whatever else is in its way must pass by itself.
            Interlocked.Increment(ref refusedByChain);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException(sent is null
                ? "A request has not got its nonce."
                : $"There is no receipt: {await Chain.SayAsync(key.Address, sent)}.", late);
        }
    }

    private async Task BreakAsync()
    {
        if (!faults.TryDequeue(out var next)) return;
        switch (next)
        {
            case Fault.Restart or Fault.Kill:
                await scene.Node.StopAsync(isSudden: next == Fault.Kill);
                await scene.Node.StartAsync();
                Clerk.Reconnect();
                Count(next, true);
                break;
            case Fault.Snapshot:
                await scene.Node.SnapshotAsync();
                Count(next, true);
                break;
            default:
                await EndFaultAsync();
                var random = new Prng((ulong)dice.Between(1, long.MaxValue));
                lastFault = next;
                fault = Task.Run(async () => Count(next, await BreakAsync(next, random)));
                break;
        }
    }

    private async Task<bool> BreakAsync(Fault kind, Prng random)
    {
        switch (kind)
        {
            case Fault.Reorg:
                await Chain.ReorgAsync((ulong)random.Between(1, 3));
                return true;
            case Fault.Drop: return await Chain.DropAsync(random);
            case Fault.Dear: return await Chain.MakeDearAsync();
            default:
                Chain.IsHalted = true;
                await Task.Delay((int)random.Between(200, 900));
                Chain.IsHalted = false;
                return true;
        }
    }

    private void Count(Fault kind, bool hasHappened)
    {
        lock (Happened) Happened[kind] = Happened.GetValueOrDefault(kind) + (hasHappened ? 1 : 0);
    }

    private async Task CountBatchesAsync()
    {
        Dictionary<ulong, uint> posted = [];
        foreach (var happened in await scene.EventsAsync())
            switch (happened)
            {
                case Contract.Event.BatchPosted batch: posted[batch.Number] = batch.Tasks; break;
                case Contract.Event.BatchSettled batch:
                    BatchCount++;
                    LineCount += (int)posted[batch.Number];
                    break;
            }
    }
}
