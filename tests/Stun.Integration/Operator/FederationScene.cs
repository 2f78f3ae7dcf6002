using System.Reflection;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Execution.Tools;
using Stun.Integration.Chains;
using Stun.Integration.Commands;
using Stun.Node.Operator;

namespace Stun.Integration.Operator;

/// <summary>
/// Two institutes that have a chain and one file in common: each has its own directory, keys, configuration and
/// process. Beside them a contract that names nodes and a quorum.
/// </summary>
internal sealed class FederationScene : IAsyncDisposable
{
    public const ulong Fee = 10, Payment = 25;

    private static readonly string[] Roles = ["gateway", "scheduler", "escrow", "validator", "operator"];

    private readonly Dictionary<string, SpokenProcess> running = [];
    private TransactionSender? user;

    private FederationScene(ChainScene chain) => Chain = chain;

    public ChainScene Chain { get; }

    public string Home { get; } = Directory.CreateTempSubdirectory("stun-federation-").FullName;

    public string Rpc => $"{Chain.Chain.Http}";

    /// <summary>Where the contract's owner has the file. Institutes get copies.</summary>
    public string File => Path.Combine(Home, "federation.json");

    public Federation Federation => Federation.Load(File);

    public Address Token { get; private set; }

    public Address Consumer { get; private set; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A chain with a token, and an owner of a contract that is not there yet.</summary>
    public static async Task<FederationScene> StartAsync()
    {
        var scene = new FederationScene(await ChainScene.StartAsync());
        WalletScene.WritePassword(scene.Home);
        var owner = WalletScene.MakeKey(scene.Home, "owner");
        await WalletScene.GiveGasAsync(scene.Chain.Chain.Http, owner);
        scene.user = await scene.Chain.SenderAsync(ChainScene.Key(0));
        var made = await scene.user.SendAsync(
            new TransactionRequest(null, StunToken.Deploy(scene.user.Address)), Cancel);
        scene.Token = made.ContractAddress!.Value;
        return scene;
    }

    public string Folder(string institute) => Path.Combine(Home, institute);

    /// <summary>An institute's own place: its keys, and gas for the one that answers.</summary>
    public async Task<Address> FoundAsync(string institute)
    {
        var data = Path.Combine(Folder(institute), "data");
        Directory.CreateDirectory(data);
        WalletScene.WritePassword(data);
        var keys = Roles.ToDictionary(role => role, role => WalletScene.MakeKey(data, $"node-{role}"));
        await WalletScene.GiveGasAsync(Chain.Chain.Http, keys["operator"]);
        await System.IO.File.WriteAllTextAsync(Path.Combine(Folder(institute), "node.yaml"), $$"""
            data-directory: data
            roles: [{{string.Join(", ", Roles)}}]
            listen: { port: 0 }
            keys: { password-file: data/password }
            network:
              chain-id: 31337
              escrow: "{{keys["escrow"]}}"
              validators: ["{{keys["validator"]}}"]
              schedulers: ["{{keys["scheduler"]}}"]
              treasury: "{{keys["gateway"]}}"
            provider: { executor: noop }
            operator:
              federations: [federation.json]
              fee: {{Fee}}
              chains:
                - { network: local, rpc: ["{{Rpc}}"] }

            """, Cancel);
        return keys["operator"];
    }

    /// <summary>All that one institute tells the other.</summary>
    public void HandOver(string institute) =>
        System.IO.File.Copy(File, Path.Combine(Folder(institute), "federation.json"), overwrite: true);

    public string[] NodeWords(string institute) =>
        ["node", "start", "--config", Path.Combine(Folder(institute), "node.yaml")];

    public async Task StartNodeAsync(string institute)
    {
        var node = new SpokenProcess(Folder(institute), NodeWords(institute));
        running[institute] = node;
        await node.LineAsync(" at http");
    }

    /// <summary>Without a word, as machines die.</summary>
    public async Task KillNodeAsync(string institute)
    {
        await using var node = running[institute];
        running.Remove(institute);
        await node.KillAsync();
    }

    public string SaidBy(string institute) => running[institute].Said;

    /// <summary>A verb of <c>stun operator</c>, by the contract's owner.</summary>
    public Task<ToolResult> RunAsync(params string[] words) => CommandScene.RunInAsync(Home,
        ["operator", .. words, "--rpc", Rpc,
            .. (string[])(words[0] == "show" ? [] : ["--key", "owner", "--password-file", $"{Home}/password"])]);

    public Task<ToolResult> DeployAsync(params string[] words) =>
        RunAsync(["deploy", "--network", "local", "--token", $"{Token}", "--out", File, .. words]);

    /// <summary>A contract that asks the federation's, and has coins to do it.</summary>
    public async Task<Address> MakeConsumerAsync()
    {
        var made = await user!.SendAsync(new TransactionRequest(null, Code("QuorumConsumer")), Cancel);
        Consumer = made.ContractAddress!.Value;
        await CallAsync(Consumer, "initialize(address,address)",
            new AbiValue.Account(Federation.Contract), new AbiValue.Account(Token));
        await user.SendAsync(new TransactionRequest(Token, StunToken.Calls.Transfer(Consumer, 1_000UL)), Cancel);
        return Consumer;
    }

    /// <summary>A contract that says nothing of nodes, and has coins.</summary>
    public async Task<Address> MakePlainConsumerAsync()
    {
        var made = await user!.SendAsync(new TransactionRequest(null, ExampleConsumer.Deploy()), Cancel);
        var plain = made.ContractAddress!.Value;
        var begun = await user.SendAsync(new TransactionRequest(plain, ExampleConsumer.Calls.Initialize(
            Federation.Contract, LocalOperator.SpecName, Payment, Token)), Cancel);
        Assert.True(begun.Succeeded);
        await user.SendAsync(new TransactionRequest(Token, StunToken.Calls.Transfer(plain, 1_000UL)), Cancel);
        return plain;
    }

    /// <summary>The plain consumer asks, and is called back by whichever node is first.</summary>
    public async Task<string> AskPlainlyAsync(Address plain, string data)
    {
        var receipt = await user!.SendAsync(new TransactionRequest(
            plain, ExampleConsumer.Calls.DoRequest("echo", data, "", "", "")), Cancel);
        var request = RequestIn(receipt);
        byte[] answer = [];
        await ChainScene.UntilAsync(async () => (answer = [.. ExampleConsumer.Answers.Results(
            await Chain.Rpc.CallAsync(new CallRequest(plain, ExampleConsumer.Calls.Results(request)), default, Cancel))
            .Span]).Length > 0, "the answer to a plain request", 60);
        return System.Text.Encoding.UTF8.GetString(answer);
    }

    /// <returns>The request's id.</returns>
    public async Task<Digest> AskAsync(string data, string nodes, string quorum)
    {
        var receipt = await CallAsync(Consumer, "ask(string,string,string,string,uint256)",
            new AbiValue.Text("echo"), new AbiValue.Text(data), new AbiValue.Text(nodes), new AbiValue.Text(quorum),
            new AbiValue.Number(Payment));
        return RequestIn(receipt);
    }

    public async Task<string> AnswerAsync(Digest request, int seconds = 60)
    {
        var answer = "";
        await ChainScene.UntilAsync(async () => (answer = await KnownAsync(request)).Length > 0,
            $"the answer ({string.Join('\n', running.Values.Select(node => node.Said))})", seconds);
        return answer;
    }

    /// <summary>Empty before the consumer was called back.</summary>
    public async Task<string> KnownAsync(Digest request) => System.Text.Encoding.UTF8.GetString(
        ((AbiValue.Bytes)(await ViewAsync("results(bytes32)", "bytes", request))[0]).Value.Span);

    public async Task<ulong> TimesAnsweredAsync(Digest request) =>
        (ulong)((AbiValue.Number)(await ViewAsync("answered(bytes32)", "uint256", request))[0]).Value;

    public async Task<int> VotesAsync(Digest request) => Stun.Chain.Evm.Contracts.Operator.Answers.PollOf(
        await Chain.Rpc.CallAsync(new CallRequest(Federation.Contract,
            Stun.Chain.Evm.Contracts.Operator.Calls.PollOf(request)), default, Cancel)).Voted.Count;

    public async Task<ulong> CoinsAsync(Address account) => (ulong)StunToken.Answers.BalanceOf(
        await Chain.Rpc.CallAsync(new CallRequest(Token, StunToken.Calls.BalanceOf(account)), default, Cancel));

    public async Task<ulong> ShareAsync(Address node) => (ulong)Stun.Chain.Evm.Contracts.Operator.Answers.Shares(
        await Chain.Rpc.CallAsync(new CallRequest(
            Federation.Contract, Stun.Chain.Evm.Contracts.Operator.Calls.Shares(node)), default, Cancel));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in running.Values) await node.DisposeAsync();
        if (user is not null) await user.DisposeAsync();
        await Chain.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    private async Task<TransactionReceipt> CallAsync(Address to, string signature, params AbiValue[] values)
    {
        var receipt = await user!.SendAsync(
            new TransactionRequest(to, AbiSignature.Parse(signature).EncodeCall([.. values])), Cancel);
        Assert.True(receipt.Succeeded, signature);
        return receipt;
    }

    private async Task<ValueList<AbiValue>> ViewAsync(string signature, string type, Digest request) =>
        AbiCodec.Decode([AbiType.Parse(type)], await Chain.Rpc.CallAsync(new CallRequest(Consumer,
            AbiSignature.Parse(signature).EncodeCall([new AbiValue.Bytes(BytesOf(request))])), default, Cancel));

    private static Digest RequestIn(TransactionReceipt receipt) =>
        receipt.Logs.Select(log => ExampleConsumer.Event.TryDecode(log.ToAbi()))
            .OfType<ExampleConsumer.Event.ChainlinkRequested>().Single().Id;

    /// <summary>A contract of the folder beside this file.</summary>
    public static byte[] Code(string name)
    {
        using var stream = Assembly.GetExecutingAssembly()
            .GetManifestResourceStream($"Stun.Integration.Operator.Contracts.{name}.hex")!;
        using var reader = new StreamReader(stream);
        return Convert.FromHexString(reader.ReadToEnd().ReplaceLineEndings(""));
    }

    public static ValueList<byte> BytesOf(Digest digest)
    {
        var bytes = new byte[Digest.Size];
        digest.Write(bytes);
        return ValueList.Create<byte>(bytes);
    }
}
