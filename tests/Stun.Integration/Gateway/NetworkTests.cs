using System.Net;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Gateway;

/// <summary>What the console shows of the network, from a real one behind a real port.</summary>
public sealed class NetworkTests
{
    [Fact]
    public async Task Anybody_sees_what_the_network_does_and_only_sums_of_it()
    {
        await using var node = await LiveNode.StartAsync();
        for (var task = 0; task < 3; task++) await node.RunTaskAsync($"word {task}");
        await Task.Delay(1_100);
        var all = await StatisticsAsync(node, "1h");
        Assert.Equal(3, all.GetProperty("tasks").GetProperty("submitted").GetInt64());
        Assert.Equal(3, all.GetProperty("tasks").GetProperty("complete").GetInt64());
        Assert.Equal(0, all.GetProperty("tasks").GetProperty("under_way").GetInt64());
        Assert.Equal(1_000_000, all.GetProperty("success_ppm").GetInt64());
        Assert.Equal(60, all.GetProperty("series").GetArrayLength());
        Assert.Equal(3, all.GetProperty("series").EnumerateArray()
            .Sum(bucket => bucket.GetProperty("complete").GetInt64()));
        Assert.Equal(6, all.GetProperty("latency").GetProperty("run").GetProperty("count").GetInt64());
        Assert.Equal(3, all.GetProperty("providers").GetProperty("online").GetInt64());
        Assert.Equal("0", all.GetProperty("escrow").GetProperty("held").GetString());
        Assert.False(all.TryGetProperty("gas", out _));
        var paid = UInt128.Parse(all.GetProperty("escrow").GetProperty("paid").GetString()!);
        Assert.Equal(paid, all.GetProperty("series").EnumerateArray()
            .Aggregate(UInt128.Zero, (sum, bucket) => sum + UInt128.Parse(bucket.GetProperty("paid").GetString()!)));
        foreach (var window in (string[])["6h", "24h", "7d", "30d"])
            Assert.Equal(3, (await StatisticsAsync(node, window)).GetProperty("tasks").GetProperty("complete")
                .GetInt64());
        foreach (var wrong in (string[])["2h", "", "1h&window=6h"])
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await node.SendAsync(
                node.Request("GET", $"/v1/statistics?window={wrong}", null))).Status);
    }

    [Fact]
    public async Task A_cheat_is_caught_slashed_and_shown_with_its_task_and_its_provider()
    {
        await using var node = await LiveNode.StartAsync(change: options => options with { Cheat = Vice.Garbage });
        var cheat = node.Network.Providers.Single(provider =>
            node.Network.NameOf(provider.Key.Address) == "gamma").Key.Address.ToString();
        JsonElement caught = default;
        // Replicas are drawn by lot: sooner or later it is the cheat's turn.
        for (var round = 0; round < 40; round++)
        {
            await node.RunTaskAsync($"round {round}");
            await Task.Delay(1_050);
            if ((caught = (await StatisticsAsync(node, "1h")).GetProperty("cheats")).GetArrayLength() > 0) break;
        }
        Assert.NotEqual(0, caught.GetArrayLength());
        Assert.All(caught.EnumerateArray(), entry => Assert.Equal(cheat, entry.GetProperty("provider").GetString()));
        var view = (await node.AskAsync("GET", $"/v1/providers/{cheat}")).Json;
        var fraud = caught.EnumerateArray().First();
        Assert.Contains(fraud.GetProperty("task").GetString(), view.GetProperty("moves").EnumerateArray()
            .Where(move => move.GetProperty("judgement").GetString() is "Fraud" or "Unpaid")
            .Select(move => move.GetProperty("task").GetString()));
        var honest = (await node.AskAsync("GET", "/v1/providers?sort=reputation")).Json.GetProperty("providers")
            .EnumerateArray().Select(provider => provider.GetProperty("address").GetString()).ToList();
        Assert.Equal(cheat, honest[^1]);
    }

    [Fact]
    public async Task Providers_are_listed_in_every_order_page_by_page_and_what_they_run_is_their_own()
    {
        await using var node = await LiveNode.StartAsync();
        await node.RunTaskAsync("one");
        await Task.Delay(1_100);
        foreach (var order in (string[])
            ["reputation", "earned", "stake", "tasks", "running", "online", "price", "address"])
        {
            List<string> seen = [];
            var cursor = "";
            do
            {
                var page = (await node.AskAsync("GET", $"/v1/providers?sort={order}&limit=2{cursor}")).Json;
                Assert.Equal(3, page.GetProperty("total").GetInt32());
                seen.AddRange(page.GetProperty("providers").EnumerateArray()
                    .Select(provider => provider.GetProperty("address").GetString()!));
                cursor = page.TryGetProperty("cursor", out var next)
                    ? $"&cursor={Uri.EscapeDataString(next.GetString()!)}" : null;
            }
            while (cursor is not null);
            Assert.Equal(3, seen.Distinct().Count());
            Assert.Equal(3, seen.Count);
        }
        var cheapest = (await node.AskAsync("GET", "/v1/providers?sort=price&region=eu-fr&online=1")).Json;
        Assert.Equal("100", Assert.Single(cheapest.GetProperty("providers").EnumerateArray())
            .GetProperty("price_min").GetString());
        Assert.Empty((await node.AskAsync("GET", "/v1/providers?online=0")).Json.GetProperty("providers")
            .EnumerateArray());
        foreach (var wrong in (string[])["sort=x", "sort=price&cursor=x", "limit=0", "limit=201", "online=maybe"])
            Assert.Equal(HttpStatusCode.UnprocessableEntity,
                (await node.AskAsync("GET", $"/v1/providers?{wrong}")).Status);
        var address = node.Network.Providers[0].Key.Address;
        var mine = node.AddKey(ApiRole.Provider, address);
        var own = (await node.SendAsync(node.Request("GET", $"/v1/providers/{address}", mine))).Json;
        Assert.True(own.TryGetProperty("running_tasks", out _));
        var others = (await node.AskAsync("GET", $"/v1/providers/{address}")).Json;
        Assert.False(others.TryGetProperty("running_tasks", out _));
        Assert.Equal("provider.unknown", (await node.AskAsync("GET", $"/v1/providers/{EvmKey.Generate().Address}"))
            .Json.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await node.AskAsync("GET", "/v1/providers/0x12")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await node.AskAsync("GET", $"/v1/providers/{address}?window=1d")).Status);
    }

    [Fact]
    public async Task What_was_measured_of_a_provider_is_shown_beside_what_it_measured_of_itself()
    {
        await using var node = await LiveNode.StartAsync(change: options => options with { Measures = true });
        foreach (var word in (string[])["one", "two", "three"]) await node.RunTaskAsync(word);
        var (verified, compared, waits) = (0L, 0L, 0L);
        foreach (var provider in node.Network.Providers)
        {
            var view = (await node.AskAsync("GET", $"/v1/providers/{provider.Key.Address}")).Json;
            var work = view.GetProperty("work");
            var delivered = work.GetProperty("delivered").GetInt64();
            Assert.Equal(view.GetProperty("provider").GetProperty("finished").GetInt64(), delivered);
            Assert.Equal(delivered, work.GetProperty("delivery").GetProperty("count").GetInt64());
            Assert.Equal(0, work.GetProperty("frauds").GetInt64());
            Assert.InRange(work.GetProperty("online_ppm").GetInt64(), 999_000, 1_000_000);
            verified += work.GetProperty("verified").GetInt64();
            if (delivered > 0)
            {
                waits += work.GetProperty("delivery").GetProperty("p95_micros").GetInt64();
                compared += work.GetProperty("comparison").GetProperty("count").GetInt64();
                Assert.InRange(work.GetProperty("comparison").GetProperty("time_ppm").GetInt64(), 1, long.MaxValue);
            }
            else Assert.False(work.TryGetProperty("comparison", out _));
            await ShowsMachineAsync(node, view);
        }
        // Each task was run by two, and each of them was compared with the other.
        Assert.Equal((6, 6), (verified, compared));
        Assert.NotEqual(0, waits);
    }

    [Fact]
    public async Task A_record_of_a_machine_that_another_has_signed_or_that_is_none_is_not_shown()
    {
        await using var node = await LiveNode.StartAsync(change: options => options with { Measures = true });
        var address = node.Network.Providers[0].Key.Address;
        var (mine, other) = (node.Network.Providers[0].Key, EvmKey.Generate());
        await ShowsMachineAsync(node, await DetailAsync());
        var named = new ProviderQueries(node.Database).Capability(address)!.Value;
        Assert.Equal($"sha256:{named}",
            (await DetailAsync()).GetProperty("capability").GetProperty("digest").GetString());
        var record = ProtocolWire.DecodeSignedCapabilityRecord(
            (await node.Blobs.ReadAsync(named, 1 << 16, CancellationToken.None))!).Record;
        await NamesAsync(ProtocolWire.Encode(Signed(record, mine)));
        Assert.True((await DetailAsync()).TryGetProperty("capability", out _));
        foreach (var wrong in (byte[][])
        [
            ProtocolWire.Encode(Signed(record, other)),
            ProtocolWire.Encode(Signed(record with { Node = other.Address }, other)),
            ProtocolWire.Encode(Signed(record, mine) with { Record = record with { CpuModel = "another" } }),
            [1, 2, 3], [],
        ])
        {
            await NamesAsync(wrong);
            Assert.False((await DetailAsync()).TryGetProperty("capability", out _));
        }
        Execute(new Digest(1, 2, 3, 4));
        Assert.False((await DetailAsync()).TryGetProperty("capability", out _));

        static SignedCapabilityRecord Signed(CapabilityRecord record, EvmKey key) =>
            new(record, key.Sign(TypedData.Digest(new TypedDataDomain(0, Address.Zero), record)));

        async Task<JsonElement> DetailAsync() => (await node.AskAsync("GET", $"/v1/providers/{address}")).Json;

        async Task NamesAsync(byte[] bytes) => Execute(await node.Blobs.KeepAsync(bytes, CancellationToken.None));

        void Execute(Digest named) => node.Database.Write(sql => sql.Execute(
            "UPDATE offers SET capability = @named WHERE provider = @provider",
            ("named", named.ToString()), ("provider", address.ToString())));
    }

    [Fact]
    public async Task A_policy_is_read_with_every_fault_in_its_place_and_tried_on_tasks()
    {
        await using var node = await LiveNode.StartAsync();
        var task = await node.RunTaskAsync("tried");
        var bad = (await CheckAsync(node, "version: 1\ntask:\n  memory: much\nprices: 7\n")).Json;
        Assert.False(bad.GetProperty("valid").GetBoolean());
        var faults = bad.GetProperty("faults").EnumerateArray().ToList();
        Assert.Contains(faults, fault => fault.GetProperty("line").GetInt32() == 3
            && fault.GetProperty("key").GetString() == "task.memory");
        Assert.Contains(faults, fault => fault.GetProperty("line").GetInt32() == 4);
        var strict = (await CheckAsync(node, "version: 1\nprice: { per-second-min: 999999999 }\n", recent: 5)).Json;
        Assert.True(strict.GetProperty("valid").GetBoolean());
        Assert.StartsWith("sha256:", strict.GetProperty("digest").GetString(), StringComparison.Ordinal);
        var results = strict.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.False(result.GetProperty("allowed").GetBoolean()));
        Assert.Equal(task, results[1].GetProperty("task").GetString());
        Assert.Contains(results[0].GetProperty("rules").EnumerateArray(), rule =>
            rule.GetProperty("rule").GetString() == "price.per-second-min" && !rule.GetProperty("kept").GetBoolean());
        var open = (await CheckAsync(node, "version: 1\n")).Json.GetProperty("results")[0];
        Assert.True(open.GetProperty("allowed").GetBoolean());
        var requester = (await CheckAsync(node, "version: 1\ntee: true\n", "requester")).Json;
        Assert.True(requester.GetProperty("valid").GetBoolean(), requester.ToString());
        foreach (var (kind, text) in ((string, string)[])
            [("validator", "version: 1\n"), ("provider", new('x', 70_000))])
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await CheckAsync(node, text, kind)).Status);
        foreach (var rubbish in (string[])["", "[", "\u0001", "- a\n- b\n", "version: 2\n", "&a [*a]"])
            Assert.False((await CheckAsync(node, rubbish)).Json.GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task An_estimate_names_what_the_scheduler_would_choose_from_and_why_the_rest_is_refused()
    {
        await using var node = await LiveNode.StartAsync(change: options => options with { Boundless = false });
        var fits = await EstimateAsync(node, """{"cpu_millis":1000}""", "1000000");
        Assert.Equal(3, fits.GetProperty("candidates").GetInt32());
        Assert.True(fits.GetProperty("sufficient").GetBoolean());
        Assert.Equal(
            ("100", "120", "200"), (Text(fits, "price_per_second", "least"), Text(fits, "price_per_second", "median"),
            Text(fits, "price_per_second", "most")));
        // Two of three for ten seconds each: the two cheapest, two of the mean, and all three.
        Assert.Equal(("2200", "2800", "4200"),
            (Text(fits, "cost", "least"), Text(fits, "cost", "expected"), Text(fits, "cost", "most")));
        Assert.Equal("3600", fits.GetProperty("price_limit_least").GetString());
        Assert.True((await EstimateAsync(node, """{"cpu_millis":1000}""", "3600")).GetProperty("sufficient")
            .GetBoolean());
        var poor = await EstimateAsync(node, """{"cpu_millis":1000}""", "3599");
        Assert.False(poor.GetProperty("sufficient").GetBoolean());
        Assert.Contains(poor.GetProperty("refusals").EnumerateArray(),
            refusal => refusal.GetProperty("reason").GetString() == "Price");
        var large = await EstimateAsync(node, """{"cpu_millis":3000}""", "1000000");
        Assert.Equal(1, large.GetProperty("candidates").GetInt32());
        Assert.False(large.GetProperty("sufficient").GetBoolean());
        Assert.False(large.TryGetProperty("cost", out _));
        Assert.Equal(2, large.GetProperty("refusals").EnumerateArray()
            .Single(refusal => refusal.GetProperty("reason").GetString() == "Cpu").GetProperty("count").GetInt32());
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await node.AskAsync("POST", "/v1/tasks/estimate", """{"image":"x"}""")).Status);
        var none = await EstimateAsync(node, """{"gpu_count":1}""", "1000000");
        Assert.Equal(0, none.GetProperty("candidates").GetInt32());
    }

    [Fact]
    public async Task The_order_of_a_task_comes_back_as_the_form_that_makes_it_again()
    {
        await using var node = await LiveNode.StartAsync();
        var address = EvmKey.Generate().Address;
        foreach (var form in (string[])
        [
            LiveNode.TaskJson("plain"),
            $$"""
            {"image":"docker://registry.example/a@{{LiveNode.Image}}","command":["a","b c"],"outputs":["*.json"],
            "inputs":[{"name":"in","digest":"{{LiveNode.Image}}","size":7}],"privacy":"none","priority":"urgent",
            "resources":{"gpu_count":1,"gpu_model":"H100","gpu_memory_mib":2,"compute_capability":"8.0",
            "cpu_millis":500,"memory_mib":64,"disk_mib":32,"regions":["eu-de","us-ca"],"nodes":1},
            "verification":{"kind":"redundant","agreeing":3,"attempts":5},"home":"eu-fr","price_limit":"99999999",
            "comparator":{"kind":"numeric","absolute_units":3,"absolute_exponent":-4,"relative_ppb":5},
            "providers":{"reputation_ppm_min":10,"stake_min":"20","allowed":["{{address}}"]},
            "model_creator":"{{address}}","run_time_max_seconds":30}
            """,
            $$"""
            {"image":"{{LiveNode.Image}}","verification":{"kind":"audit","rate_ppm":70000},
            "comparator":{"kind":"histogram","distance_ppm":9} }
            """,
        ])
        {
            var taken = await node.AskAsync("POST", "/v1/tasks", form);
            Assert.True(taken.Status == HttpStatusCode.Created, taken.Text);
            var id = taken.Json.GetProperty("id").GetString()!;
            var shown = (await node.AskAsync("GET", $"/v1/tasks/{id}/order")).Json;
            Assert.Equal("image", shown.GetProperty("kind").GetString());
            var again = (await node.AskAsync("POST", "/v1/tasks", shown.GetProperty("order").GetRawText())).Json
                .GetProperty("id").GetString()!;
            Assert.NotEqual(id, again);
            Assert.Equal(shown.GetProperty("order").GetRawText(),
                (await node.AskAsync("GET", $"/v1/tasks/{again}/order")).Json.GetProperty("order").GetRawText());
            Assert.Equal(HttpStatusCode.NotFound,
                (await node.AskAsync("GET", $"/v1/tasks/{id}/order", role: ApiRole.Provider)).Status);
        }
    }

    [Fact]
    public async Task An_order_drafted_here_and_signed_in_a_wallet_is_taken_and_no_other_signature_is()
    {
        await using var node = await LiveNode.StartAsync();
        var draft = (await node.AskAsync("POST", "/v1/orders", LiveNode.TaskJson("signed"))).Json;
        var (order, task) = (draft.GetProperty("order").GetString()!, draft.GetProperty("task").GetString()!);
        var typed = JsonDocument.Parse(draft.GetProperty("typed_data").GetString()!).RootElement;
        Assert.Equal("TaskOrder", typed.GetProperty("primaryType").GetString());
        Assert.Equal(node.Network.Requester.Address.ToString(),
            typed.GetProperty("message").GetProperty("requester").GetString());
        var digest = TypedDataReckoning.DigestOf(typed);
        var decoded = ProtocolWire.DecodeSignedOrder(Convert.FromBase64String(order)).Order;
        Assert.Equal(TypedData.Digest(node.Network.Terms.Domain, decoded), digest);
        foreach (var (signature, code) in ((string?, string)[])
        [
            (null, "task.bad-signature"), ("0x12", "request.invalid"),
            (SignatureText.Of(EvmKey.Generate().Sign(digest)), "task.bad-signature"),
        ])
            Assert.Equal(code, (await HandInAsync(order, signature)).Json.GetProperty("code").GetString());
        var taken = await HandInAsync(order, SignatureText.Of(node.Network.Requester.Sign(digest)));
        Assert.Equal(HttpStatusCode.Created, taken.Status);
        Assert.Equal(task, taken.Json.GetProperty("id").GetString());
        Assert.Equal("request.invalid", (await node.AskAsync("POST", "/v1/tasks",
            $$"""{"image":"{{LiveNode.Image}}","signature":"0x"}""")).Json.GetProperty("code").GetString());

        Task<LiveNode.Answer> HandInAsync(string text, string? signature) => node.AskAsync("POST", "/v1/tasks?wait=30",
            $"{{\"order\":\"{text}\"{(signature is null ? "" : $",\"signature\":\"{signature}\"")}}}");
    }

    /// <summary>The record is there soon after the offer that names it.</summary>
    private static async Task ShowsMachineAsync(LiveNode node, JsonElement view)
    {
        var address = view.GetProperty("provider").GetProperty("address").GetString();
        JsonElement shown;
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!view.TryGetProperty("capability", out shown))
        {
            await Task.Delay(50, within.Token);
            view = (await node.AskAsync("GET", $"/v1/providers/{address}")).Json;
        }
        foreach (var figure in (string[])
            ["memory_bytes_per_second", "sha256_bytes_per_second", "float_operations_per_second"])
            Assert.InRange(shown.GetProperty("figures").GetProperty(figure).GetInt64(), 1_000_000, long.MaxValue);
        Assert.NotEqual("", shown.GetProperty("cpu_model").GetString());
        Assert.InRange(shown.GetProperty("measured_at").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    private static async Task<JsonElement> StatisticsAsync(LiveNode node, string window) =>
        (await node.SendAsync(node.Request("GET", $"/v1/statistics?window={window}", null))).Json;

    private static Task<LiveNode.Answer> CheckAsync(
        LiveNode node, string text, string kind = "provider", int recent = 0) => node.AskAsync(
            "POST", "/v1/policies/check", $$"""
            {"kind":"{{kind}}","text":{{JsonSerializer.Serialize(text)}},"tasks":[{{LiveNode.TaskJson("x")}}],
            "recent":{{recent}}}
            """);

    private static async Task<JsonElement> EstimateAsync(LiveNode node, string resources, string limit) =>
        (await node.AskAsync("POST", "/v1/tasks/estimate", $$"""
            {"image":"{{LiveNode.Image}}","resources":{{resources}},"run_time_max_seconds":10,"price_limit":"{{limit}}"}
            """)).Json;

    private static string Text(JsonElement view, string part, string name) =>
        view.GetProperty(part).GetProperty(name).GetString()!;
}
