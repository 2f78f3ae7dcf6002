using System.Net;
using System.Text;
using Stun.Node.Configuration;
using Stun.Node.Operator;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Wire;

namespace Stun.Integration.Operator;

/// <summary>Responders that ask servers of others, before real ones.</summary>
public sealed class ResponderTests
{
    private static readonly HttpRules Rules = new()
    {
        Hosts = ["of the server that is asked"],
        MayReach = ["127.0.0.1/32"],
        BytesMax = 1_000,
        Within = Duration.Seconds(2),
    };

    [Fact]
    public async Task A_server_that_the_owner_has_named_is_asked()
    {
        await using var server = new SmallServer(_ => SmallServer.Ok("""{"price": 1.5}"""));
        var found = await AskAsync(server, "util/http", """
            {"url": "http://one.example:PORT/a", "extPath": "/b?x=1", "queryParams": {"y": "z w", "n": 2}}
            """);
        Assert.Equal("""{"price": 1.5}""", found);
        Assert.StartsWith("GET /a/b?x=1&y=z%20w&n=2 HTTP/1.1", server.Asked[0]);
        await AskAsync(server, "util/http-post", """{"url": "http://one.example:PORT/p", "queryParams": {"y": 1}}""");
        Assert.StartsWith("POST /p HTTP/1.1", server.Asked[1]);
        Assert.EndsWith("""{"y":1}""", server.Asked[1]);
    }

    [Fact]
    public async Task A_name_that_leads_into_this_nodes_network_is_not_followed_neither_at_first_nor_later()
    {
        await using var server = new SmallServer(_ => SmallServer.Ok("secret"));
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => AskAsync(server, "util/http",
            """{"url": "http://one.example:PORT/"}""", Rules with { MayReach = [] }));
        Assert.Equal("operator.http-address", refused.Code);
        Assert.Empty(server.Asked);
        // The first server may be asked; it sends to a second one by another address of the same machine.
        await using var first = new SmallServer(_ => SmallServer.Status(
            "302 Found", $"Location: http://inner.sub.example:{server.Port}/\r\n"));
        refused = await Assert.ThrowsAsync<RequestRefusedException>(() => AskAsync(first, "util/http",
            """{"url": "http://one.example:PORT/"}""",
            Rules with { Hosts = [$"one.example:{first.Port}", $"*.sub.example:{server.Port}"] },
            host => host == "one.example" ? "127.0.0.1" : "127.0.0.2"));
        Assert.Equal("operator.http-address", refused.Code);
        Assert.Empty(server.Asked);
    }

    [Theory]
    [InlineData("http://other.example:1/", "operator.http-host")]
    [InlineData("http://169.254.169.254/latest/meta-data", "operator.http-host")]
    public async Task A_server_that_sends_elsewhere_leads_only_where_the_owner_lets_it(string place, string code)
    {
        await using var server = new SmallServer(_ => SmallServer.Status("302 Found", $"Location: {place}\r\n"));
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(
            () => AskAsync(server, "util/http", """{"url": "http://one.example:PORT/"}"""));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Who_says_too_much_or_nothing_or_turns_in_circles_is_left()
    {
        await using var large = new SmallServer(_ => SmallServer.Ok(new string('x', 1_001)));
        Assert.Contains("1000 bytes", (await Assert.ThrowsAsync<RequestRefusedException>(
            () => AskAsync(large, "util/http", """{"url": "http://one.example:PORT/"}"""))).Message);
        await using var circle = new SmallServer(_ => SmallServer.Status("302 Found", "Location: /again\r\n"));
        Assert.Contains("5 times", (await Assert.ThrowsAsync<RequestRefusedException>(
            () => AskAsync(circle, "util/http", """{"url": "http://one.example:PORT/"}"""))).Message);
        await using var silent = new SmallServer(_ =>
        {
            Thread.Sleep(3_000);
            return "";
        });
        Assert.Contains("within 2 s", (await Assert.ThrowsAsync<RequestRefusedException>(
            () => AskAsync(silent, "util/http", """{"url": "http://one.example:PORT/"}"""))).Message);
    }

    [Fact]
    public async Task A_model_is_asked_with_the_owners_key_which_goes_nowhere_else()
    {
        const string secret = "sk-very-secret-word";
        await using var server = new SmallServer(_ => SmallServer.Ok(
            """{"choices":[{"message":{"role":"assistant","content":"42"}}]}"""));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, secret + "\n", OperatorScene.Cancel);
        try
        {
            using var chat = Chat(server, file);
            var found = await chat.AnswerAsync(Inquiry("ai/chat", "What is it?"), OperatorScene.Cancel);
            Assert.Contains("42", ((Found.Document)found).Value!.ToJsonString());
            Assert.StartsWith("POST /v1/chat/completions", server.Asked[0]);
            Assert.Contains($"Authorization: Bearer {secret}", server.Asked[0]);
            Assert.EndsWith("{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"What is it?\"}],"
                + "\"max_tokens\":64}", server.Asked[0]);
            await chat.AnswerAsync(Inquiry("ai/chat", """
                {"model": "dear", "max_tokens": 9000, "temperature": 0,
                 "messages": [{"role": "system", "content": "Be brief."}]}
                """), OperatorScene.Cancel);
            Assert.EndsWith("{\"model\":\"small\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"}],"
                + "\"max_tokens\":64,\"temperature\":0}", server.Asked[1]);
            await SaysNothingOfItAsync(file, secret);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Servers that quote the key, in a refusal and in an answer.</summary>
    private static async Task SaysNothingOfItAsync(string file, string secret)
    {
        foreach (var answer in (string[])
            [
                SmallServer.Status("401 Unauthorized", "", $"Incorrect API key provided: {secret}"),
                SmallServer.Ok($$"""{"echo":"{{secret}}"}"""),
                SmallServer.Status("302 Found", "Location: http://127.0.0.1:1/\r\n"),
            ])
        {
            await using var server = new SmallServer(_ => answer);
            using var chat = Chat(server, file);
            var refused = await Assert.ThrowsAsync<RequestRefusedException>(
                () => chat.AnswerAsync(Inquiry("ai/chat", "x"), OperatorScene.Cancel));
            Assert.Equal("operator.model", refused.Code);
            Assert.DoesNotContain(secret, refused.ToString());
        }
    }

    private static ChatResponder Chat(SmallServer server, string file) => new(new ModelSettings(
        "ai/chat", $"http://127.0.0.1:{server.Port}/v1", "small", file, null, 64, Duration.Seconds(5), null));

    private static async Task<string> AskAsync(
        SmallServer server, string service, string data, HttpRules? rules = null, Func<string, string>? names = null)
    {
        rules ??= Rules;
        if (rules.Hosts == Rules.Hosts)
            rules = rules with { Hosts = [$"one.example:{server.Port}", $"*.sub.example:{server.Port}"] };
        using var responder = new HttpResponder(rules, (host, _) => Task.FromResult<IPAddress[]>(
            [IPAddress.Parse(names?.Invoke(host) ?? "127.0.0.1")]));
        var found = await responder.AnswerAsync(
            Inquiry(service, data.Replace("PORT", $"{server.Port}")), OperatorScene.Cancel);
        return Encoding.UTF8.GetString(((Found.Said)found).Text);
    }

    private static Inquiry Inquiry(string service, string data) => new(
        "1/0", RequestPairs.Read([.. Pairs.Of("service", service)]), Encoding.UTF8.GetBytes(data),
        new PassingMemory());
}
