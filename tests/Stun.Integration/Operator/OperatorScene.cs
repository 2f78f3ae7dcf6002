using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Node.Configuration;
using Stun.Node.Operator;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Following;
using Stun.Node.Operator.Policies;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Results;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Integration.Operator;

/// <summary>A chain with an operator's contract and a consumer, and nodes that answer.</summary>
internal sealed class OperatorScene : IAsyncDisposable
{
    public const ulong Fee = 10;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-operator-").FullName;
    private readonly List<ChainLane> lanes = [];
    private TransactionSender? owner;

    private OperatorScene(ChainScene chain) => Chain = chain;

    public ChainScene Chain { get; }

    public LocalOperator Local { get; private set; } = null!;

    public Address Token { get; private set; }

    public TransactionSender Owner => owner!;

    public IReadOnlyList<EvmKey> Nodes { get; private set; } = [];

    public HeldResponder Held { get; } = new();

    public List<string> Said { get; } = [];

    /// <summary>Of what this node keeps; a later life of the same node has the same.</summary>
    public string Folder => folder;

    public static async Task<OperatorScene> StartAsync(LocalChainOptions? options = null, int nodes = 1)
    {
        var scene = new OperatorScene(await ChainScene.StartAsync(options));
        scene.Nodes = [.. Enumerable.Range(0, nodes).Select(_ => EvmKey.Generate())];
        scene.owner = await scene.Chain.SenderAsync(ChainScene.Key(0));
        var made = await scene.owner.SendAsync(
            new TransactionRequest(null, StunToken.Deploy(scene.owner.Address)), Cancel);
        scene.Token = made.ContractAddress!.Value;
        scene.Local = await LocalOperator.OpenAsync(new LocalOperatorPlan(
            scene.Chain.Network, scene.Chain.Chain.Http, scene.Chain.Rpc, scene.owner, scene.Token,
            [.. scene.Nodes.Select(key => key.Address)]), ChainScene.Key(1), Cancel);
        await scene.Local.FundAsync(new Amount(1_000_000), Cancel);
        return scene;
    }

    /// <param name="name">Which life of which node.</param>
    public async Task<ChainLane> NodeAsync(
        int node = 0, Func<LanePlan, LanePlan>? with = null, OperatorRules? rules = null, string name = "node",
        Func<DeskPlan, DeskPlan>? desk = null)
    {
        var answers = new DeskPlan(
            new OperatorPolicy(rules ?? new OperatorRules(), TimeProvider.System),
            new FeeSchedule.Listed(new Amount(Fee), new Dictionary<string, Amount>()),
            new Dictionary<string, IResponder>
            {
                ["ping"] = new PingResponder(),
                ["echo"] = new EchoResponder(),
                ["held"] = Held,
            },
            new ResultShelf(Path.Combine(folder, "results"), 1 << 20), (_, _, _) => Task.FromResult<byte[]?>(null));
        var plan = new LanePlan(Local.Settings, Nodes[node], new RequestDesk(desk?.Invoke(answers) ?? answers),
            Path.Combine(folder, $"{name}-{node}"))
        {
            LookEvery = TimeSpan.FromMilliseconds(100),
            AgainAfter = TimeSpan.FromMilliseconds(5),
            Say = (code, _) =>
            {
                lock (Said) Said.Add(code);
            },
        };
        var lane = await ChainLane.StartAsync(with?.Invoke(plan) ?? plan, Cancel);
        lanes.Add(lane);
        return lane;
    }

    public Task<Digest> AskAsync(string service, string data, ulong payment = 25) =>
        Local.AskAsync(service, data, "", "", "", new Amount(payment), Cancel);

    /// <summary>A request by an account, which can write any pairs and have anybody called back.</summary>
    /// <param name="pairs">In CBOR.</param>
    /// <param name="contract">Null for the scene's own.</param>
    public Task<TransactionReceipt> AskDirectlyAsync(
        ulong nonce, Address callback, byte[] pairs, ulong payment = 25, Address? contract = null,
        TransactionSender? asks = null)
    {
        var request = OperatorContract.Calls.OracleRequest(
            Address.Zero, 0UL, new Digest(1, 2, 3, 4), callback,
            [0xc2, 0xfb, 0x85, 0x23], nonce, 1UL,
            ValueList.Create<byte>(pairs));
        return (asks ?? owner!).SendAsync(new TransactionRequest(Token, StunToken.Calls.TransferAndCall(
            contract ?? Local.Contract, payment, ValueList.Create<byte>(request))), Cancel);
    }

    /// <summary>Another contract of the same token, which has the same nodes.</summary>
    /// <param name="code">With its arguments.</param>
    public async Task<Address> AlsoAsync(byte[] code)
    {
        var made = await owner!.SendAsync(new TransactionRequest(null, code), Cancel);
        await owner.SendAsync(new TransactionRequest(made.ContractAddress!.Value,
            OperatorContract.Calls.SetAuthorizedSenders([.. Nodes.Select(key => key.Address)])), Cancel);
        return made.ContractAddress.Value;
    }

    /// <summary>As there were before: what is left waits until it is paid out.</summary>
    public Task<Address> LegacyAsync() => AlsoAsync(
    [
        .. ChainScene.Code("LegacyOperator"), .. new byte[12], .. Bytes(Token), .. new byte[12],
        .. Bytes(Owner.Address),
    ]);

    private static byte[] Bytes(Address account)
    {
        var bytes = new byte[Address.Size];
        account.Write(bytes);
        return bytes;
    }

    /// <summary>The chain's clock goes on, and so does the chain.</summary>
    public async Task PassAsync(int seconds)
    {
        await Chain.Hand.IncreaseTimeAsync(seconds);
        await Chain.Hand.MineAsync();
    }

    public bool HasSaid(string code)
    {
        lock (Said) return Said.Contains(code);
    }

    public async Task<string> AnswerAsync(Digest request, int seconds = 30)
    {
        byte[] answer = [];
        await ChainScene.UntilAsync(async () => (answer = await Local.AnswerAsync(request, Cancel)).Length > 0,
            $"the answer ({string.Join(", ", Said)})", seconds);
        return System.Text.Encoding.UTF8.GetString(answer);
    }

    public async Task<ulong> CoinsAsync(Address account) => (ulong)await Local.BalanceAsync(account, Cancel);

    public Task<ulong> SentCountAsync(int node = 0) =>
        Chain.Rpc.GetTransactionCountAsync(Nodes[node].Address, BlockTag.Latest, Cancel);

    public Task<IReadOnlyList<EvmLog>> LogsAsync(Digest topic) => LogsAsync(topic, Cancel);

    private async Task<IReadOnlyList<EvmLog>> LogsAsync(Digest topic, CancellationToken cancel)
    {
        var head = await Chain.Rpc.GetBlockNumberAsync(cancel);
        return await Chain.Rpc.GetLogsAsync(new LogFilter([Local.Contract], [[topic]]), 0, head, cancel);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Held.Release();
        foreach (var lane in lanes) await lane.DisposeAsync();
        await Local.DisposeAsync();
        await owner!.DisposeAsync();
        await Chain.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Works until it is let go.</summary>
internal sealed class HeldResponder : IResponder
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int begun, cancelled;

    public int Begun => Volatile.Read(ref begun);

    public int Cancelled => Volatile.Read(ref cancelled);

    public void Release() => released.TrySetResult();

    public async Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel)
    {
        Interlocked.Increment(ref begun);
        try
        {
            await released.Task.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref cancelled);
            throw;
        }
        return new Found.Plain(inquiry.Data.ToArray());
    }
}
