using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Contract = Stun.Chain.Evm.Contracts.Escrow;

namespace Stun.Integration.Money;

/// <summary>
/// A chain with all contracts, whose blocks are made here: so they can be undone, held up, and made dear.
/// </summary>
internal sealed class MinedChain : IAsyncDisposable
{
    /// <summary>What lies under so many blocks is final: one more than is ever undone here.</summary>
    public const ulong Depth = 4;

    private static readonly Amount Gas = new(NetworkPlan.Coin * 1_000);

    private readonly LocalChain chain;
    private readonly ChainHand hand;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task mining;
    private readonly Dictionary<Address, Task<TransactionSender>> senders = [];
    private volatile bool isHalted;

    private MinedChain(LocalChain chain, TimeSpan blockEvery)
    {
        this.chain = chain;
        hand = new ChainHand(chain.Http);
        Rpc = NewRpc();
        mining = Task.Run(() => MineAsync(blockEvery));
    }

    public EvmRpc Rpc { get; }

    public Uri Http => chain.Http;

    public int ProcessId => chain.ProcessId;

    public AddressBook Contracts { get; private set; } = null!;

    public Address Escrow => Contracts[ContractNames.Escrow].Address;

    public Address Staking => Contracts[ContractNames.Staking].Address;

    public Address Court => Contracts[ContractNames.Court].Address;

    public Address Token => Contracts[ContractNames.Token].Address;

    public bool IsHalted
    {
        get => isHalted;
        set => isHalted = value;
    }

    /// <summary>Patient as long as a transaction can still be undone, and quick to send again what is lost.</summary>
    public static TransactionSenderOptions Sending { get; } = new()
    {
        Confirmations = Depth,
        ReplaceAfter = TimeSpan.FromMilliseconds(150),
        ResendAfter = TimeSpan.FromMilliseconds(200),
        PollInterval = TimeSpan.FromMilliseconds(30),
    };

    public static async Task<MinedChain> StartAsync(
        TimeSpan blockEvery, EvmKey treasury, ValueList<Address> validators, byte quorum, uint window)
    {
        var mined = new MinedChain(
            await LocalChain.StartAsync(new LocalChainOptions { IsHalted = true }), blockEvery);
        try
        {
            var plan = new NetworkPlan(treasury.Address, treasury.Address, validators, quorum);
            plan = plan with { Terms = plan.Terms with { Window = window, AnswerWindow = window } };
            var sender = await mined.SenderAsync(treasury);
            mined.Contracts = await new NetworkDeployment(mined.Rpc, sender).RunAsync(plan);
            await sender.SendAsync(new TransactionRequest(
                mined.Token, StunToken.Calls.Approve(mined.Escrow, Limits.MoneyMax)));
            return mined;
        }
        catch
        {
            await mined.DisposeAsync();
            throw;
        }
    }

    public EvmRpc NewRpc() => new(new EvmRpcOptions(EvmNetwork.Local.ChainId, [chain.Http]));

    /// <summary>The one sender of this key, with coin to pay for what it sends.</summary>
    public Task<TransactionSender> SenderAsync(EvmKey key)
    {
        lock (senders)
        {
            if (senders.TryGetValue(key.Address, out var known)) return known;
            return senders[key.Address] = OpenAsync();
        }

        async Task<TransactionSender> OpenAsync()
        {
            await GiveGasAsync(key.Address);
            return await TransactionSender.OpenAsync(
                Rpc, key, EvmNetwork.Local, new MemorySendingJournal(), Sending);
        }
    }

    /// <summary>A gift is undone with the blocks above it as anything else is: it counts when it lies deep.</summary>
    public async Task GiveGasAsync(Address account)
    {
        using var mine = await EnterAsync();
        await hand.BalanceAsync(account, Gas);
        await hand.MineAsync(Depth);
    }

    public async Task<UInt128> AskAsync(Address contract, byte[] call) =>
        (UInt128)Contract.Answers.BalanceOf(await Rpc.CallAsync(new CallRequest(contract, call)));

    public async Task<TransactionReceipt> SendAsync(EvmKey key, Address to, byte[] call)
    {
        var sender = await SenderAsync(key);
        return await sender.SendAsync(new TransactionRequest(to, call));
    }

    /// <summary>What the chain knows of a transaction that does not come to an end.</summary>
    public async Task<string> SayAsync(Address from, SentTransaction sent)
    {
        var head = await hand.DoAsync("eth_getBlockByNumber", "latest", false);
        var used = await Rpc.GetTransactionCountAsync(from);
        var known = await hand.DoAsync("eth_getTransactionByHash", $"0x{sent.Hash}");
        var receipt = await hand.DoAsync("eth_getTransactionReceipt", $"0x{sent.Hash}");
        var balance = await Rpc.GetBalanceAsync(from);
        var pool = await hand.DoAsync("txpool_content");
        var (number, fee) = (head.GetProperty("number"), head.GetProperty("baseFeePerGas"));
        return $"nonce {sent.Nonce} of {from}, which has used {used} and has {balance} of coin; last sent as {known}, "
            + $"receipt {receipt}; in its way: {sent.Hindrance?.Message}; head {number} at fee {fee}; pool {pool}";
    }

    public async Task MineAsync(ulong blocks)
    {
        using var mine = await EnterAsync();
        await hand.MineAsync(blocks);
    }

    /// <summary>Undoes the last blocks; what was in them is forgotten.</summary>
    public async Task ReorgAsync(ulong depth)
    {
        using var mine = await EnterAsync();
        await hand.ReorgAsync(depth);
    }

    /// <summary>Takes a waiting transaction out of the pool; false if none comes.</summary>
    public async Task<bool> DropAsync(Prng dice)
    {
        using var mine = await EnterAsync();
        var waiting = await PoolAsync();
        if (waiting.Count == 0) return false;
        await hand.DoAsync("anvil_dropTransaction", waiting[dice.Below(waiting.Count)].Hash);
        return true;
    }

    /// <summary>A while in which blocks cost more than what waits was sent for; false if nothing waits.</summary>
    public async Task<bool> MakeDearAsync()
    {
        using var mine = await EnterAsync();
        var waiting = await PoolAsync();
        if (waiting.Count == 0) return false;
        var dear = waiting.Max(each => each.FeeMax) * 3;
        if (dear > 100_000_000_000) return false;
        for (var block = 0; block < 6; block++)
        {
            await hand.NextBaseFeeAsync((ulong)dear);
            await hand.MineAsync();
            await Task.Delay(60);
        }
        await hand.NextBaseFeeAsync(1_000_000_000);
        return true;
    }

    /// <summary>The chain's clock is put forward, as far as there are blocks at all.</summary>
    public async Task SkipToAsync(ulong second, CancellationToken cancel = default)
    {
        while (isHalted) await Task.Delay(20, cancel);
        using var mine = await EnterAsync();
        var head = await hand.DoAsync("eth_getBlockByNumber", "latest", false);
        if (Convert.ToUInt64(head.GetProperty("timestamp").GetString(), 16) >= second) return;
        await hand.DoAsync("evm_setNextBlockTimestamp", $"0x{second:x}");
        await hand.MineAsync();
    }

    public async Task<ulong> TimeAsync()
    {
        var head = await hand.DoAsync("eth_getBlockByNumber", "latest", false);
        return Convert.ToUInt64(head.GetProperty("timestamp").GetString(), 16);
    }

    public async ValueTask DisposeAsync()
    {
        isHalted = false;
        foreach (var sender in senders.Values) await (await sender).DisposeAsync();
        await stop.CancelAsync();
        await mining;
        await Rpc.DisposeAsync();
        hand.Dispose();
        stop.Dispose();
        turn.Dispose();
        await chain.DisposeAsync();
    }

    private async Task MineAsync(TimeSpan every)
    {
        try
        {
            while (true)
            {
                await Task.Delay(every, stop.Token);
                if (isHalted) continue;
                using var mine = await EnterAsync();
                await hand.MineAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>One hand at a time moves the chain.</summary>
    private async Task<Turn> EnterAsync()
    {
        await turn.WaitAsync(stop.Token);
        return new Turn(turn);
    }

    /// <summary>Waits a moment for something to be in the pool.</summary>
    private async Task<List<(string Hash, UInt128 FeeMax)>> PoolAsync()
    {
        for (var count = 0; count < 50; count++)
        {
            var pool = (await hand.DoAsync("txpool_content")).GetProperty("pending");
            var waiting = pool.EnumerateObject().SelectMany(account => account.Value.EnumerateObject())
                .Select(each => (each.Value.GetProperty("hash").GetString()!,
                    (UInt128)Convert.ToUInt64(each.Value.GetProperty("maxFeePerGas").GetString(), 16))).ToList();
            if (waiting.Count > 0) return waiting;
            await Task.Delay(10);
        }
        return [];
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
