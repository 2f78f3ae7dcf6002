using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stun.Node.Gateway;

namespace Stun.Integration.Gateway;

/// <summary>The document, the routes, the roles and the errors say the same.</summary>
public sealed class DocumentTests
{
    private const string Document = "api/openapi/stun.json";
    private static readonly Regex Thrown = new("""new(?: ApiException| TesFailure)?\(\s*"(?<code>[a-z]+\.[a-z-]+)",""");
    private static readonly Regex Told = new("""=> "(?<code>[a-z]+\.[a-z-]+)",""");

    [Fact]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        await using var node = await LiveNode.StartAsync();
        var served = (await node.AskAsync("GET", "/v1/openapi.json")).Text;
        var path = Path.Combine(WorkingCopy.Root, Document);
        if (Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, served);
        }
        Assert.Equal(await File.ReadAllTextAsync(path), served);
        Assert.Equal("3.1.0", JsonDocument.Parse(served).RootElement.GetProperty("openapi").GetString());
    }

    [Fact]
    public async Task Every_endpoint_lets_in_whom_the_table_lets_in_and_nobody_else()
    {
        await using var node = await LiveNode.StartAsync();
        foreach (var route in node.Front.Routes.Where(route => route.Right != Right.None))
        {
            var path = Filled(route.Path);
            foreach (var role in Enum.GetValues<ApiRole>())
            {
                var answer = await node.AskAsync(route.Method, path, Json(route), role);
                var isForbidden = answer.Status == HttpStatusCode.Forbidden
                    && (route.Method == "HEAD" || answer.Text.Contains("needs the right", StringComparison.Ordinal));
                Assert.True((RoleTable.Of(role) & route.Right) != 0 != isForbidden,
                    $"{route.Method} {path} as {role}: {answer.Status} {answer.Text}");
            }
            var nobody = await node.SendAsync(node.Request(route.Method, path, null, Json(route)));
            Assert.Equal(HttpStatusCode.Unauthorized, nobody.Status);
        }
    }

    [Fact]
    public async Task Every_answer_is_as_the_document_says()
    {
        await using var node = await LiveNode.StartAsync();
        var checks = new SchemaCheck(JsonDocument.Parse((await node.AskAsync("GET",
            "/v1/openapi.json")).Text).RootElement);
        var id = await node.RunTaskAsync("schema");
        // Other doors have documents of their own.
        foreach (var route in node.Front.Routes.Where(route => route.Form is null))
        {
            var good = Filled(route.Path).Replace(new string('0', 32), id, StringComparison.Ordinal)
                .Replace("/result/x", "/result/stdout", StringComparison.Ordinal);
            foreach (var path in (string[])[good, Filled(route.Path), good + "?limit=x&wait=x&follow=x&account=x"])
                foreach (var json in (string?[])[Json(route), "{", "[]", """{"image":7}"""])
                {
                    if (json != Json(route) && route.Body is null) continue;
                    var answer = await node.AskAsync(route.Method, path, json, ApiRole.Owner);
                    Assert.Empty(checks.Faults(route, answer));
                }
        }
        Assert.True(checks.CheckedCount > 60, $"only {checks.CheckedCount} bodies were compared with a schema");
    }

    [Fact]
    public void A_wrong_answer_is_found_by_the_schema_check()
    {
        var schema = JsonDocument.Parse("""
            {"type":"object","required":["a"],"properties":{"a":{"type":"integer"}},"additionalProperties":false}
            """).RootElement;
        Assert.Empty(SchemaCheck.Faults(schema, JsonDocument.Parse("""{"a":1}""").RootElement, default, ""));
        foreach (var wrong in (string[])["{}", """{"a":"x"}""", """{"a":1,"b":2}""", "[]"])
            Assert.NotEmpty(SchemaCheck.Faults(schema, JsonDocument.Parse(wrong).RootElement, default, ""));
    }

    [Fact]
    public void Every_code_that_is_thrown_is_in_the_book_and_every_one_there_is_thrown()
    {
        var node = Path.Combine(WorkingCopy.Root, "src/Stun.Node");
        SortedSet<string> thrown = new(StringComparer.Ordinal);
        foreach (var file in ((string[])["Gateway", "Doors", "Serving"]).SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(node, folder), "*.cs", SearchOption.AllDirectories)))
        {
            var text = File.ReadAllText(file);
            foreach (Match match in Thrown.Matches(text)) thrown.Add(match.Groups["code"].Value);
            foreach (Match match in Told.Matches(text)) thrown.Add(match.Groups["code"].Value);
            if (text.Contains("\"request.too-large\"", StringComparison.Ordinal)) thrown.Add("request.too-large");
        }
        Assert.Equal(ErrorBook.Entries.Keys.Order(StringComparer.Ordinal), thrown);
    }

    private static string Filled(string path) => path
        .Replace("{id}", new string('0', 32), StringComparison.Ordinal)
        .Replace("{**name}", "x", StringComparison.Ordinal)
        .Replace("{address}", "0x" + new string('1', 40), StringComparison.Ordinal)
        .Replace("{digest}", "sha256:" + new string('0', 64), StringComparison.Ordinal)
        .Replace("{service}", "none", StringComparison.Ordinal)
        .Replace("{**path}", "x", StringComparison.Ordinal)
        .Replace("{upload}", "none", StringComparison.Ordinal)
        .Replace("{**model}", "none", StringComparison.Ordinal)
        .Replace("{file}", "none", StringComparison.Ordinal)
        .Replace("{batch}", "none", StringComparison.Ordinal);

    private static string? Json(ApiRoute route) => route.Name switch
    {
        "submitTask" => LiveNode.TaskJson("x"),
        "createAccount" => """{"name":"x"}""",
        "deposit" => """{"amount":"1"}""",
        "createChallenge" => $$"""{"address":"0x{{new string('1', 40)}}"}""",
        "beginUpload" => $$"""{"digest":"{{LiveNode.Image}}","size":10}""",
        _ when route.Body is not null || route.TakesBytes || route is { Form: not null, Method: "POST" } => "{}",
        _ => null,
    };
}
