using System.Net;
using System.Text.Json;
using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Gateway;
using Stun.Protocol;

namespace Stun.Integration.OpenAi;

/// <summary>What goes through the door, what it costs, and what happens when a provider does not do its part.</summary>
public sealed class DoorTests
{
    [Fact]
    public async Task A_question_goes_out_byte_by_byte_but_for_the_name_of_the_model()
    {
        await using var scene = await ModelScene.StartAsync();
        const string Asked = "{ \"messages\" : [{\"role\":\"user\",\"content\":\"\\u00fc  \"}],\n"
            + "\"model\":\"acme/llama-8b\" , \"invented_today\":{\"b\":1,\"a\":[ ]}}";
        var answer = await scene.AskTextAsync("/v1/chat/completions", Asked);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(scene.First.Asked.TryDequeue(out var asked));
        Assert.Equal(Asked.Replace("acme/llama-8b", "plain", StringComparison.Ordinal), asked.Body);
        Assert.Equal($"Bearer {Upstream.Secret}", asked.Key);
        Assert.Equal("""{"b":1,"a":[]}""", answer.Json.GetProperty("invented_yesterday").GetRawText());
        Assert.Equal("p0", answer.Headers.GetValues("stun-provider").Single());
        Assert.Equal("none", answer.Headers.GetValues("stun-verification").Single());
        Assert.NotEmpty(answer.Headers.GetValues("x-request-id").Single());
        Assert.DoesNotContain(scene.Key, asked.Body + asked.Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ",\"stream_options\":{\"include_usage\":true}}")]
    [InlineData(",\"stream_options\":null", ",\"stream_options\":{\"include_usage\":true}}")]
    [InlineData(",\"stream_options\":{ }", ",\"stream_options\":{ \"include_usage\":true}}")]
    [InlineData(",\"stream_options\":{\"x\":1}", ",\"stream_options\":{\"x\":1,\"include_usage\":true}}")]
    [InlineData(",\"stream_options\":{\"include_usage\":false}", ",\"stream_options\":{\"include_usage\":true}}")]
    public async Task A_stream_is_asked_for_its_usage_and_the_caller_does_not_see_it(string options, string ending)
    {
        await using var scene = await ModelScene.StartAsync();
        var answer = await scene.AskAsync("acme/llama-8b", ",\"stream\":true" + options);
        Assert.True(scene.First.Asked.TryDequeue(out var asked));
        Assert.EndsWith(ending, asked.Body, StringComparison.Ordinal);
        Assert.StartsWith("{\"model\":\"plain\",", asked.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("usage", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        var sum = (await scene.UsageAsync()).GetProperty("sum");
        Assert.Equal((10, 20, "57"), (sum.GetProperty("tokens_in").GetInt32(), sum.GetProperty("tokens_out").GetInt32(),
            sum.GetProperty("charged").GetString()));
    }

    [Fact]
    public async Task What_was_answered_is_charged_and_what_was_not_is_free()
    {
        await using var scene = await ModelScene.StartAsync();
        await scene.AskAsync("plain");
        await scene.AskAsync("acme/llama-8b", ",\"stream\":true");
        await scene.AskAsync("no-usage");
        foreach (var model in (string[])["empty", "html", "status-500", "break", "false-success"])
            await scene.AskAsync(model);
        foreach (var model in (string[])["break", "gone", "silent"]) await scene.AskAsync(model, ",\"stream\":true");
        var usage = await scene.UsageAsync();
        var sum = usage.GetProperty("sum");
        Assert.Equal((11, 8), (sum.GetProperty("requests").GetInt32(), sum.GetProperty("failed").GetInt32()));
        var counted = sum.GetProperty("counted").GetInt64();
        Assert.True(counted > 0);
        Assert.Equal(20, sum.GetProperty("tokens_in").GetInt64() + sum.GetProperty("tokens_out").GetInt64()
            - counted - 40);
        Assert.All(usage.GetProperty("rows").EnumerateArray().Where(row => !row.TryGetProperty("provider", out _)),
            row => Assert.Equal("0", row.GetProperty("sum").GetProperty("charged").GetString()));
        Assert.Empty(new UsageBook(scene.Node.Database).Audit());
        var other = await scene.Node.AskAsync("GET", $"/v1/usage?account={scene.Node.Network.Requester.Address}", null,
            ApiRole.Provider);
        Assert.Equal("account.unknown", other.Code);
    }

    [Fact]
    public async Task Who_leaves_a_stream_pays_for_what_was_passed_on()
    {
        await using var scene = await ModelScene.StartAsync(
            each: (_, settings) => settings with { Within = Duration.Seconds(60) });
        using var request = scene.Node.Request(
            "POST", "/v1/chat/completions", scene.Key, ModelScene.Chat("silent", ",\"stream\":true"));
        using (var response = await scene.Node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            using var reader = new StreamReader(body);
            while (await reader.ReadLineAsync() is { } line && !line.Contains("mit", StringComparison.Ordinal)) { }
        }
        var sum = (await UntilAsync(scene, 1)).GetProperty("sum");
        Assert.Equal(0, sum.GetProperty("failed").GetInt32());
        Assert.Equal(3, sum.GetProperty("tokens_out").GetInt32());
        while (scene.First.Running > 0) await Task.Delay(10);
    }

    private static async Task<JsonElement> UntilAsync(ModelScene scene, int requests)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var usage = await scene.UsageAsync();
            if (usage.GetProperty("sum").GetProperty("requests").GetInt32() == requests) return usage;
            await Task.Delay(20, within.Token);
        }
    }

    [Theory]
    [InlineData("status-500")]
    [InlineData("status-429")]
    [InlineData("status-401")]
    [InlineData("empty")]
    [InlineData("stall")]
    [InlineData("redirect")]
    public async Task Who_fails_before_its_first_byte_is_replaced_by_another(string vice)
    {
        await using var scene = await ModelScene.StartAsync(2, each: (index, settings) => settings with
        {
            Models = [new OutsideModel("some", index == 0 ? vice : "plain")],
        });
        for (var turn = 0; turn < 3; turn++)
        {
            var answer = await scene.AskAsync("some");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal("p1", answer.Headers.GetValues("stun-provider").Single());
        }
        Assert.Equal(3, scene.Upstreams[1].Asked.Count);
        // Who failed is left alone for a while.
        Assert.InRange(scene.First.Asked.Count, 1, 2);
        Assert.DoesNotContain(scene.First.Asked.Concat(scene.Upstreams[1].Asked), asked =>
            asked.Path.StartsWith("/elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_replaced_and_alone_is_an_error()
    {
        await using var scene = await ModelScene.StartAsync(2, each: (index, settings) => settings with
        {
            Url = index == 0 ? "http://127.0.0.1:1/v1" : settings.Url,
            Models = index == 0 ? [new OutsideModel("some", "plain"), new OutsideModel("alone", "plain")]
                : [new OutsideModel("some", "plain")],
        });
        Assert.Equal(HttpStatusCode.OK, (await scene.AskAsync("some")).Status);
        var answer = await scene.AskAsync("alone");
        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Equal("model.broken", Error(answer).GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_least_busy_provider_is_asked_and_who_finds_no_place_waits_for_one()
    {
        await using var scene = await ModelScene.StartAsync(2, each: (_, settings) => settings with
        {
            AtOnce = 1,
            Within = Duration.Seconds(20),
        });
        var held = Enumerable.Range(0, 2).Select(_ => scene.AskAsync("held")).ToList();
        while (scene.Upstreams.Sum(each => each.Running) < 2) await Task.Delay(10);
        Assert.All(scene.Upstreams, each => Assert.Equal(1, each.Running));
        var third = scene.AskAsync("plain");
        await Task.Delay(100);
        Assert.False(third.IsCompleted);
        scene.Upstreams[1].Release.SetResult();
        var answer = await third;
        Assert.Equal((HttpStatusCode.OK, "p1"), (answer.Status, answer.Headers.GetValues("stun-provider").Single()));
        scene.First.Release.SetResult();
        foreach (var each in held) Assert.Equal(HttpStatusCode.OK, (await each).Status);
    }

    [Theory]
    [InlineData("status-400", 400, "y", null)]
    [InlineData("status-401", 502, "model.refused", null)]
    [InlineData("status-404", 502, "model.refused", null)]
    [InlineData("status-429", 429, "model.throttled", "7")]
    [InlineData("status-503", 503, "model.busy", "7")]
    [InlineData("status-500", 502, "model.broken", null)]
    [InlineData("redirect", 502, "model.refused", null)]
    [InlineData("html", 502, "model.broken", null)]
    [InlineData("empty", 502, "model.broken", null)]
    [InlineData("break", 502, "model.broken", null)]
    [InlineData("false-success", 502, "model.broken", null)]
    [InlineData("stall", 504, "model.silent", null)]
    public async Task A_provider_that_fails_is_told_by_status_and_code_and_never_by_its_key(
        string model, int status, string code, string? retryAfter)
    {
        await using var scene = await ModelScene.StartAsync();
        foreach (var more in (string[])["", ",\"stream\":true"])
        {
            if (more.Length > 0 && model is "break" or "html" or "false-success") continue;
            var answer = await scene.AskAsync(model, more);
            Assert.DoesNotContain(Upstream.Secret, answer.Text, StringComparison.Ordinal);
            Assert.Equal(status, (int)answer.Status);
            // What quoted the key was replaced whole.
            Assert.Equal(model == "status-400" ? "model.rejects" : code, Error(answer).GetProperty("code").GetString());
            if (retryAfter is not null)
                Assert.Equal(retryAfter, answer.Headers.GetValues("Retry-After").Single());
        }
    }

    [Theory]
    [InlineData("break")]
    [InlineData("gone")]
    [InlineData("silent")]
    public async Task A_stream_that_breaks_ends_with_an_error_and_not_with_the_last_word(string model)
    {
        await using var scene = await ModelScene.StartAsync();
        var answer = await scene.AskAsync(model, ",\"stream\":true");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("Grüezi", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Text, StringComparison.Ordinal);
        var last = answer.Text.TrimEnd().Split("\n\n")[^1];
        var error = JsonDocument.Parse(last["data: ".Length..]).RootElement.GetProperty("error");
        Assert.Equal(model == "silent" ? "model.silent" : "model.broken", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_asked_again_comes_from_what_was_kept_and_is_free()
    {
        await using var scene = await ModelScene.StartAsync();
        async Task<string> AskAsync(string wish, string body, ApiRole role = ApiRole.Requester)
        {
            var request = scene.Node.Request("POST", "/v1/chat/completions", scene.Node.Keys[role], body);
            request.Headers.Add("stun-cache", wish);
            var answer = await scene.Node.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            return answer.Headers.TryGetValues("stun-cache", out var told) ? told.Single() : "";
        }
        var fixedOne = ModelScene.Chat("plain", ",\"temperature\":0");
        Assert.Equal("miss", await AskAsync("on", fixedOne));
        Assert.Equal("hit", await AskAsync("on",
            """{"temperature":0, "messages":[{"content":"Gr\u00fcezi","role":"user"}],"model":"plain"}"""));
        Assert.Equal("miss", await AskAsync("on", fixedOne, ApiRole.Operator));
        Assert.Equal("none", await AskAsync("on", ModelScene.Chat("plain")));
        Assert.Equal("miss", await AskAsync("force", ModelScene.Chat("plain")));
        Assert.Equal("hit", await AskAsync("force", ModelScene.Chat("plain")));
        Assert.Equal("miss", await AskAsync("on", ModelScene.Chat("plain", ",\"seed\":1,\"stream\":true")));
        Assert.Equal("hit", await AskAsync("on", ModelScene.Chat("plain", ",\"seed\":1,\"stream\":true")));
        Assert.Equal("", await AskAsync("off", fixedOne));
        var sum = (await scene.UsageAsync()).GetProperty("sum");
        Assert.Equal((8, 3, 5 * 57), (sum.GetProperty("requests").GetInt32(), sum.GetProperty("cached").GetInt32(),
            int.Parse(sum.GetProperty("charged").GetString()!)));
    }

    [Fact]
    public async Task Who_is_over_its_quota_is_told_so_and_the_days_money_outlives_a_restart()
    {
        var quota = new ModelQuota(SpendPerDay: new Amount(2_200));
        string directory;
        await using (var scene = await ModelScene.StartAsync(change: settings => settings with { PerAccount = quota }))
        {
            directory = scene.Node.Directory;
            // What it could cost is set aside: a large limit of tokens is refused before it is asked.
            var large = await scene.AskAsync("plain", ",\"max_tokens\":5000");
            Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota"),
                (large.Status, Error(large).GetProperty("type").GetString()));
            Assert.Equal(HttpStatusCode.OK, (await scene.AskAsync("plain")).Status);
        }
        await using (var later = await ModelScene.StartAsync(
            change: settings => settings with { PerAccount = quota with { SpendPerDay = new Amount(57) } },
            directory: directory))
        {
            var refused = await later.AskAsync("plain", ",\"max_tokens\":1");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
            Assert.Equal("quota.spent", refused.Headers.GetValues("stun-code").Single());
            Assert.Empty(later.First.Asked);
        }
        await using var often = await ModelScene.StartAsync(change: settings => settings with
        {
            PerKey = new ModelQuota(RequestsPerMinute: 2, TokensPerMinute: 1_000_000),
        });
        for (var turn = 0; turn < 2; turn++)
            Assert.Equal(HttpStatusCode.OK, (await often.AskAsync("plain")).Status);
        var third = await often.AskAsync("plain");
        Assert.Equal(("quota.requests", "rate_limit_error"), (Error(third).GetProperty("code").GetString(),
            Error(third).GetProperty("type").GetString()));
        Assert.InRange(int.Parse(third.Headers.GetValues("Retry-After").Single()), 20, 30);
    }

    [Fact]
    public async Task Models_are_offered_only_to_the_accounts_that_they_are_for()
    {
        await using var scene = await ModelScene.StartAsync(each: (_, settings) => settings with
        {
            Accounts = [new Address(1, 2, 3)],
        });
        Assert.Equal(0, (await scene.Node.AskAsync("GET", "/v1/models")).Json.GetProperty("data").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await scene.AskAsync("plain")).Status);
        Assert.Empty(scene.First.Asked);
    }

    internal static JsonElement Error(Gateway.LiveNode.Answer answer) => answer.Json.GetProperty("error");
}
