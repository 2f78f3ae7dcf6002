using Stun.Node;
using Stun.Node.Configuration;

namespace Stun.Tests.Operator;

/// <summary>What an owner says of the role, and what makes no sense.</summary>
public sealed class OperatorSettingsTests : IDisposable
{
    private const string An = "0x8ba1f109551bd432803012645ac136ddd64dba72";

    private const string Image = "docker://r.example/m@sha256:"
        + "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    private const string Network = $"""
        network:
          chain-id: 31337
          escrow: {An}
          validators: [{An}]
          schedulers: [{An}]
          treasury: {An}

        """;

    private const string Whole = $$"""
        roles: [gateway, scheduler, operator]
        operator:
          chains:
            - {network: base, rpc: ["https://a.example/k"], contract: {{An}}, first-block: 7}
            - {network: "local:5", rpc: ["http://b.example"], contract: {{An}}, legacy: true}
          jobs: [a3fa982792ad486785be5d89ac333ab5]
          callers: [{{An}}]
          fee: 10
          fees: listed
          built-in: [ping, util/http]
          http-hosts: [api.example.com, "*.example.org:8443"]
          containers:
            - {name: m, image: "{{Image}}", command: [/bin/m, -x], verify: "redundant:2/3", fee: 20}
          models:
            - {name: ai/chat, url: "http://127.0.0.1:1/v1", model: small, key-variable: THE_KEY}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Everything_that_is_said_arrives()
    {
        var read = Load(Whole).Operator!;
        Assert.Equal([8453UL, 5UL], read.Chains.Select(chain => chain.Network.ChainId));
        Assert.Equal((7UL, false), (read.Chains[0].FirstBlock, read.Chains[0].IsLegacy));
        Assert.Equal((null, true), (read.Chains[1].FirstBlock, read.Chains[1].IsLegacy));
        Assert.Equal(["a3fa982792ad486785be5d89ac333ab5"], read.Rules.Specs);
        Assert.Equal(["ping", "util/http"], read.BuiltIn);
        Assert.Equal(new FeeSettings(FeeKind.Listed, new Amount(10)), read.Fees);
        var container = Assert.Single(read.Containers);
        Assert.Equal(("m", Image, "redundant:2/3", new Amount(20)),
            (container.Name, container.Image, container.Verify, container.Fee!.Value));
        Assert.Equal(["/bin/m", "-x"], container.Command);
        Assert.Equal(("ai/chat", "THE_KEY", null), (read.Models[0].Name, read.Models[0].KeyVariable,
            read.Models[0].Fee));
        Assert.DoesNotContain("https://a.example/k", $"{read}");
        Assert.DoesNotContain(Load(Whole).Values, value => value.Value.Contains("a.example"));
    }

    [Fact]
    public void A_node_without_the_role_has_none() =>
        Assert.Null(Load("roles: [gateway, scheduler]\n").Operator);

    [Theory]
    [InlineData("operator]", "gateway]", "operator.chains", "no role operator")]
    [InlineData("roles: [gateway, ", "roles: [", "operator.containers", "gateway")]
    [InlineData("name: ai/chat", "name: m", "operator.models.0.name", "something else")]
    [InlineData("name: m,", "name: container-pull,", "operator.containers.0.name", "something else")]
    [InlineData("http-hosts: [api.example.com, \"*.example.org:8443\"]", "fee: 3", "operator.built-in", "http-hosts")]
    [InlineData("api.example.com", "\"http://x\"", "operator.http-hosts", "host")]
    [InlineData("@sha256:5f70bf18a0", "@sha256:", "operator.containers.0.image", "digest")]
    [InlineData("docker://r.example/m@", "docker://r.example/m:1 ", "operator.containers.0.image", "digest")]
    [InlineData("redundant:2/3", "zk", "operator.containers.0.verify", "redundant")]
    [InlineData("key-variable: THE_KEY", "key-file: nothing-here", "operator.models.0.key-file", "no file")]
    [InlineData("network: base", "network: moon", "operator.chains.0.network", "moon")]
    public void What_makes_no_sense_is_said_with_its_place(string part, string other, string key, string words)
    {
        var text = Whole.Replace(part, other);
        if (other == "fee: 3") text = text.Replace("  fee: 10\n", "");
        var faults = Assert.Throws<NodeException>(() => Load(text)).Faults;
        Assert.Contains(faults, fault => fault.Key == key && fault.Message.Contains(words));
    }

    [Fact]
    public void A_file_of_a_federation_gives_a_chain_and_an_entry_says_how_it_is_reached()
    {
        Write("f.json", "base", 8453, "\"endpoints\": [\"https://shared.example\"],");
        var alone = Assert.Single(Load(Federated("[f.json]")).Operator!.Chains);
        Assert.Equal((8453UL, An, "https://shared.example", Path.Combine(folder, "f.json")),
            (alone.Network.ChainId, $"{alone.Contract}", alone.Rpc[0], alone.FederationFile));
        Assert.Equal((null, false, 200_000UL, Token), (alone.FirstBlock, alone.IsLegacy, alone.CallbackGas,
            $"{alone.Token}"));
        foreach (var contract in (string[])["", $", contract: \"{An}\""])
        {
            var own = Assert.Single(Load(Federated("[f.json]",
                $"{{network: base, rpc: [\"https://own.example\"], first-block: 9, callback-gas: 5{contract}}}"))
                .Operator!.Chains);
            Assert.Equal((An, Token, 9UL, 5UL), ($"{own.Contract}", $"{own.Token}", own.FirstBlock, own.CallbackGas));
            Assert.Equal(["https://own.example"], own.Rpc);
        }
        Write("g.json", "local:5", 5, "");
        var two = Load(Federated("[f.json, g.json]",
            "{network: \"local:5\", rpc: [\"http://own.example\"], callback-gas: 5}")).Operator!.Chains;
        Assert.Equal([(5UL, 5UL, "http://own.example"), (8453UL, 200_000UL, "https://shared.example")],
            two.Select(chain => (chain.Network.ChainId, chain.CallbackGas, chain.Rpc[0])));
    }

    [Theory]
    [InlineData("[f.json]", "", "operator.federations", "names no endpoint")]
    [InlineData("[none.json]", "", "operator.federations", "no file")]
    [InlineData("[bad.json]", "", "contract", "no address")]
    [InlineData("[f.json]", "{network: arbitrum, rpc: [\"http://a.example\"]}", "operator.chains.0.contract",
        "no file")]
    [InlineData("[]", "{network: base, rpc: [\"http://a.example\"]}", "operator.chains.0.contract", "missing")]
    [InlineData("[f.json, h.json]", "{network: base, rpc: [\"http://a.example\"]}", "operator.chains.0.contract",
        "Name one")]
    [InlineData("[f.json]", "{network: base, rpc: [\"http://a.example\"], contract: \"" + Token + "\"}",
        "operator.federations", "one contract on each chain")]
    public void A_federation_that_cannot_be_followed_is_refused(string files, string entry, string key, string words)
    {
        Write("f.json", "base", 8453, "");
        Write("h.json", "base", 8453, "");
        File.WriteAllText(Path.Combine(folder, "h.json"), File.ReadAllText(Path.Combine(folder, "h.json")).Replace(
            An, "0x1111111111111111111111111111111111111111"));
        File.WriteAllText(Path.Combine(folder, "bad.json"),
            File.ReadAllText(Path.Combine(folder, "f.json")).Replace(An, "0x12"));
        var faults = Assert.Throws<NodeException>(() => Load(Federated(files, entry))).Faults;
        Assert.Contains(faults, fault => fault.Key == key && fault.Message.Contains(words));
    }

    [Fact]
    public void A_node_without_the_role_follows_no_federation()
    {
        Write("f.json", "base", 8453, "\"endpoints\": [\"https://shared.example\"],");
        var faults = Assert.Throws<NodeException>(
            () => Load(Federated("[f.json]").Replace(", operator]", "]"))).Faults;
        Assert.Contains(faults, fault => fault.Key == "operator.federations" && fault.Message.Contains("no role"));
    }

    private const string Token = "0x2abeb7afc86612a6d9a1727abc677270adc2422a";

    private static string Federated(string files, string entry = "") => $"""
        roles: [gateway, scheduler, operator]
        operator:
          federations: {files}
          chains: [{entry}]

        """;

    private void Write(string name, string network, ulong id, string more) =>
        File.WriteAllText(Path.Combine(folder, name), $$"""
            {"version": 1, "network": "{{network}}", "chainId": {{id}}, {{more}}
             "contract": "{{An}}", "token": "{{Token}}", "nodes": []}
            """);

    private NodeConfiguration Load(string text)
    {
        var file = Path.Combine(folder, "node.yaml");
        File.WriteAllText(file, text + Network);
        return NodeConfiguration.Load(new ConfigurationSources(file, new Dictionary<string, string>(), []));
    }
}
