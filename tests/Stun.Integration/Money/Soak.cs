using System.Diagnostics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
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
    private static readonly TimeSpan RestWithin = TimeSpan.FromSeconds(240);

    private readonly Prng dice = new(seed);
    private readonly EvmKey treasury = EvmKey.Generate();
    private readonly EvmKey[] requesters = [.. Enumerable.Range(0, 6).Select(_ => EvmKey.Generate())];
    private readonly EvmKey[] providers = [.. Enumerable.Range(0, 4).Select(_ => EvmKey.Generate())];
    private readonly Address creator = EvmKey.Generate().Address;
    private readonly Address clerkAddress = EvmKey.Generate().Address;
    private readonly List<Task> beside = [];
    private readonly Queue<Fault> faults = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly string directory = Directory.CreateTempSubdirectory("stun-soak-").FullName;
    private MinedChain chain = null!;
    private BookNode node = null!;
    private Clerk clerk = null!;
    private NetworkTerms terms = null!;
    private Task fault = Task.CompletedTask;
    private ulong taskKeys;
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

    public int SettledCount => clerk.SettledCount;

    public int ExpiredCount => clerk.ExpiredCount;

    public int SlashedCount => clerk.SlashedCount;

    public int WithdrawnCount => clerk.WithdrawnCount;

    public int ReplacedCount => node.ReplacedCount;

    public TimeSpan Time => clock.Elapsed;

    public override string ToString() =>
        $"seed {seed}: {SettledCount} tasks settled, {ExpiredCount} expired, {clerk.RefusedCount} refused, "
        + $"{SlashedCount} slashed, {WithdrawnCount} withdrawals, {LineCount} lines in {BatchCount} batches, "
        + $"{string.Join(", ", Happened.Select(each => $"{each.Value} {each.Key}"))}, {ReplacedCount} replaced, "
        + $"{refusedByChain} refused by the chain, {clock.Elapsed.TotalSeconds:0} s";

    public async Task RunAsync()
    {
        await PrepareAsync();
        PlanFaults();
        for (var added = 0; added < taskCount || clerk.OpenCount > 0;)
        {
            while (added < taskCount && clerk.OpenCount < WidthMax)
            {
                AddTask();
                added++;
                if (added % 7 == 0) beside.Add(MoveMoneyAsync());
                if (added % TasksPerFault == 0) await BreakAsync();
            }
            await PassAsync();
        }
        await Task.WhenAll(beside);
        await fault;
        await RestAsync();
        await RequireEqualAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        if (chain is not null) await chain.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task PrepareAsync()
    {
        EvmKey[] validators = [.. Enumerable.Range(0, 3).Select(_ => EvmKey.Generate()).OrderBy(key => key.Address)];
        ValueList<Address> judges = [.. validators.Select(key => key.Address)];
        chain = await MinedChain.StartAsync(TimeSpan.FromMilliseconds(20), treasury, judges, 2);
        var keys = new BookNode.Keyring(EvmKey.Generate(), EvmKey.Generate(), validators);
        await chain.GiveGasAsync(keys.Payer.Address);
        terms = new NetworkTerms
        {
            Validators = judges,
            Quorum = 2,
            Domain = new TypedDataDomain(chain.Rpc.ChainId, chain.Escrow),
            Treasury = treasury.Address,
            Schedulers = [clerkAddress],
            DisputeWindow = Duration.Millis(150),
            ExpiryGrace = Duration.Millis(500),
            Chain = new ChainTerms(keys.Book.Address)
            {
                BatchEntriesMax = Math.Max(20, taskCount / 100),
                BatchEvery = Duration.Millis(700),
                RecutAfter = Duration.Seconds(3),
            },
        };
        foreach (var requester in requesters) await DepositAsync(requester.Address, new Amount(3_000_000));
        foreach (var provider in providers)
        {
            await chain.SendAsync(treasury, chain.Token, StunToken.Calls.Transfer(provider.Address, 900_000_000));
            await chain.SendAsync(provider, chain.Token, StunToken.Calls.Approve(chain.Staking, 900_000_000));
            await chain.SendAsync(provider, chain.Staking, Staking.Calls.Stake(50_000_000));
        }
        node = new BookNode(chain, terms, keys, directory);
        clerk = new Clerk(terms, node, providers.ToDictionary(key => key.Address));
        await node.StartAsync();
        await UntilAsync(() => node.Book.Escrow.StakeOf(providers[^1].Address) > Amount.Zero, "the chain is read");
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
        var requester = requesters[dice.Below(requesters.Length)];
        var price = new Amount((UInt128)dice.Between(1, 9_000));
        var isJudged = !dice.Chance(20_000);
        var deadline = node.Pump.Now + (isJudged ? Duration.Seconds(3_600) : Duration.Seconds(3));
        VerificationPolicy policy = dice.Chance(300_000)
            ? new VerificationPolicy.None()
            : new VerificationPolicy.SampledAudit(1_000_000);
        var spec = new TaskSpec(
            new Work.Image(new Digest(9, 9, 9, 9), ""), ["say", $"{++taskKeys}"], [], [],
            new Resources(1, GpuModel.Any, 16, 80, 1_000, 64, 64, [], 1), Privacy.None, policy,
            new Comparator.Bytes(), RequesterPolicy.Open);
        var order = new TaskOrder(
            requester.Address, taskKeys, spec, Duration.Millis(10), price + new Amount((UInt128)dice.Between(0, 3_000)),
            deadline, Priority.Normal, dice.Chance(500_000) ? creator : Address.Zero, Region.Anywhere);
        var signed = new SignedOrder(order, requester.Sign(TypedData.Digest(terms.Domain, order)));
        Address? provider = isJudged ? providers[dice.Below(providers.Length)].Address : null;
        clerk.Add(signed, provider, price, isTrue: !dice.Chance(60_000));
    }

    private async Task PassAsync()
    {
        node.RequireAlive();
        clerk.Step();
        await Task.Delay(8);
    }

    private Task<TransactionReceipt> DepositAsync(Address owner, Amount amount) =>
        chain.SendAsync(treasury, chain.Escrow, Contract.Calls.DepositFor(owner, amount));

    /// <summary>Somebody puts money in or wants it back, on the chain or through the book.</summary>
    private Task MoveMoneyAsync()
    {
        var requester = requesters[dice.Below(requesters.Length)];
        var provider = providers[dice.Below(providers.Length)];
        var amount = new Amount((UInt128)dice.Between(1, 40_000));
        switch (dice.Below(7))
        {
            case 0 or 1: return TryAsync(treasury, chain.Escrow, Contract.Calls.DepositFor(requester.Address, amount * 2));
            case 2:
                clerk.Call(provider.Address, new EscrowCall.Withdraw(++nonces, amount.DividedBy(8)));
                return Task.CompletedTask;
            case 3: return TryAsync(requester, chain.Escrow, Contract.Calls.AskExit(amount));
            case 4: return TryAsync(provider, chain.Escrow, Contract.Calls.Withdraw());
            case 5: return TryAsync(provider, chain.Staking, Staking.Calls.Stake(amount * 4));
            default: return TryAsync(provider, chain.Staking, Staking.Calls.BeginUnstake(amount));
        }
    }

    private async Task TryAsync(EvmKey key, Address to, byte[] call)
    {
        try
        {
            await chain.SendAsync(key, to, call);
        }
        catch (ChainException refused) when (refused.Code == "chain.reverted")
        {
            // There is nothing to be had just now.
            refusedByChain++;
        }
    }

    private async Task BreakAsync()
    {
        if (!faults.TryDequeue(out var next)) return;
        switch (next)
        {
            case Fault.Restart or Fault.Kill:
                await node.StopAsync(isSudden: next == Fault.Kill);
                await node.StartAsync();
                clerk.Reconnect();
                Count(next, true);
                break;
            case Fault.Snapshot:
                await node.SnapshotAsync();
                Count(next, true);
                break;
            default:
                await fault;
                var random = new Prng((ulong)dice.Between(1, long.MaxValue));
                fault = Task.Run(async () => Count(next, await BreakAsync(next, random)));
                break;
        }
    }

    private async Task<bool> BreakAsync(Fault kind, Prng random)
    {
        switch (kind)
        {
            case Fault.Reorg:
                await chain.ReorgAsync((ulong)random.Between(1, 3));
                return true;
            case Fault.Drop: return await chain.DropAsync(random);
            case Fault.Dear: return await chain.MakeDearAsync();
            default:
                chain.IsHalted = true;
                await Task.Delay((int)random.Between(200, 900));
                chain.IsHalted = false;
                return true;
        }
    }

    private void Count(Fault kind, bool hasHappened)
    {
        lock (Happened) Happened[kind] = Happened.GetValueOrDefault(kind) + (hasHappened ? 1 : 0);
    }

    private async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var start = clock.Elapsed; ;)
        {
            if (await node.Pump.VisitAsync(holds)) return;
            await PassAsync();
            if (clock.Elapsed - start > RestWithin)
                throw new InvalidOperationException($"It did not come to pass: {what}. {this}. {await SayAsync()}");
        }
    }

    /// <summary>Until nothing is under way between the book and the chain.</summary>
    private async Task RestAsync()
    {
        await UntilAsync(() =>
        {
            var book = node.Book.Escrow.Chain!;
            return book.WaitingCount == 0 && !book.Open.Any() && !book.HasLeavers && !node.Book.Escrow.OpenHolds.Any();
        }, "all is settled");
        // The last deposits may still be on their way here.
        var logs = await LogsAsync(await chain.Rpc.GetBlockNumberAsync());
        var last = logs.Where(IsForTheBook).Select(log => new ChainPosition(log.BlockNumber, log.Index)).Max();
        await UntilAsync(() => node.Book.Escrow.Chain!.Position.CompareTo(last) >= 0, "the chain is read to its end");
        await UntilAsync(() =>
        {
            var book = node.Book.Escrow.Chain!;
            return book.WaitingCount == 0 && !book.Open.Any() && !book.HasLeavers;
        }, "the last exits are settled");
    }

    private bool IsForTheBook(EvmLog log) => log.Address == chain.Escrow
        ? Contract.Event.TryDecode(Text(log)) is Contract.Event.Deposited or Contract.Event.ExitAsked
            or Contract.Event.BatchPosted or Contract.Event.BatchSettled
        : Staking.Event.TryDecode(Text(log)) is Staking.Event.Staked or Staking.Event.UnstakeBegun;

    private async Task<IReadOnlyList<EvmLog>> LogsAsync(ulong to) => await chain.Rpc.GetLogsAsync(
        LogFilter.Of(chain.Escrow, chain.Staking), 0, to);

    private static AbiLog Text(EvmLog log) => new(log.Address, [.. log.Topics], log.Data);

    private async Task RequireEqualAsync()
    {
        await chain.MineAsync(MinedChain.Depth + 1);
        var book = await node.Pump.VisitAsync(() => node.Book.Escrow.Ledger.Balances.ToList());
        node.Book.Escrow.Ledger.RequireConserved();
        SortedSet<Address> owners =
        [
            treasury.Address, creator, .. requesters.Select(key => key.Address), .. providers.Select(key => key.Address),
            .. book.Select(entry => entry.Key.Owner),
        ];
        UInt128 balances = 0, claimables = 0, stakes = 0;
        foreach (var owner in owners)
        {
            var balance = await chain.AskAsync(chain.Escrow, Contract.Calls.BalanceOf(owner));
            var stake = await chain.AskAsync(chain.Staking, Staking.Calls.Slashable(owner));
            claimables += await chain.AskAsync(chain.Escrow, Contract.Calls.Claimable(owner));
            (balances, stakes) = (balances + balance, stakes + stake);
            await RequireAsync($"the balance of {owner}", Sum(owner, AccountKind.Available), balance);
            await RequireAsync($"the stake of {owner}", Sum(owner, AccountKind.Stake, AccountKind.Unbonding), stake);
        }
        await RequireAsync("the escrow's tokens", balances + claimables,
            await chain.AskAsync(chain.Token, StunToken.Calls.BalanceOf(chain.Escrow)));
        await RequireAsync("the tokens at stake", stakes,
            await chain.AskAsync(chain.Token, StunToken.Calls.BalanceOf(chain.Staking)));
        await RequireAsync("what is neither free nor at stake", 0, book
            .Where(entry => entry.Key.Kind is AccountKind.Held or AccountKind.Bond)
            .Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Value.Units));
        await CountBatchesAsync();
        await RequireAsync("the lines settled on the chain", (UInt128)SettledCount, (UInt128)LineCount);
        var done = SettledCount + ExpiredCount + clerk.RefusedCount;
        await RequireAsync("the tasks that came to an end", (UInt128)taskCount, (UInt128)done);

        UInt128 Sum(Address owner, params AccountKind[] kinds) => book
            .Where(entry => entry.Key.Owner == owner && kinds.Contains(entry.Key.Kind))
            .Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Value.Units);
    }

    private async Task CountBatchesAsync()
    {
        Dictionary<ulong, uint> posted = [];
        foreach (var log in await LogsAsync(await chain.Rpc.GetBlockNumberAsync()))
            switch (log.Address == chain.Escrow ? Contract.Event.TryDecode(Text(log)) : null)
            {
                case Contract.Event.BatchPosted batch: posted[batch.Number] = batch.Tasks; break;
                case Contract.Event.BatchSettled batch:
                    BatchCount++;
                    LineCount += (int)posted[batch.Number];
                    break;
            }
    }

    private async Task RequireAsync(string what, UInt128 inBook, UInt128 onChain)
    {
        if (inBook != onChain)
            throw new InvalidOperationException(
                $"{what}: {inBook} by the book, {onChain} by the chain. {this}. {await SayAsync()}");
    }

    /// <summary>How the book stands, for whoever has to find out why.</summary>
    private Task<string> SayAsync() => node.Pump.VisitAsync(() =>
    {
        var book = node.Book.Escrow.Chain!;
        var batches = book.Open.Select(batch =>
            $"{batch.Batch.Number} {batch.Phase} of {batch.Entries.Count} with {batch.Signatures.Count}");
        return $"{clerk.OpenCount} tasks open, {book.WaitingCount} entries wait, leavers {book.HasLeavers}, "
            + $"at {book.Position}, open: {string.Join("; ", batches)}. "
            + string.Join("; ", node.Troubles.TakeLast(5).Select(trouble => trouble.Message));
    });
}
