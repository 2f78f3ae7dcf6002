using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Engine.Settlement;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>A chain, a book with three validators, a clerk, and people with money at the contracts.</summary>
internal sealed class BookScene : IAsyncDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(240);

    private readonly string directory = Directory.CreateTempSubdirectory("stun-book-").FullName;
    private ulong taskKeys;

    public EvmKey Treasury { get; } = EvmKey.Generate();

    public IReadOnlyList<EvmKey> Validators { get; } =
        [.. Enumerable.Range(0, 3).Select(_ => EvmKey.Generate()).OrderBy(key => key.Address)];

    public IReadOnlyList<EvmKey> Requesters { get; private set; } = [];

    public IReadOnlyList<EvmKey> Providers { get; private set; } = [];

    public Address Creator { get; } = EvmKey.Generate().Address;

    public MinedChain Chain { get; private set; } = null!;

    public BookNode Node { get; private set; } = null!;

    public Clerk Clerk { get; private set; } = null!;

    public NetworkTerms Terms { get; private set; } = null!;

    public static async Task<BookScene> StartAsync(BookSceneOptions options)
    {
        var scene = new BookScene();
        try
        {
            await scene.PrepareAsync(options);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    public Task<TransactionReceipt> DepositAsync(Address owner, Amount amount) =>
        Chain.SendAsync(Treasury, Chain.Escrow, Contract.Calls.DepositFor(owner, amount));

    /// <summary>An order that costs between the price and the limit, signed by its requester.</summary>
    public SignedOrder Order(
        EvmKey requester, Amount limit, Duration until, VerificationPolicy? policy = null, Address creator = default)
    {
        var spec = new TaskSpec(
            new Work.Image(new Digest(9, 9, 9, 9), ""), ["say", $"{++taskKeys}"], [], [],
            new Resources(1, GpuModel.Any, 16, 80, 1_000, 64, 64, [], 1), Privacy.None,
            policy ?? new VerificationPolicy.SampledAudit(1_000_000), new Comparator.Bytes(), RequesterPolicy.Open);
        var order = new TaskOrder(
            requester.Address, taskKeys, spec, Duration.Millis(10), limit, Node.Pump.Now + until, Priority.Normal,
            creator, Region.Anywhere);
        return new SignedOrder(order, requester.Sign(TypedData.Digest(Terms.Domain, order)));
    }

    /// <summary>A task of the first requester, well done by the first provider.</summary>
    public void AddTask() => Clerk.Add(
        Order(Requesters[0], new Amount(5_000), Duration.Seconds(3_600)), Providers[0].Address, new Amount(4_000),
        isTrue: true);

    public async Task PassAsync()
    {
        Node.RequireAlive();
        Clerk.Step();
        await Task.Delay(8);
    }

    public async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var start = Environment.TickCount64; !await Node.Pump.VisitAsync(holds);)
        {
            await PassAsync();
            if (Environment.TickCount64 - start > Within.TotalMilliseconds)
                throw new InvalidOperationException($"It did not come to pass: {what}. {await SayAsync()}");
        }
    }

    /// <summary>Until nothing is under way between the book and the chain.</summary>
    public async Task RestAsync()
    {
        await UntilAsync(() => Clerk.OpenCount == 0 && IsQuiet(), "all is settled");
        // The last deposits may still be on their way here.
        var logs = await LogsAsync();
        var last = logs.Where(IsForTheBook).Select(log => new ChainPosition(log.BlockNumber, log.Index)).Max();
        await UntilAsync(() => Node.Book.Escrow.Chain!.Position.CompareTo(last) >= 0, "the chain is read to its end");
        await UntilAsync(IsQuiet, "the last exits are settled");
    }

    /// <summary>Account by account, to the last unit; and the contracts hold just what they owe.</summary>
    public async Task RequireEqualAsync()
    {
        await Chain.MineAsync(MinedChain.Depth + 1);
        var ledger = Node.Book.Escrow.Ledger;
        var book = await Node.Pump.VisitAsync(() => ledger.Balances.ToList());
        ledger.RequireConserved();
        SortedSet<Address> owners =
        [
            Treasury.Address, Creator, .. Requesters.Select(key => key.Address),
            .. Providers.Select(key => key.Address), .. book.Select(entry => entry.Key.Owner),
        ];
        UInt128 balances = 0, claimables = 0, stakes = 0;
        foreach (var owner in owners)
        {
            var balance = await Chain.AskAsync(Chain.Escrow, Contract.Calls.BalanceOf(owner));
            var stake = await Chain.AskAsync(Chain.Staking, Staking.Calls.Slashable(owner));
            claimables += await Chain.AskAsync(Chain.Escrow, Contract.Calls.Claimable(owner));
            (balances, stakes) = (balances + balance, stakes + stake);
            await RequireAsync($"the balance of {owner}", Sum(owner, AccountKind.Available), balance);
            await RequireAsync($"the stake of {owner}", Sum(owner, AccountKind.Stake, AccountKind.Unbonding), stake);
        }
        await RequireAsync("the escrow's tokens", balances + claimables,
            await Chain.AskAsync(Chain.Token, StunToken.Calls.BalanceOf(Chain.Escrow)));
        await RequireAsync("the tokens at stake", stakes,
            await Chain.AskAsync(Chain.Token, StunToken.Calls.BalanceOf(Chain.Staking)));
        await RequireAsync("what is neither free nor at stake", book
            .Where(entry => entry.Key.Kind is AccountKind.Held or AccountKind.Bond)
            .Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Value.Units), 0);

        UInt128 Sum(Address owner, params AccountKind[] kinds) => book
            .Where(entry => entry.Key.Owner == owner && kinds.Contains(entry.Key.Kind))
            .Aggregate(UInt128.Zero, (sum, entry) => sum + entry.Value.Units);
    }

    public async Task RequireAsync(string what, UInt128 inBook, UInt128 onChain)
    {
        if (inBook != onChain)
            throw new InvalidOperationException(
                $"{what}: {inBook} by the book, {onChain} by the chain. {await SayAsync()}");
    }

    /// <summary>What the escrow's contract has logged so far, in its order.</summary>
    public async Task<IReadOnlyList<Contract.Event>> EventsAsync() =>
    [
        .. (await LogsAsync()).Where(log => log.Address == Chain.Escrow)
            .Select(log => Contract.Event.TryDecode(Text(log))).OfType<Contract.Event>(),
    ];

    public static AbiLog Text(EvmLog log) => new(log.Address, [.. log.Topics], log.Data);

    public async ValueTask DisposeAsync()
    {
        if (Node is not null) await Node.DisposeAsync();
        if (Chain is not null) await Chain.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task PrepareAsync(BookSceneOptions options)
    {
        ValueList<Address> judges = [.. Validators.Select(key => key.Address)];
        Chain = await MinedChain.StartAsync(options.BlockEvery, Treasury, judges, 2, options.WindowSeconds);
        var keys = new BookNode.Keyring(EvmKey.Generate(), EvmKey.Generate(), Validators);
        await Chain.GiveGasAsync(keys.Payer.Address);
        Terms = new NetworkTerms
        {
            Validators = judges,
            Quorum = 2,
            Domain = new TypedDataDomain(Chain.Rpc.ChainId, Chain.Escrow),
            Treasury = Treasury.Address,
            Schedulers = [EvmKey.Generate().Address],
            DisputeWindow = Duration.Millis(150),
            ExpiryGrace = Duration.Millis(500),
            Chain = new ChainTerms(keys.Book.Address)
            {
                BatchEntriesMax = options.BatchEntriesMax,
                BatchEvery = options.BatchEvery,
                RecutAfter = Duration.Seconds(3),
            },
        };
        Requesters = [.. Enumerable.Range(0, options.RequesterCount).Select(_ => EvmKey.Generate())];
        Providers = [.. Enumerable.Range(0, options.ProviderCount).Select(_ => EvmKey.Generate())];
        foreach (var requester in Requesters)
        {
            await Chain.SenderAsync(requester);
            await DepositAsync(requester.Address, options.Purse);
        }
        foreach (var provider in Providers)
        {
            await Chain.SendAsync(Treasury, Chain.Token, StunToken.Calls.Transfer(provider.Address, 900_000_000));
            await Chain.SendAsync(provider, Chain.Token, StunToken.Calls.Approve(Chain.Staking, 900_000_000));
            await Chain.SendAsync(provider, Chain.Staking, Staking.Calls.Stake(50_000_000));
        }
        Node = new BookNode(Chain, Terms, keys, directory);
        Clerk = new Clerk(Terms, Node, Providers.ToDictionary(key => key.Address));
        await Node.StartAsync();
        var last = Providers[^1].Address;
        await UntilAsync(() => Node.Book.Escrow.StakeOf(last) > Amount.Zero, "the chain is read");
    }

    private bool IsQuiet()
    {
        var book = Node.Book.Escrow.Chain!;
        return book.WaitingCount == 0 && !book.Open.Any() && !book.HasLeavers && !Node.Book.Escrow.OpenHolds.Any();
    }

    private bool IsForTheBook(EvmLog log) => log.Address == Chain.Escrow
        ? Contract.Event.TryDecode(Text(log)) is Contract.Event.Deposited or Contract.Event.ExitAsked
            or Contract.Event.BatchPosted or Contract.Event.BatchSettled
        : Staking.Event.TryDecode(Text(log)) is Staking.Event.Staked or Staking.Event.UnstakeBegun;

    private async Task<IReadOnlyList<EvmLog>> LogsAsync() => await Chain.Rpc.GetLogsAsync(
        LogFilter.Of(Chain.Escrow, Chain.Staking), 0, await Chain.Rpc.GetBlockNumberAsync());

    /// <summary>How the book stands, for whoever has to find out why.</summary>
    private Task<string> SayAsync() => Node.Pump.VisitAsync(() =>
    {
        var book = Node.Book.Escrow.Chain!;
        var batches = book.Open.Select(batch =>
            $"{batch.Batch.Number} {batch.Phase} of {batch.Entries.Count} with {batch.Signatures.Count}");
        var held = Node.Book.Escrow.OpenHolds.Take(5).Select(hold => hold.ToString());
        return $"{Clerk.OpenCount} tasks open, {book.WaitingCount} entries wait, leavers {book.HasLeavers}, "
            + $"held: {string.Join("; ", held)}, "
            + $"at {book.Position}, open: {string.Join("; ", batches)}. "
            + string.Join("; ", Node.Troubles.TakeLast(5).Select(trouble => trouble.Message));
    });
}

/// <summary>How large a scene is, and how fast its time goes.</summary>
internal sealed record BookSceneOptions
{
    /// <summary>Each block is a second by the chain's clock, however soon it comes.</summary>
    public TimeSpan BlockEvery { get; init; } = TimeSpan.FromMilliseconds(20);

    public uint WindowSeconds { get; init; } = 60;
    public int RequesterCount { get; init; } = 1;
    public int ProviderCount { get; init; } = 1;
    public Amount Purse { get; init; } = new(3_000_000);
    public int BatchEntriesMax { get; init; } = 20;
    public Duration BatchEvery { get; init; } = Duration.Millis(700);
}
