using System.Text.Json;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Commands;

/// <summary>A node whose configuration names a chain, and a provider that stakes there, as processes.</summary>
public sealed class ChainNodeTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("stun-chain-node-").FullName;

    private string Data => Path.Combine(home, "data");

    private string Config => Path.Combine(home, "node.yaml");

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public async Task A_configured_node_keeps_the_book_of_its_contracts_and_a_provider_stakes_there_by_itself()
    {
        WalletScene.RequireAnvil();
        await using var chain = await LocalChain.StartAsync();
        var contracts = await PrepareAsync(chain.Http);
        await RequireRefusedAsync();
        await using var node = new SpokenProcess(home, "node", "start", "--config", Config);
        var url = (await node.LineAsync(" at http")).Split(" at ")[1].Trim();
        using var http = new HttpClient();
        var network = JsonDocument.Parse(await http.GetStringAsync(new Uri(new Uri(url), "/v1/network"))).RootElement;
        Assert.Equal($"{contracts[ContractNames.Escrow].Address}",
            network.GetProperty("terms").GetProperty("escrow").GetString());
        Assert.Equal($"{chain.Http}", network.GetProperty("chain").GetProperty("endpoint").GetString());

        var provider = WalletScene.MakeKey(home, "provider");
        await using var seller = new SpokenProcess(home, "provider", "start", "--hub", url, "--executor", "noop",
            "--offer", "price=5,cpu=1,memory=512MiB,disk=512MiB,region=eu-de,stake=1000");
        var line = await seller.LineAsync("[provider.no-stake]");
        Assert.Contains($"stun wallet stake 1000 --key provider --node {new Uri(url)}", line);
        await WalletScene.GiveGasAsync(chain.Http, provider);
        await SendAsync(chain.Http, contracts[ContractNames.Token].Address,
            StunToken.Calls.Transfer(provider, 1_500UL));
        await seller.LineAsync("1000 are at stake. [provider.staked]");
        var state = WalletScene.Read(await CommandScene.RunInAsync(
            home, "wallet", "balance", "--address", $"{provider}", "--node", url, "--json"));
        Assert.Equal(("1000", "500"),
            (state.GetProperty("stake").GetString(), state.GetProperty("wallet").GetString()));
    }

    private async Task RequireRefusedAsync()
    {
        var other = await CommandScene.RunInAsync(home, "node", "start", "--config", Config,
            "--set", "network.treasury-share=1%", "--set", "network.slash-multiple=3");
        Assert.True(other.ExitCode == 1, other.Output + other.Errors);
        Assert.Contains("[chain.terms-differ]", other.Errors);
        Assert.Contains("network.treasury-share: 10000 here, 150000 on the chain", other.Errors);
        Assert.Contains("network.slash-multiple: 3 here, 20 on the chain", other.Errors);
        var verified = await CommandScene.RunInAsync(home, "chain", "verify", Path.Combine(home, "book.json"),
            "--rpc", (await File.ReadAllTextAsync(Path.Combine(home, "rpc"))), "--config", Config);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
        Assert.Contains("The configuration agrees with them.", verified.Output);
    }

    private async Task<AddressBook> PrepareAsync(Uri chain)
    {
        WalletScene.WritePassword(home);
        Directory.CreateDirectory(Data);
        WalletScene.WritePassword(Data);
        var deployer = WalletScene.MakeKey(home, "deployer");
        var keys = new[] { "node-gateway", "node-scheduler", "node-escrow", "node-validator", "payer" }
            .ToDictionary(name => name, name => WalletScene.MakeKey(Data, name));
        await WalletScene.GiveGasAsync(chain, deployer);
        await WalletScene.GiveGasAsync(chain, keys["payer"]);
        var book = Path.Combine(home, "book.json");
        WalletScene.Read(await CommandScene.RunInAsync(home, "chain", "deploy", "--network", "local", "--rpc",
            $"{chain}", "--key", "deployer", "--validators", $"{keys["node-validator"]}", "--quorum", "1", "--treasury",
            $"{deployer}", "--out", book, "--password-file", Path.Combine(home, "password"), "--json"));
        await File.WriteAllTextAsync(Path.Combine(home, "rpc"), $"{chain}");
        await File.WriteAllTextAsync(Config, $$"""
            data-directory: data
            roles: [gateway, scheduler, escrow, validator]
            listen: { port: 0 }
            keys: { password-file: password }
            network:
              chain-id: 31337
              escrow: "{{keys["node-escrow"]}}"
              validators: ["{{keys["node-validator"]}}"]
              schedulers: ["{{keys["node-scheduler"]}}"]
              treasury: "{{deployer}}"
            chain: { network: local, contracts: book.json, rpc: ["{{chain}}"], key: payer }
            provider: { executor: noop }

            """);
        return AddressBook.Parse(await File.ReadAllTextAsync(book));
    }

    private async Task SendAsync(Uri chain, Address to, byte[] call)
    {
        using var key = WalletScene.OpenKey(home, "deployer");
        await using var rpc = new EvmRpc(new EvmRpcOptions(EvmNetwork.Local.ChainId, [chain]));
        await using var sender = await TransactionSender.OpenAsync(
            rpc, key, EvmNetwork.Local, new MemorySendingJournal());
        Assert.True((await sender.SendAsync(new TransactionRequest(to, call))).Succeeded);
    }
}
