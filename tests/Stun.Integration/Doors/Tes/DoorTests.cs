using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Integration.Gateway;
using Stun.Node.Doors.Tes;
using Stun.Node.Gateway;

namespace Stun.Integration.Doors.Tes;

/// <summary>Who comes in at the door, what is refused there and how, and what is shown. Nothing is run.</summary>
public sealed class DoorTests
{
    private const string Base = TesScene.Base;

    private static Task<LiveNode> StartAsync() => LiveNode.StartAsync(
        change: options => options with
        {
            Door = options.Door with
            {
                Tes = new TesSettings
                {
                    ImageNamed = name => name == "alpine" ? new Digest(1, 2, 3, 4) : null,
                    Registry = "registry.example",
                    Resolve = (source, _) => source.Name == "known"
                        ? Task.FromResult(new Digest(5, 6, 7, 8))
                        : throw new Execution.ExecutionException("image.unresolved", $"{source} is unknown.", "Look."),
                },
            },
        });

    [Fact]
    public async Task A_key_comes_as_a_bearer_token_or_as_the_password_of_basic_authentication()
    {
        await using var node = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("Bearer", node.Keys[ApiRole.Requester])).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("Basic", Pair("me", node.Keys[ApiRole.Requester]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("Basic", Pair("", node.Keys[ApiRole.Requester]))).Status);
        foreach (var (scheme, value) in ((string, string)[])
            [("Basic", Pair(node.Keys[ApiRole.Requester], "x")), ("Basic", "%%%"), ("Basic", "eA=="), ("Digest", "x")])
        {
            var refused = await AskAsync(scheme, value);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
            Assert.Equal("auth.refused", refused.Code);
            Assert.Equal(401, refused.Json.GetProperty("status_code").GetInt32());
            Assert.Contains(refused.Headers.WwwAuthenticate, header => header.Scheme == "Basic");
        }
        // Elsewhere it is a bearer's.
        using var other = node.Request("GET", "/v1/tasks", null);
        other.Headers.Authorization = new AuthenticationHeaderValue("Basic", Pair("me", node.Keys[ApiRole.Requester]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.SendAsync(other)).Status);

        async Task<LiveNode.Answer> AskAsync(string scheme, string value)
        {
            using var request = node.Request("GET", Base + "/tasks", null);
            request.Headers.Authorization = new AuthenticationHeaderValue(scheme, value);
            return await node.SendAsync(request);
        }

        static string Pair(string name, string password) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));
    }

    [Fact]
    public async Task Nobody_sees_or_calls_off_the_tasks_of_another_account()
    {
        await using var node = await StartAsync();
        var created = await node.AskAsync("POST", Base + "/tasks", Document(""));
        Assert.Equal(HttpStatusCode.OK, created.Status);
        var id = created.Json.GetProperty("id").GetString();
        // The provider's key is of another account.
        var other = await node.AskAsync("GET", $"{Base}/tasks/{id}", null, ApiRole.Provider);
        Assert.Equal(HttpStatusCode.NotFound, other.Status);
        Assert.Equal("task.unknown", other.Code);
        Assert.Empty((await node.AskAsync("GET", Base + "/tasks", null, ApiRole.Provider)).Json
            .GetProperty("tasks").EnumerateArray());
        Assert.Equal(HttpStatusCode.Forbidden,
            (await node.AskAsync("POST", $"{Base}/tasks/{id}:cancel", null, ApiRole.Provider)).Status);
        // Who may see all sees it.
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", $"{Base}/tasks/{id}", null, ApiRole.Owner)).Status);
        // A key of an account that is not kept here cannot order.
        var foreign = await node.AskAsync("POST", Base + "/tasks", Document(""), ApiRole.Owner);
        Assert.Equal("auth.forbidden", foreign.Code);
        Assert.Contains("keeps no key", foreign.Text);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"executors":[]}""", "executors: at least one" },
        { "{}", "executors: at least one" },
        { """{"executors":[null]}""", "executors[0]: is null" },
        { """{"executors":[{"command":["a"]}]}""", "executors[0].image: is missing" },
        { """{"executors":[{"image":"alpine"}]}""", "executors[0].command: is missing" },
        { """{"executors":[{"image":"alpine","command":[]}]}""", "executors[0].command: is missing" },
        { """{"executors":[{"image":"alpine","command":[null]}]}""", "executors[0].command[0]: is null" },
        { """{"executors":[{"image":"alpine","command":["a\u0000"]}]}""", "zero character" },
        { """{"executors":[{"image":"alpine","command":["-x"]}]}""", "executors[0].command[0]: is the program" },
        { """{"executors":[{"image":"alpine","command":["a"],"env":{"A=B":"c"}}]}""", "no name of a variable" },
        { Document(""" "workdir":"relative" """, "executor"), "workdir: must be an absolute path" },
        { Document(""" "stdin":"../x" """, "executor"), "stdin: must be an absolute path" },
        { Document(""" "stdout":"/data/../etc/x" """, "executor"), "stdout: must not have an empty part" },
        { Document(""" "stderr":"/x" """, "executor"), "stderr: must lie in a directory" },
        { Document(""" "stdout":"/proc/x" """, "executor"), "stdout: must not be in any of" },
        { Document(""" "inputs":[{"path":"/data/x"}] """), "inputs[0]: has neither url nor content" },
        { Document(""" "inputs":[{"url":"stun:x"}] """), "inputs[0].path: is missing" },
        { Document(""" "inputs":[{"path":"/d/x","content":"c","type":"LINK"}] """), "inputs[0].type: must be FILE" },
        { Document(""" "inputs":[{"path":"/d//x","content":"c"}] """), "inputs[0].path: must not have an empty part" },
        { Document(""" "inputs":[{"path":"/d/x","content":"a"},{"path":"/d/x","content":"b"}] """), "another's, too" },
        { Document(""" "inputs":[{"path":"/d/x","content":"c","type":"DIRECTORY"}] """), "inputs[0].content" },
        { Document(""" "outputs":[{"path":"/d/x"}] """), "outputs[0].url: is missing" },
        { Document(""" "outputs":[{"path":"/d/*","url":"stun:x"}] """), "outputs[0].path_prefix: is missing" },
        { Document(""" "outputs":[{"path":"/*/x","path_prefix":"/","url":"s:x"}] """), "must begin with a directory" },
        { Document(""" "outputs":[{"path":"/d/*","path_prefix":"/e","url":"s:x"}] """), "path_prefix: is no begin" },
        { Document(""" "volumes":["/"] """), "volumes[0]: is the root itself" },
        { Document(""" "volumes":["/in/x"] """), "volumes[0]: must not be in any of" },
        { Document(""" "resources":{"cpu_cores":0} """), "resources.cpu_cores" },
        { Document(""" "resources":{"ram_gb":-1} """), "resources.ram_gb" },
        { Document(""" "resources":{"backend_parameters":{"gpu":"many"}} """), "backend_parameters.gpu" },
        { Document(""" "resources":{"backend_parameters":{"max_price":"-1"}} """), "backend_parameters.max_price" },
        { Document(""" "resources":{"backend_parameters":{"verify":"maybe"}} """), "verification.kind" },
        { Document(""" "resources":{"backend_parameters":{"tee":"x"}} """), "verification.policy" },
        { Document(""" "resources":{"backend_parameters":{"deadline":"soon"}} """), "backend_parameters.deadline" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_document_that_cannot_be_is_refused_with_its_place(string document, string told)
    {
        await using var node = await StartAsync();
        var answer = await node.AskAsync("POST", Base + "/tasks", document);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("tes.invalid", answer.Code);
        Assert.Equal(400, answer.Json.GetProperty("status_code").GetInt32());
        Assert.Contains(told, answer.Json.GetProperty("msg").GetString());
        Assert.Equal("application/json", answer.ContentHeaders.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_is_no_document_at_all_is_refused()
    {
        await using var node = await StartAsync();
        foreach (var body in (string[])
        [
            "", "[]", "null", "{", "{\"executors\":7}", """{"executors":[{"image":7,"command":["a"]}]}""",
            """{"executors":[{"image":"alpine","command":"echo"}]}""", """{"name":"a","name":"b"}""",
            """{"executors":[{"image":"alpine","command":["a"]}],"resources":{"cpu_cores":"4"}}""",
            string.Concat(Enumerable.Repeat("{\"executors\":", 40)),
        ])
        {
            var answer = await node.AskAsync("POST", Base + "/tasks", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal("request.malformed", answer.Code);
        }
        using var invalid = node.Request("POST", Base + "/tasks", node.Keys[ApiRole.Requester]);
        invalid.Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        invalid.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal("request.malformed", (await node.SendAsync(invalid)).Code);
        var large = await node.AskAsync("POST", Base + "/tasks",
            Document($$""" "description":"{{new string('x', 3 << 20)}}" """));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        Assert.Equal("request.too-large", large.Code);
        using var text = node.Request("POST", Base + "/tasks", node.Keys[ApiRole.Requester]);
        text.Content = new StringContent(Document(""), Encoding.UTF8, "text/plain");
        Assert.Equal("request.media-type", (await node.SendAsync(text)).Code);
    }

    [Theory]
    [InlineData("view=SOME", "view")]
    [InlineData("state=DONE", "state")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=2048", "page_size")]
    [InlineData("page_size=x", "page_size")]
    [InlineData("page_token=x", "page_token")]
    [InlineData("tag_value=x", "tag_value")]
    [InlineData("view=FULL&view=BASIC", "view")]
    public async Task A_query_that_means_nothing_is_refused(string query, string told)
    {
        await using var node = await StartAsync();
        var answer = await node.AskAsync("GET", $"{Base}/tasks?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith(told, answer.Json.GetProperty("msg").GetString());
    }

    [Theory]
    [InlineData("alpine", true)]
    [InlineData("known", true)]
    [InlineData("known:tag", true)]
    [InlineData("registry.example/known:tag", true)]
    [InlineData("other.example/known:tag", false)]
    [InlineData("other.example/known@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("docker://o.example/a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("unknown", false)]
    [InlineData("oci:somewhere", false)]
    [InlineData("docker-archive:/etc/passwd", false)]
    [InlineData("Not An Image", false)]
    public async Task The_name_of_an_image_stands_for_a_digest_or_is_refused(string image, bool isKnown)
    {
        await using var node = await StartAsync();
        var answer = await node.AskAsync("POST", Base + "/tasks",
            $$"""{"executors":[{"image":"{{image}}","command":["a"]}]}""");
        Assert.Equal(isKnown ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        if (!isKnown) Assert.Equal("tes.image-unknown", answer.Code);
    }

    [Fact]
    public async Task Content_of_inputs_may_have_hundreds_of_kilobytes_and_null_types_are_files()
    {
        await using var node = await StartAsync();
        var content = new string('x', 300 << 10);
        var answer = await node.AskAsync("POST", Base + "/tasks",
            Document($$"""
                "inputs":[{"path":"/d/x","content":"{{content}}","type":null,"url":null}],"tags":{"a":null}
                """));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var id = answer.Json.GetProperty("id").GetString();
        var task = JsonNode.Parse((await node.AskAsync("GET", $"{Base}/tasks/{id}?view=FULL")).Bytes)!;
        Assert.Equal(content, (string)task["inputs"]![0]!["content"]!);
        Assert.Equal("FILE", (string)task["inputs"]![0]!["type"]!);
        Assert.Equal("", (string)task["tags"]!["a"]!);
        Assert.Null((await node.AskAsync("GET", $"{Base}/tasks/{id}?view=BASIC")).Json
            .GetProperty("inputs")[0].TryGetProperty("content", out var _) ? "there" : null);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repetition()
    {
        await using var node = await StartAsync();
        List<string> made = [];
        for (var count = 0; count < 7; count++)
            made.Add((await node.AskAsync("POST", Base + "/tasks", Document(""))).Json.GetProperty("id").GetString()!);
        List<string> seen = [];
        string? token = null;
        do
        {
            var page = (await node.AskAsync("GET", $"{Base}/tasks?page_size=3&page_token={token}")).Json;
            seen.AddRange(page.GetProperty("tasks").EnumerateArray()
                .Select(task => task.GetProperty("id").GetString()!));
            token = page.TryGetProperty("next_page_token", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        made.Reverse();
        Assert.Equal(made, seen);
    }

    private static string Document(string more, string of = "task")
    {
        var ofTask = of == "task" && more.Length > 0 ? "," + more : "";
        var ofExecutor = of == "executor" ? "," + more : "";
        return $$"""{"executors":[{"image":"alpine","command":["a"]{{ofExecutor}}}]{{ofTask}}}""";
    }
}
