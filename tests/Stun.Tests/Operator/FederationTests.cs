using System.Text;
using Stun.Chain.Evm.Networks;
using Stun.Node;
using Stun.Node.Operator;

namespace Stun.Tests.Operator;

/// <summary>The file that institutes exchange: written, read strictly, changed.</summary>
public sealed class FederationTests
{
    private const string A = "0x8ba1f109551bd432803012645ac136ddd64dba72";
    private const string B = "0x2abeb7afc86612a6d9a1727abc677270adc2422a";
    private const string C = "0x7c2e0e489493e487903941f399a0255c4c170c91";
    private const string D = "0x1111111111111111111111111111111111111111";

    private const string Whole = $$"""
        {
          "version": 1,
          "network": "base",
          "chainId": 8453,
          "contract": "{{A}}",
          "token": "{{B}}",
          "block": 7,
          "endpoints": [
            "https://chain.example"
          ],
          "nodes": [
            {
              "name": "north",
              "address": "{{C}}",
              "door": "https://north.example"
            },
            {
              "name": "south",
              "address": "{{D}}"
            }
          ]
        }

        """;

    [Fact]
    public void What_is_written_is_read_and_written_again_alike()
    {
        var read = Read(Whole);
        Assert.Equal((EvmNetwork.Base, 7UL), (read.Network, read.Block!.Value));
        Assert.Equal((A, B), ($"{read.Contract}", $"{read.Token}"));
        Assert.Equal(["https://chain.example"], read.Endpoints);
        Assert.Equal([("north", "https://north.example/"), ("south", null)],
            read.Nodes.Select(node => (node.Name, node.Door?.ToString())));
        Assert.Equal(Whole, read.Write());
        var small = read with { Block = null, Endpoints = [], Nodes = [], Network = EvmNetwork.LocalOf(777) };
        Assert.Equal(small, Read(small.Write()));
        Assert.DoesNotContain("chain.example", $"{read}");
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version", "It is 2")]
    [InlineData("\"version\": 1,", "", "version", "missing")]
    [InlineData("\"network\": \"base\"", "\"network\": \"moon\"", "network", "moon")]
    [InlineData("8453", "1", "chainId", "One of them is wrong")]
    [InlineData("8453", "\"8453\"", "chainId", "no whole number")]
    [InlineData("8453", "-1", "chainId", "no whole number")]
    [InlineData("\"block\": 7", "\"block\": 7.5", "block", "no whole number")]
    [InlineData("\"block\": 7", "\"blok\": 7", "blok", "no such key")]
    [InlineData("\"door\"", "\"dor\"", "nodes[0].dor", "no such key")]
    [InlineData("\"" + A + "\"", "\"0x00\"", "contract", "no address")]
    [InlineData("\"" + A + "\"", "\"0x0000000000000000000000000000000000000000\"", "contract", "no address")]
    [InlineData("\"" + A + "\"", "\"0x8Ba1f109551bd432803012645ac136ddd64dba72\"", "contract", "capitals")]
    [InlineData("\"" + A + "\"", "7", "contract", "no text")]
    [InlineData(B, A, "token", "contract as well")]
    [InlineData("https://chain.example", "ftp://chain.example", "endpoints[0]", "http")]
    [InlineData("https://north.example", "north", "nodes[0].door", "http")]
    [InlineData("\"south\"", "\"north\"", "nodes[1].name", "another node")]
    [InlineData("\"south\"", "\"so uth\"", "nodes[1].name", "no name")]
    [InlineData(D, C, "nodes[1].address", "twice")]
    [InlineData("\"version\": 1,", "\"version\": 1, \"block\": 9,", "", "twice")]
    [InlineData("\"version\": 1,", "\"version\": 1, // so", "", "no JSON")]
    public void What_is_wrong_is_said_with_its_place(string part, string other, string place, string words)
    {
        Assert.Contains(part, Whole);
        var refused = Assert.Throws<NodeException>(() => Read(Whole.Replace(part, other)));
        Assert.Equal("federation.form", refused.Code);
        Assert.Contains(refused.Faults, fault => fault.Key == place && fault.Message.Contains(words)
            && $"{fault.Origin}".StartsWith("f.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_and_a_line_that_is_no_JSON_by_its_number()
    {
        var several = Assert.Throws<NodeException>(() => Read(Whole.Replace(A, "0x1").Replace("base", "moon")));
        Assert.Equal(["network", "contract"], several.Faults.Select(fault => fault.Key));
        var cut = Whole.IndexOf("\"token\"", StringComparison.Ordinal);
        var torn = Assert.Throws<NodeException>(() => Read(Whole[..cut]));
        Assert.Contains("f.json:6:", torn.Message);
        Assert.Throws<NodeException>(() => Read("[]"));
        Assert.Throws<NodeException>(() => Read(""));
        Assert.Throws<NodeException>(() => Read(Whole + new string(' ', 65_536)));
        var many = string.Join(',', Enumerable.Range(0, 65).Select(
            index => $$"""{"name":"n{{index}}","address":"0x{{index + 1:x40}}"}"""));
        Assert.Contains("at most 64", Assert.Throws<NodeException>(() => Read($$"""
            {"version":1,"network":"base","chainId":8453,"contract":"{{A}}","token":"{{B}}","nodes":[{{many}}]}
            """)).Message);
    }

    [Fact]
    public void A_file_that_is_not_there_and_one_that_is_saved_over_another()
    {
        var folder = Directory.CreateTempSubdirectory("stun-federation-").FullName;
        try
        {
            var file = Path.Combine(folder, "deeper", "f.json");
            Assert.Equal("federation.no-file", Assert.Throws<NodeException>(() => Federation.Load(file)).Code);
            var read = Read(Whole);
            read.Save(file);
            (read with { Block = 8 }).Save(file);
            Assert.Equal(8UL, Federation.Load(file).Block);
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Nodes_come_and_go_and_neither_name_nor_address_is_ever_two_nodes()
    {
        var read = Read(Whole);
        var (north, south) = (read.Nodes[0], read.Nodes[1]);
        Assert.Equal(read, read.With(south));
        // Somebody who says nothing of the door takes none away.
        Assert.Equal(read, read.With(north with { Door = null }));
        var door = new Uri("https://south.example");
        Assert.Equal([north, south with { Door = door }], read.With(south with { Door = door }).Nodes);
        Assert.Equal([south], read.Without(north.Address).Nodes);
        Assert.Equal("federation.taken",
            Assert.Throws<NodeException>(() => read.With(south with { Name = "north" })).Code);
        Assert.Equal("federation.taken",
            Assert.Throws<NodeException>(() => read.With(south with { Name = "west" })).Code);
    }

    private static Federation Read(string text) => FederationReader.Read(Encoding.UTF8.GetBytes(text), "f.json");
}
