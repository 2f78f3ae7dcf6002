using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Stun.Integration.Doors.Tes;

/// <summary>The published compliance cases, carried out. One network for all of them, as one service stands.</summary>
public sealed class ComplianceTests
{
    private const string Cases = "tests/Stun.Integration/Doors/Tes/compliance.yaml";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Every_published_case_holds()
    {
        await using var scene = await TesScene.OpenAsync();
        var cases = YamlJson.Read(Cases).AsArray();
        Assert.True(cases.Count >= 20);
        foreach (var one in cases)
        {
            var kept = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var step in one!["steps"]!.AsArray())
            {
                var faults = await StepAsync(scene, step!, kept);
                Assert.True(faults.Count == 0, $"{one["case"]}: {string.Join("; ", faults)}");
            }
        }
        Assert.True(scene.Check.CheckedCount > 100, $"only {scene.Check.CheckedCount} documents were checked");
    }

    [Fact]
    public void A_case_that_does_not_hold_is_found()
    {
        var answer = JsonNode.Parse("""{"id":"x","state":"COMPLETE","logs":[{"a":1}],"name":null}""")!;
        foreach (var step in (string[])[
            """{"has":{"state":"QUEUED"}}""", """{"has":{"logs.0.b":1}}""", """{"sizes":{"logs":2}}""",
            """{"without":["logs.0.a"]}""", """{"only":["id","state"]}"""])
            Assert.NotEmpty(Compare(JsonNode.Parse(step)!, answer));
        Assert.Empty(Compare(JsonNode.Parse("""{"has":{"logs.0.a":1},"sizes":{"logs":1},"without":["b"]}""")!, answer));
    }

    [Fact]
    public void The_check_against_the_standards_document_finds_what_is_wrong()
    {
        var check = new OpenApiCheck();
        var good = """
            {"id":"x","state":"COMPLETE","executors":[{"image":"a","command":["b"]}],
             "logs":[{"logs":[{"exit_code":0}],"outputs":[{"url":"u","path":"/p","size_bytes":"1"}]}]}
            """;
        Assert.Empty(check.OfAnswer("GET", "/tasks/{id}", JsonNode.Parse(good)));
        foreach (var (from, to) in ((string, string)[])
        [
            ("COMPLETE", "DONE"), ("\"size_bytes\":\"1\"", "\"size_bytes\":1"), ("\"exit_code\":0", "\"exit_code\":\"0\""),
            ("\"executors\"", "\"executor\""), ("[\"b\"]", "\"b\""), ("\"url\":\"u\",", ""), ("[\"b\"]", "[1]"),
            ("\"id\":\"x\"", "\"id\":null"),
        ])
            Assert.NotEmpty(check.OfAnswer("GET", "/tasks/{id}",
                JsonNode.Parse(good.Replace(from, to, StringComparison.Ordinal))));
        Assert.NotEmpty(check.OfAnswer("GET", "/service-info", JsonNode.Parse("""
            {"id":"a","name":"b","version":"1","type":{"group":"g","artifact":"wes","version":"1"},
             "organization":{"name":"n","url":"u"}}
            """)));
    }

    private static async Task<List<string>> StepAsync(
        TesScene scene, JsonNode step, Dictionary<string, string> kept)
    {
        if ((string?)step["cancel"] is { } cancelled)
        {
            await scene.CancelAsync(kept[cancelled]);
            return [];
        }
        if (step["post"] is { } document)
        {
            if ((int?)step["status"] is { } status)
            {
                Assert.Empty(scene.Check.OfRequest(document));
                var refused = await scene.PostAsync(document);
                return (int)refused.Status == status ? [] : [$"answered {refused.Status}"];
            }
            var id = await scene.CreateAsync(document);
            if ((string?)step["keep"] is { } name) kept[name] = id;
            return [];
        }
        var path = kept.Aggregate((string)step["get"]!, (text, pair) =>
            text.Replace($"{{{pair.Key}}}", pair.Value, StringComparison.Ordinal));
        var answer = await GetAsync(scene, path);
        using var within = new CancellationTokenSource(Patience);
        while (step["until"] is JsonArray states && states.All(state => (string)state! != (string)answer["state"]!))
        {
            await Task.Delay(100, within.Token);
            answer = await GetAsync(scene, path);
        }
        if ((string?)step["keep"] is { } field) kept[field] = (string)answer[field]!;
        return Compare(step, answer);
    }

    private static async Task<JsonNode> GetAsync(TesScene scene, string path)
    {
        if (path.StartsWith("/tasks?", StringComparison.Ordinal)) return await scene.ListAsync(path["/tasks?".Length..]);
        if (path.StartsWith("/tasks/", StringComparison.Ordinal))
        {
            var parts = path["/tasks/".Length..].Split("?view=");
            return await scene.GetAsync(parts[0], parts.Length > 1 ? parts[1] : "MINIMAL");
        }
        var answer = await scene.Node.AskAsync("GET", TesScene.Base + path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var json = JsonNode.Parse(answer.Bytes)!;
        Assert.Empty(scene.Check.OfAnswer("GET", path, json));
        return json;
    }

    private static List<string> Compare(JsonNode step, JsonNode answer)
    {
        List<string> faults = [];
        foreach (var (path, value) in step["has"]?.AsObject() ?? [])
            if (!JsonNode.DeepEquals(At(answer, path), value))
                faults.Add($"{path} is {At(answer, path)?.ToJsonString() ?? "missing"}");
        foreach (var (path, size) in step["sizes"]?.AsObject() ?? [])
            if (SizeOf(At(answer, path)) is var found && found != (int)size!) faults.Add($"{path} has {found} entries");
        foreach (var path in step["without"]?.AsArray() ?? [])
            if (At(answer, (string)path!) is not null) faults.Add($"{path} is there");
        if (step["only"] is JsonArray names && !answer.AsObject().Select(pair => pair.Key)
            .Order(StringComparer.Ordinal).SequenceEqual(names.Select(name => (string)name!)))
            faults.Add($"it has {string.Join(", ", answer.AsObject().Select(pair => pair.Key))}");
        return faults;
    }

    private static int SizeOf(JsonNode? node) => node switch
    {
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => -1,
    };

    private static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
            node = node switch
            {
                JsonArray list when int.TryParse(part, CultureInfo.InvariantCulture, out var index) =>
                    index < list.Count ? list[index] : null,
                JsonObject map => map[part],
                _ => null,
            };
        return node;
    }
}
