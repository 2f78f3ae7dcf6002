using Stun.Node;
using Stun.Node.Configuration;
using Stun.Node.Settings;

namespace Stun.Tests.Configuration;

/// <summary>A node's configuration: layers, sources, everything that is wrong at once, and its reference.</summary>
public sealed class NodeConfigurationTests : IDisposable
{
    private static readonly ReferenceDocument Document = new("docs/reference/configuration.md");

    private readonly string folder = Directory.CreateTempSubdirectory("stun-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_example_of_the_reference_is_a_configuration()
    {
        var read = Load(Document.Examples()[0]);
        Assert.Equal([NodeRole.Scheduler, NodeRole.Provider], read.Roles);
        Assert.Equal(Path.Combine(folder, "stun-data"), read.DataDirectory);
        Assert.Equal(new ListenSettings("0.0.0.0", 7800, null, null, "https://node.example"), read.Listen);
        Assert.Equal(3, read.Network.Quorum);
        Assert.Equal(Duration.Seconds(120), read.Network.DisputeWindow);
        Assert.Equal(Duration.Seconds(600), read.Network.DisputeTimeout);
        Assert.Equal(31_337UL, read.Network.Domain.ChainId);
        Assert.Equal([new HubSettings("wss://hub.example/v1/node", null)], read.Hubs);
        Assert.Equal(
            [
                new OfferSettings(new Amount(250),
                    new Hardware(GpuModel.Any, 0, 0, 0, 16_000, 65_536, 204_800), Region.Parse("eu-de"), new Amount(1)),
            ],
            read.Provider.Offers);
        Assert.Equal("debug", read.Telemetry.LogLevel);
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_that_over_the_file_and_each_value_knows_its_source()
    {
        var read = Load(Document.Examples()[0],
            new() { ["STUN_LISTEN_PORT"] = "1", ["STUN_STORE_SHARD"] = "env", ["STUN_PROVIDER_OFFERS_0_CPU"] = "8" },
            "listen.port=2", "provider.offers.0.disk=1GiB");
        Assert.Equal(2, read.Listen.Port);
        Assert.Equal("env", read.Store.Shard);
        Assert.Equal(8_000U, read.Provider.Offers[0].Hardware.CpuMillis);
        Assert.Equal(1_024U, read.Provider.Offers[0].Hardware.DiskMiB);
        Assert.Equal("--set listen.port", SourceOf(read, "listen.port"));
        Assert.Equal("STUN_STORE_SHARD", SourceOf(read, "store.shard"));
        Assert.Equal("node.yaml:3:20", SourceOf(read, "listen.address"));
        Assert.Equal("default", SourceOf(read, "limits.connections"));
        Assert.Equal("STUN_PROVIDER_OFFERS_0_CPU", SourceOf(read, "provider.offers.0.cpu"));
        Assert.Equal("64GiB", read.Values.Single(value => value.Key == "provider.offers.0.memory").Value);
    }

    [Fact]
    public void Models_of_others_are_read_with_their_names_prices_and_quotas()
    {
        const string Models = """
            models:
              outside:
                - { name: one, url: "https://models.example/v1", models: [a, b=x/B-2], price-per-million-in: 5 }
                - { name: two, url: "http://10.0.0.7/v1", models: [c], at-once: 3, paths: [chat, responses] }
              per-key: { requests-per-minute: 60 }
              accounts:
                - { address: "0x8ba1f109551bd432803012645ac136ddd64dba72", spend-per-day: 7 }
            """;
        var text = Document.Examples()[0].Replace(
            "roles: [scheduler, provider]", "roles: [gateway, scheduler, provider]", StringComparison.Ordinal);
        var read = Load($"{text}\n{Models}\n").Models;
        Assert.Equal([new OutsideModel("a", "a"), new OutsideModel("b", "x/B-2")], read.Outside[0].Models);
        Assert.Equal(new Amount(5), read.Outside[0].Prices.PerMillionIn);
        Assert.Equal((3U, Duration.Seconds(120)), (read.Outside[1].AtOnce, read.Outside[1].Within));
        Assert.Equal(["chat", "responses"], read.Outside[1].Paths);
        Assert.Equal(new ModelQuota(RequestsPerMinute: 60), read.PerKey);
        Assert.Equal(new ModelQuota(), read.PerAccount);
        Assert.Equal(new ModelQuota(SpendPerDay: new Amount(7)), read.Accounts[0].Quota);

        Assert.Contains("role gateway", Refused($"{Document.Examples()[0]}\n{Models}\n"), StringComparison.Ordinal);
        foreach (var (from, to, word) in ((string, string, string)[])
        [
            ("models: [c]", "models: [a]", "costs something else"), ("name: two", "name: one", "another provider"),
            ("models: [c]", "models: [c, \"a b\"]", "a name of at most"), ("paths: [chat", "paths: [chats", "chat"),
            ("at-once: 3", "key-file: node.yaml, key-variable: K", "Give one of them"),
        ])
            Assert.Contains(word, Refused($"{text}\n{Models.Replace(from, to, StringComparison.Ordinal)}\n"),
                StringComparison.Ordinal);
    }

    private string Refused(string text) => Assert.Throws<NodeException>(() => Load(text)).Message;

    [Fact]
    public void Lists_are_replaced_as_a_whole_and_can_be_emptied()
    {
        var text = Document.Examples()[0] + "# end\n";
        text = text.Replace("  driver: crun", "  driver: crun\n  egress-may-reach: [10.0.0.0/8, 10.1.0.0/16]");
        Assert.Equal(2, Load(text).Provider.EgressMayReach.Count);
        Assert.Equal(["192.168.0.0/16"], Load(text, [], "provider.egress-may-reach=192.168.0.0/16")
            .Provider.EgressMayReach);
        Assert.Empty(Load(text, new() { ["STUN_PROVIDER_EGRESS_MAY_REACH"] = "[]" }).Provider.EgressMayReach);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_each_with_its_source()
    {
        const string Text = """
            roles: [provider, sheduler]
            listne: { port: 1 }
            listen:
              port: 99999
              tls-key: gone.pem
            store: { connection: "Password=hidden" }
            network:
              chain-id: 1
              escrow: "0x00000000000000000000000000000000000000e5"
              validators: ["0x0000000000000000000000000000000000000001"]
              quorum: 2
              treasury-share: 99%
            provider:
              offers:
                - { cpu: 1, memory: 1GiB, disk: 1GiB, gpu-model: H100 }

            """;
        var failure = Assert.Throws<NodeException>(() => Load(Text,
            new() { ["STUN_LISTEN_ADRESS"] = "::", ["STUN_HOME"] = "x", ["STUN_STORE_LEASE_TERM"] = "1s" },
            "listen.prot=1", "hidden-secret", "hubs.1.url=ws://a"));
        Assert.Equal("config.invalid", failure.Code);
        GoldenFile.Check("tests/Stun.Tests/Configuration/faults.txt", failure.Message.Replace(folder, "FOLDER") + "\n");
        Assert.DoesNotContain("hidden", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_masked_and_stand_in_no_fault()
    {
        const string Hidden = "Host=db;Password=hidden";
        var read = Load(Document.Examples()[0].Replace("kind: local", "kind: postgres"),
            new() { ["STUN_STORE_CONNECTION"] = Hidden });
        Assert.Equal(Hidden, read.Store.Connection);
        Assert.DoesNotContain("hidden", string.Join('\n', read.Values) + read, StringComparison.Ordinal);
        var failure = Assert.Throws<NodeException>(() => Load(Document.Examples()[0],
            new() { ["STUN_STORE_CONNECTION"] = "hidden\n" }));
        Assert.Contains("STUN_STORE_CONNECTION: store.connection: The value is no text.", failure.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles=provider,provider", "")]
    [InlineData("roles=[]", "An empty list would allow nothing")]
    [InlineData("hubs.0.certificate-hash=sha256:ff", "is no digest")]
    [InlineData("hubs.00.url=ws://a", "There is no such key")]
    [InlineData("hubs.#.url=ws://a", "There is no such key")]
    [InlineData("hubs.0.url=http://a", "is no address of a server")]
    [InlineData("hubs.0.url=ws://user:pass@a", "without a user name")]
    [InlineData("network.quorum=1", "is no majority")]
    [InlineData("network.escrow=0x8ba1f109551bD432803012645Ac136ddd64DBA72", "")]
    [InlineData("network.escrow=0x8ba1f109551BD432803012645Ac136ddd64DBA72", "is no address")]
    [InlineData("provider.offers.0.gpus=1", "Its model is missing")]
    [InlineData("store.kind=postgres", "It needs store.connection")]
    [InlineData("keys.password-file=gone", "There is no file")]
    [InlineData("data-directory=node.yaml", "is a file")]
    [InlineData("listen.port=0x10", "is no number")]
    [InlineData("limits.body-bytes=99999999999TiB", "is no size")]
    public void Contradictions_and_wrong_values_are_found(string flag, string reason)
    {
        if (reason.Length == 0)
        {
            Assert.NotNull(Load(Document.Examples()[0], [], flag));
            return;
        }
        var failure = Assert.Throws<NodeException>(() => Load(Document.Examples()[0], [], flag));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.All(failure.Faults, fault => Assert.Contains(reason, fault.Message, StringComparison.Ordinal));
    }

    private const string AnEscrow = "0x00000000000000000000000000000000000000ec";

    [Fact]
    public void A_chain_makes_the_contract_what_is_signed_for_and_the_role_the_book_of_it()
    {
        WriteBook(31337);
        var read = Load(Document.Examples()[0], [], "chain.network=local", "chain.contracts=book.json",
            "chain.batch-every=10s", "chain.batch-entries=50");
        Assert.Equal(AnEscrow, $"{read.Network.Domain.Contract}");
        Assert.Equal("0x00000000000000000000000000000000000000e5", $"{read.Network.Book}");
        Assert.Equal((Duration.Seconds(10), 50, 7UL),
            (read.Network.Chain!.BatchEvery, read.Network.Chain.BatchEntriesMax, read.Network.Chain.FirstBlock));
        Assert.Equal(9UL, Load(Document.Examples()[0], [], "chain.network=local", "chain.contracts=book.json",
            "chain.first-block=9").Network.Chain!.FirstBlock);
        Assert.Null(Load(Document.Examples()[0]).Network.Chain);
        Assert.Null(Load(Document.Examples()[0]).Chain);
    }

    [Theory]
    [InlineData("It needs chain.network as well", "chain.contracts=book.json")]
    [InlineData("It needs chain.contracts as well", "chain.network=local")]
    [InlineData("It needs chain.rpc as well", "chain.network=local", "chain.contracts=book.json", "roles=escrow",
        "chain.key=payer")]
    [InlineData("It needs chain.key as well", "chain.network=local", "chain.contracts=book.json", "roles=escrow",
        "chain.rpc=http://127.0.0.1:1")]
    [InlineData("chain.network base has 8453", "chain.network=base", "chain.contracts=base.json")]
    [InlineData("It is of chain 8453", "chain.network=local", "chain.contracts=base.json")]
    [InlineData("has no 'Court'", "chain.network=local", "chain.contracts=half.json")]
    [InlineData("cannot be read", "chain.network=local", "chain.contracts=node.yaml")]
    [InlineData("There is no file", "chain.network=local", "chain.contracts=gone.json")]
    [InlineData("is no chain", "chain.network=moon", "chain.contracts=book.json")]
    public void What_is_wrong_with_a_chain_is_told(string reason, params string[] flags)
    {
        WriteBook(31337);
        WriteBook(8453, "base.json");
        File.WriteAllText(Path.Combine(folder, "half.json"),
            File.ReadAllText(Path.Combine(folder, "book.json")).Replace("Court", "Caught"));
        var failure = Assert.Throws<NodeException>(() => Load(Document.Examples()[0], [], flags));
        Assert.All(failure.Faults, fault => Assert.Contains(reason, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoints_of_a_chain_are_secrets()
    {
        WriteBook(31337);
        var read = Load(Document.Examples()[0], [], "chain.network=local", "chain.contracts=book.json",
            "chain.rpc=https://chain.example/hidden");
        Assert.Equal(["https://chain.example/hidden"], read.Chain!.Rpc);
        Assert.DoesNotContain("hidden", string.Join('\n', read.Values) + read, StringComparison.Ordinal);
    }

    private void WriteBook(ulong chain, string name = "book.json")
    {
        var hash = new string('0', 64);
        var lines = new[] { ("Escrow", "ec", 8), ("Staking", "5a", 7), ("Court", "c0", 9) }.Select(each =>
            $"\"{each.Item1}\":{{\"address\":\"0x{new string('0', 38)}{each.Item2}\",\"transaction\":\"0x{hash}\","
            + $"\"block\":{each.Item3},\"codeHash\":\"0x{hash}\"}}");
        File.WriteAllText(Path.Combine(folder, name),
            $"{{\"chainId\":{chain},\"contracts\":{{{string.Join(',', lines)}}}}}");
    }

    [Fact]
    public void A_missing_file_and_one_that_is_no_text_are_told()
    {
        var missing = Assert.Throws<NodeException>(() => NodeConfiguration.Load(
            new ConfigurationSources("gone.yaml", new Dictionary<string, string>(), []) { WorkingDirectory = folder }));
        Assert.Contains("gone.yaml: There is no such file", missing.Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(folder, "node.yaml"), [0xff, 0xfe, 0x00]);
        var binary = Assert.Throws<NodeException>(() => NodeConfiguration.Load(
            new ConfigurationSources("node.yaml", new Dictionary<string, string>(), []) { WorkingDirectory = folder }));
        Assert.Contains("no text in UTF-8", binary.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_can_be_said_without_a_file()
    {
        var file = Load(Document.Examples()[0]);
        var flags = file.Values.Where(value => value.Source != "default").Select(value => $"{value.Key}={value.Value}");
        var read = NodeConfiguration.Load(
            new ConfigurationSources(null, new Dictionary<string, string>(), [.. flags]) { WorkingDirectory = folder });
        Assert.Equal(file.Values.Select(value => (value.Key, value.Value)),
            read.Values.Select(value => (value.Key, value.Value)));
    }

    [Fact]
    public void Rubbish_made_of_a_good_file_is_refused_or_read_and_nothing_else_happens()
    {
        var random = new Random(5);
        var seed = Document.Examples()[0];
        for (var round = 0; round < 1_000; round++)
        {
            var text = new System.Text.StringBuilder(seed);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var place = random.Next(text.Length);
                if (random.Next(2) == 0) text[place] = (char)random.Next(32, 127);
                else text.Insert(place, "{}[]:-#&*!\n\t\"'%"[random.Next(15)]);
            }
            try
            {
                Load(text.ToString());
            }
            catch (NodeException failure)
            {
                Assert.Equal("config.invalid", failure.Code);
                Assert.NotEmpty(failure.Faults);
            }
        }
    }

    [Fact]
    public void The_reference_has_the_keys_of_the_code() =>
        Document.CheckTables("node", ConfigurationKeys.Table, isForProgram: true);

    [Fact]
    public void Each_key_has_a_variable_of_its_own_and_defaults_and_examples_that_can_be_read()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in ConfigurationKeys.Table.All)
        {
            Assert.True(names.Add(EnvironmentNames.Of(key.Path)), key.Path);
            var path = key.Path.Replace("#", "7");
            Assert.Equal(path, ConfigurationReader.PathOf(EnvironmentNames.Of(path), ConfigurationKeys.Table));
            Assert.True(key.Form.Read(key.Example) is not null, $"{key.Path}: {key.Example}");
            foreach (var item in key.Default is "" or "[]" ? [] : key.IsList ? key.Default.Split(", ") : [key.Default])
                Assert.True(key.Form.Read(item) is not null, $"{key.Path}: {item}");
        }
    }

    [Theory]
    [InlineData("listen", "listne", 1)]
    [InlineData("memory", "memmory", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Slips_of_the_pen_are_counted(string left, string right, int distance) =>
        Assert.Equal(distance, Spelling.Distance(left, right));

    private static string SourceOf(NodeConfiguration read, string key) =>
        read.Values.Single(value => value.Key == key).Source;

    private NodeConfiguration Load(string text, Dictionary<string, string>? variables = null, params string[] flags)
    {
        File.WriteAllText(Path.Combine(folder, "node.yaml"), text);
        return NodeConfiguration.Load(
            new ConfigurationSources("node.yaml", variables ?? [], flags) { WorkingDirectory = folder });
    }
}
