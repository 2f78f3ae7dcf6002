using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Integration.Serving;

/// <summary>Services in real containers, from the first call to the last payment.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task A_service_sleeps_wakes_grows_and_goes_to_sleep_again_and_pays_what_ran()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("web", """ "replicas":{"min":0,"max":2},"in_flight_max":2,"idle_after_seconds":3 """);
        Assert.Empty((await scene.ServiceAsync("web")).GetProperty("running").EnumerateArray());
        var first = await scene.CallAsync("web", "who?x=1");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var one = first.Headers.GetValues("Stun-Task").Single();
        Assert.Single((await scene.ServiceAsync("web")).GetProperty("running").EnumerateArray());

        // As many as one replica answers together, and two more: they wait until there is another.
        var calls = Enumerable.Range(0, 4).Select(_ => scene.CallAsync("web", "slow/4")).ToList();
        var answers = await Task.WhenAll(calls);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var tasks = answers.Select(answer => answer.Headers.GetValues("Stun-Task").Single()).Distinct().ToList();
        Assert.Equal(2, tasks.Count);
        Assert.Contains(one, tasks);

        await scene.UntilAsync(async () =>
            (await scene.ServiceAsync("web")).GetProperty("running").GetArrayLength() == 0);
        foreach (var task in tasks)
        {
            await scene.UntilAsync(async () =>
                (await scene.AskAsync("GET", $"/v1/tasks/{task}")).Json.GetProperty("state").GetString() == "complete");
            var served = (await scene.AskAsync("GET", $"/v1/tasks/{task}/result/served.json")).Json;
            Assert.True(served.GetProperty("connections").GetInt64() > 0);
            Assert.True(served.GetProperty("bytes_out").GetInt64() > 0);
            Assert.True(await PaidAsync(scene, task) > 0);
        }
        Assert.False((await scene.ServiceAsync("web")).TryGetProperty("last_fault", out var fault), fault.ToString());
    }

    [Fact]
    public async Task A_replica_that_is_killed_breaks_what_it_has_begun_and_another_answers_the_rest()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("web", """ "replicas":{"min":2,"max":2},"in_flight_max":4 """);
        await scene.UntilReadyAsync("web", 2);
        using var drip = await scene.CallAsync("web", "drip/100", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await drip.Content.ReadAsStreamAsync());
        var doomed = await reader.ReadLineAsync();
        var calls = Enumerable.Range(0, 5).Select(_ => scene.CallAsync("web", "slow/3")).ToList();
        await scene.UntilAsync(async () => (await scene.ServiceAsync("web")).GetProperty("in_flight").GetInt32() == 6);
        scene.KillInside(doomed!);
        // Half an answer does not look like a whole one.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync() is not null) { }
        });
        foreach (var answer in await Task.WhenAll(calls))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain(doomed!, await answer.Content.ReadAsStringAsync());
        }
        // It is wanted, so it comes again.
        await scene.UntilReadyAsync("web", 2);
    }

    [Fact]
    public async Task A_service_that_never_listens_is_given_up_and_paid_for_the_seconds_that_it_had()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("deaf", """ "start_within_seconds":4 """, "import time; time.sleep(1000)");
        var clock = Stopwatch.StartNew();
        using var answer = await scene.CallAsync("deaf", "x");
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("service.no-replica", await answer.Content.ReadAsStringAsync());
        Assert.InRange(clock.Elapsed.TotalSeconds, 3, 20);
        await scene.UntilAsync(async () => (await scene.ServiceAsync("deaf")).TryGetProperty("last_fault", out _));
        var fault = (await scene.ServiceAsync("deaf")).GetProperty("last_fault").GetString();
        Assert.Contains("gave no good answer", fault);
        var page = (await scene.AskAsync("GET", "/v1/tasks")).Json.GetProperty("tasks");
        var task = page.EnumerateArray().Last().GetProperty("id").GetString()!;
        await scene.UntilAsync(async () =>
            (await scene.AskAsync("GET", $"/v1/tasks/{task}")).Json.GetProperty("state").GetString() == "cancelled");
        // The dearest of the providers asks 200 a second; some seconds pass around the four.
        Assert.InRange(await PaidAsync(scene, task), 0, 200 * 12);
    }

    [Fact]
    public async Task A_service_that_floods_its_log_is_ended_and_the_reason_told()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("loud", """ "start_within_seconds":6,"replicas":{"min":1,"max":1} """,
            "import sys\nwhile True: sys.stdout.write('x' * 65536)");
        await scene.UntilAsync(async () =>
            (await scene.ServiceAsync("loud")).TryGetProperty("last_fault", out var fault)
            && fault.GetString()!.StartsWith("LogFlood", StringComparison.Ordinal));
        var (status, _) = await scene.AskAsync("DELETE", "/v1/services/loud");
        Assert.Equal(HttpStatusCode.NoContent, status);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.AskAsync("GET", "/v1/services/loud")).Status);
    }

    [Fact]
    public async Task Whose_replica_ends_at_once_is_passed_over_until_nobody_else_is_left()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("brief", """ "replicas":{"min":1,"max":1} """, "print('nothing to serve')");
        List<(Address? Ran, ValueList<Address> PassedOver)> orders = [];
        await scene.UntilAsync(() =>
        {
            orders = OrdersOf(scene);
            return Task.FromResult(orders.Count > 1 && orders.Skip(1).Any(order => order.PassedOver.Count == 0));
        }, 150);
        // Each one passes over who ran the one before, until nobody is left: then it is anybody's again.
        var again = orders.FindIndex(1, order => order.PassedOver.Count == 0);
        Assert.InRange(again, 2, 5);
        for (var next = 1; next < again; next++)
        {
            Assert.Equal(next, orders[next].PassedOver.Count);
            Assert.Contains(orders[next - 1].Ran!.Value, orders[next].PassedOver.ToArray());
        }
        Assert.Equal("It ended by itself.",
            (await scene.ServiceAsync("brief")).GetProperty("last_fault").GetString());
    }

    [Fact]
    public async Task The_next_life_of_the_node_goes_on_with_its_services_and_their_orders()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("web", """ "replicas":{"min":1,"max":1} """);
        await scene.UntilReadyAsync("web", 1);
        var task = Running(await scene.ServiceAsync("web")).Single().GetProperty("task").GetString();
        await scene.FallAsync();
        await scene.StartAgainAsync();
        await scene.UntilReadyAsync("web", 1);
        Assert.Equal(task, Running(await scene.ServiceAsync("web")).Single().GetProperty("task").GetString());
        using var answer = await scene.CallAsync("web", "who");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_replica_at_the_end_of_its_life_has_a_successor_and_no_call_fails()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("web",
            """ "replicas":{"min":1,"max":1},"life_seconds":30,"start_within_seconds":20 """);
        await scene.UntilReadyAsync("web", 1);
        HashSet<string> tasks = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(40) && tasks.Count < 2;)
        {
            using var answer = await scene.CallAsync("web", "slow/0.2");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            tasks.Add(answer.Headers.GetValues("Stun-Task").Single());
        }
        Assert.Equal(2, tasks.Count);
    }

    [Fact]
    public async Task What_is_called_passes_as_it_is_and_nothing_of_the_callers_key_goes_with_it()
    {
        await using var scene = await ServingScene.StartAsync();
        await scene.ServeAsync("web", """ "shared":true """);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/services/web/http/echo/a%20b?c=d&e");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", scene.StrangersKey());
        request.Headers.Add("X-Own", "7");
        var body = new byte[3 << 20];
        Random.Shared.NextBytes(body);
        request.Content = new ByteArrayContent(body);
        using var answer = await scene.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var told = answer.Headers.GetValues("X-Told").Single();
        Assert.Contains("POST /echo/a%20b?c=d&e", told);
        Assert.Contains("own 7", told);
        Assert.Contains("auth None", told);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
        Assert.False(answer.Headers.Contains("Set-Cookie"));

        await scene.ServeAsync("mine", "");
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/v1/services/mine/http/who");
        foreign.Headers.Authorization = new AuthenticationHeaderValue("Bearer", scene.StrangersKey());
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Http.SendAsync(foreign)).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"Web","image":"IMAGE","port":80,"price_per_hour_max":"10000000"}""", "request.invalid")]
    [InlineData("""{"name":"w","image":"IMAGE","price_per_hour_max":"10000000"}""", "request.invalid")]
    [InlineData("""{"name":"w","image":"IMAGE","port":80}""", "request.invalid")]
    [InlineData("""{"name":"w","image":"IMAGE","port":80,"price_per_hour_max":"1"}""", "task.price-too-low")]
    [InlineData(
        """{"name":"w","image":"IMAGE","port":80,"price_per_hour_max":"9999999","replicas":{"min":3,"max":2}}""",
        "request.invalid")]
    [InlineData("""{"name":"w","model":"IMAGE","price_per_hour_max":"10000000"}""", "model.unknown")]
    public async Task A_service_that_makes_no_sense_is_refused(string form, string code)
    {
        await using var node = await Gateway.LiveNode.StartAsync();
        var answer = await node.AskAsync("POST", "/v1/services", form.Replace("IMAGE", Gateway.LiveNode.Image));
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task A_model_is_served_to_whoever_asks_the_host_of_models()
    {
        await using var scene = await ServingScene.StartAsync();
        var model = await scene.RegisterAsync($$"""
            {"name":"letters","format":"pth","needs":{"cpu_millis":500,"memory_mib":128,"disk_mib":16},
             "file":{"digest":"{{await scene.UploadAsync(await scene.TrainAsync("letters"))}}"} }
            """);
        var (status, made) = await scene.AskAsync("POST", "/v1/services",
            $$"""{"name":"letters","model":"{{model}}","price_per_hour_max":"10000000"}""");
        Assert.True(status == HttpStatusCode.Created, made.ToString());
        var (owner, host) = (scene.Network.Requester.Address, (IModelHost)scene.Host.Services!);
        Assert.Equal(["letters"], host.ModelsFor(owner).Select(served => served.Id));
        Assert.Empty(host.ModelsFor(Address.Zero));
        Assert.Null(host.Find("letters", Address.Zero));
        var route = host.Find("letters", owner)!;

        const string plain =
            """{"model":"letters","messages":[{"role":"user","content":"a provider "}],"max_tokens":32}""";
        var (text, by) = await AskAsync(route, "/v1/chat/completions", plain);
        var answer = JsonDocument.Parse(text).RootElement;
        var said = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal("runs a task and shows a receipt.", said);
        Assert.Equal((11, 32), (answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(),
            answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        Assert.NotNull(by.Task);
        Assert.StartsWith("0x", by.Name);

        var (streamed, _) = await AskAsync(route, "/v1/chat/completions",
            plain[..^1] + ""","stream":true,"stream_options":{"include_usage":true}}""");
        Assert.EndsWith("data: [DONE]\n\n", streamed);
        var pieces = streamed.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement).ToList();
        Assert.Equal(said, string.Concat(pieces.SelectMany(piece => piece.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var piece)
                ? piece.GetString() : "")));
        Assert.Equal(32, pieces[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        var (embedded, _) = await AskAsync(route, "/v1/embeddings", """{"model":"letters","input":["hello","task"]}""");
        Assert.Equal(2, JsonDocument.Parse(embedded).RootElement.GetProperty("data").GetArrayLength());
        var (completed, _) = await AskAsync(route, "/v1/completions",
            """{"model":"letters","prompt":"the escrow ","max_tokens":15,"temperature":0.5,"seed":3}""");
        var (again, _) = await AskAsync(route, "/v1/completions",
            """{"model":"letters","prompt":"the escrow ","max_tokens":15,"temperature":0.5,"seed":3}""");
        Assert.Equal(completed, again);
        var (refused, _) = await AskAsync(route, "/v1/completions", """{"prompt":7}""", 400);
        Assert.Contains("prompt is a text", refused);
    }

    private static async Task<(string Text, ServedBy By)> AskAsync(
        IModelRoute route, string path, string json, int status = 200)
    {
        using var answer = await route.AskAsync(
            new ModelQuestion(path, Encoding.UTF8.GetBytes(json)), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(answer.Body);
        var text = await reader.ReadToEndAsync();
        Assert.True(answer.Status == status, text);
        return (text, answer.By);
    }

    /// <summary>From the oldest on: who ran it, and who was not to.</summary>
    private static List<(Address? Ran, ValueList<Address> PassedOver)> OrdersOf(ServingScene scene)
    {
        var books = scene.Host.ReadModel!.Queries;
        var tasks = books.ListTasks(new TaskFilter(Limit: 100)).Items.OrderBy(task => task.SubmittedAt).ToList();
        return [.. tasks.Select(task => (books.Attempts(task.Id) is [.., var last] ? last.Provider : (Address?)null,
            task.Order.Order.Spec.Policy.ProvidersDenied))];
    }

    private static JsonElement.ArrayEnumerator Running(JsonElement service) =>
        service.GetProperty("running").EnumerateArray();

    private static async Task<decimal> PaidAsync(ServingScene scene, string task)
    {
        JsonElement settled = default;
        await scene.UntilAsync(async () => (await scene.AskAsync("GET", $"/v1/tasks/{task}/why"))
            .Json.TryGetProperty("settlement", out settled));
        decimal Part(string name) =>
            decimal.Parse(settled.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        return Part("held") - Part("refund");
    }
}
