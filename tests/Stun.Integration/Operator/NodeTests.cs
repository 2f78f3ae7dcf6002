using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Integration.Chains;
using Stun.Node.Configuration;
using Stun.Node.Hosting;
using Stun.Node.Operator.Results;

namespace Stun.Integration.Operator;

/// <summary>A whole node with the role: its network does the work, and bridges and results have its door.</summary>
public sealed class NodeTests : IDisposable
{
    private const string Image = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Token = "word-of-the-bridge";

    private readonly string folder = Directory.CreateTempSubdirectory("stun-opnode-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_contract_has_a_container_run_by_the_network_and_gets_its_verified_result()
    {
        var (network, host) = await StartAsync();
        await using var _ = host;
        var asking = network.Asking!;
        var before = await asking.BalanceAsync(asking.User, Cancel);
        var request = await asking.AskAsync("noop", "some data", "", "", "", new Amount(25), Cancel);
        // What runs nothing says its command.
        Assert.Equal("/.stun/sh -c exec \"$@\" </in/data sh /bin/program\n", await AnswerAsync(network, request));
        Assert.Equal((UInt128)20, (UInt128)(before - await asking.BalanceAsync(asking.User, Cancel)));
        var task = Assert.Single(host.ReadModel!.Queries.ListTasks(new()).Items);
        Assert.Equal("Redundant", task.Verification);
        request = await asking.AskAsync("noop", "", "nowhere", "", "", new Amount(25), Cancel);
        Assert.Contains("operator.no-such-key", await AnswerAsync(network, request));
        // The container has run: that is paid, and the rest is given back.
        Assert.Equal((UInt128)40, (UInt128)(before - await asking.BalanceAsync(asking.User, Cancel)));
    }

    [Fact]
    public async Task Large_results_are_fetched_at_the_door_by_the_name_that_the_chain_has()
    {
        var (network, host) = await StartAsync();
        await using var _ = host;
        var text = new string('x', 2_000);
        var request = await network.Asking!.AskAsync("ping", text, "", "", "", new Amount(25), Cancel);
        var note = JsonNode.Parse(await AnswerAsync(network, request))!;
        using var http = new HttpClient();
        Assert.Equal(text, await http.GetStringAsync(new Uri((string)note["url"]!), Cancel));
        Assert.NotNull(ContentId.TryParse((string)note["cid"]!));
        using var missing = await http.GetAsync(new Uri(host.Address!, "operator/results/x"), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_stock_bridge_is_answered_with_two_transactions_and_nobody_else_is()
    {
        var (_, host) = await StartAsync();
        await using var running = host;
        using var http = new HttpClient { BaseAddress = host.Address };
        Assert.Contains("<h2>Hello, World!</h2>", await http.GetStringAsync("hello", Cancel));
        using (var stranger = await http.PostAsync("api1", Body("1", "echo"), Cancel))
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token + "x");
        using (var guesser = await http.PostAsync("api1", Body("1", "echo"), Cancel))
            Assert.Equal(HttpStatusCode.Unauthorized, guesser.StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var route in (string[])["api1", "api1-handler", "api1-test"])
        {
            var answer = await PostAsync(http, route, Body("0", "echo"));
            Assert.StartsWith("0xde40f8837177d8e016d4d507", (string)answer["tx0"]!);
            Assert.Contains(Convert.ToHexStringLower("{\"error\": \"fee too small\"}"u8), (string)answer["tx0"]!);
            Assert.StartsWith("0xae5f0d027177d8e016d4d507", (string)answer["tx1"]!);
        }
        // The trial says the data again, whatever is asked for; the others know only what is offered.
        var paid = await PostAsync(http, "api1-test", Body("25", "what"));
        Assert.Contains(Convert.ToHexStringLower("1024"u8), (string)paid["tx0"]!);
        paid = await PostAsync(http, "api1", Body("25", "what"));
        Assert.Contains(Convert.ToHexStringLower("no service"u8), (string)paid["tx0"]!);
        using var bad = await http.PostAsync("api1", new StringContent("{}"), Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<(DevNetwork Network, NodeHost Host)> StartAsync()
    {
        Assert.SkipUnless(ChainScene.IsPossible, "anvil is not installed: run npm ci in contracts/evm.");
        var word = Path.Combine(folder, "word");
        await File.WriteAllTextAsync(word, Token, Cancel);
        var network = new DevNetwork(new DevOptions(Path.Combine(folder, "node"), Path.Combine(folder, "images"))
        {
            Executor = ExecutorKind.Noop,
            ValidatorCount = 1,
            HasChain = true,
            Boundless = true,
            Operator = new OperatorSettings
            {
                Fees = new FeeSettings(FeeKind.Listed, new Amount(10)),
                ResultBytesMax = 1_000,
                BridgeTokenFile = word,
                Containers =
                [
                    new ContainerSettings("noop", Image, ["/bin/program"], new Amount(2_000), Duration.Seconds(1),
                        "redundant:2/2", 100, 64, 16, new Amount(20)),
                ],
            },
        });
        return (network, await network.StartAsync((_, _) => { }, Cancel));
    }

    private static async Task<string> AnswerAsync(DevNetwork network, Digest request)
    {
        byte[] answer = [];
        await ChainScene.UntilAsync(
            async () => (answer = await network.Asking!.AnswerAsync(request, Cancel)).Length > 0, "the answer", 60);
        return Encoding.UTF8.GetString(answer);
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string route, HttpContent body)
    {
        using var answer = await http.PostAsync(route, body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static StringContent Body(string payment, string service) => new($$$"""
        {"logAddress": "0x7c2e0e489493e487903941f399a0255c4c170c91", "logBlockNumber": 7615751,
         "meta": {"oracleRequest": {
            "callbackAddr": "0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a", "callbackFunctionId": "0xc2fb8523",
            "cancelExpiration": "1663508100", "dataVersion": "1", "payment": "{{{payment}}}",
            "data": "0x{{{Convert.ToHexStringLower([.. Pairs.Of("service", service, "data", "1024")])}}}",
            "requestId": "0x7177d8e016d4d507166ce563e68da73a867f100a43014006b147c6819fcb02b9",
            "requester": "0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a",
            "specId": "0x3564623935356461626433333430323438363134303638353865316662626532"
         } } }
        """, Encoding.UTF8, "application/json");
}
