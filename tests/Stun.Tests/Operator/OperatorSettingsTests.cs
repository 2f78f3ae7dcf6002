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

    private NodeConfiguration Load(string text)
    {
        var file = Path.Combine(folder, "node.yaml");
        File.WriteAllText(file, text + Network);
        return NodeConfiguration.Load(new ConfigurationSources(file, new Dictionary<string, string>(), []));
    }
}
