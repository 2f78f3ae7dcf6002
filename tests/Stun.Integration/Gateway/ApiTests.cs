using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Node.Gateway;
using Stun.Node.Storage;
using LogStream = Stun.Execution.Containers.LogStream;

namespace Stun.Integration.Gateway;

public sealed class ApiTests
{
    [Fact]
    public async Task A_task_is_run_explained_proved_and_paid_for()
    {
        await using var node = await LiveNode.StartAsync();
        var id = await node.RunTaskAsync("hello");

        Assert.Equal("hello\n", (await node.AskAsync("GET", $"/v1/tasks/{id}/result/stdout")).Text);
        var why = (await node.AskAsync("GET", $"/v1/tasks/{id}/why")).Json;
        Assert.Equal("complete", why.GetProperty("state").GetString());
        Assert.True(why.GetProperty("attempts").GetArrayLength() >= 2);
        Assert.Equal("Complete", why.GetProperty("verdict").GetProperty("outcome").GetString());
        Assert.NotEqual(JsonValueKind.Undefined, why.GetProperty("settlement").GetProperty("held").ValueKind);
        Assert.Contains(why.GetProperty("sentences").EnumerateArray(), line => line.GetString()!.Contains("delivered"));
        RequireExplained(why);

        var account = (await node.AskAsync("GET", $"/v1/accounts/{node.Network.Requester.Address}")).Json;
        Assert.NotEqual("1000000000000", account.GetProperty("balance").GetString());
        Assert.True(account.GetProperty("managed").GetBoolean());
        var usage = (await node.AskAsync("GET", $"/v1/accounts/{node.Network.Requester.Address}/usage")).Json;
        Assert.Equal(1, usage.GetProperty("tasks").GetProperty("complete").GetInt32());
        Assert.Equal(1, (await node.AskAsync("GET", "/v1/offers?region=eu-de")).Json.GetProperty(
            "offers").GetArrayLength());
        Assert.Equal(0, (await node.AskAsync("GET", "/v1/offers?region=us")).Json.GetProperty(
            "offers").GetArrayLength());
    }

    /// <summary>Every attempt stands among the candidates of a placement, whose parts add up to its score.</summary>
    private static void RequireExplained(JsonElement why)
    {
        var placement = Assert.Single(why.GetProperty("placements").EnumerateArray());
        var candidates = placement.GetProperty("candidates").EnumerateArray().ToList();
        Assert.Equal(candidates.Count, placement.GetProperty("candidate_count").GetInt32());
        Assert.True(placement.GetProperty("by_lot").GetBoolean());
        Assert.Equal(
            Enumerable.Range(1, candidates.Count), candidates.Select(each => each.GetProperty("rank").GetInt32()));
        foreach (var each in candidates)
        {
            var score = each.GetProperty("score").GetInt32();
            Assert.Equal(score, each.GetProperty("parts").EnumerateObject().Sum(part => part.Value.GetInt32()));
            Assert.InRange(score, 1, 100_000);
        }
        var chosen = candidates.Where(each => each.GetProperty("chosen").GetBoolean()).ToList();
        Assert.Equal(
            why.GetProperty("attempts").EnumerateArray().Select(Named("id")).Order(),
            chosen.Select(Named("attempt")).Order());
        Assert.All(chosen, each => Assert.Contains(why.GetProperty("attempts").EnumerateArray(), attempt =>
            Named("id")(attempt) == Named("attempt")(each) && Named("provider")(attempt) == Named("provider")(each)
            && Named("offer")(attempt) == Named("offer")(each)));
        Assert.All(candidates.Except(chosen), each => Assert.False(each.TryGetProperty("attempt", out _)));
        var sentence = Assert.Single(why.GetProperty("sentences").EnumerateArray(),
            line => line.GetString()!.StartsWith("Placement ", StringComparison.Ordinal)).GetString()!;
        Assert.Contains("by lot", sentence);
        Assert.All(chosen, each => Assert.Contains($"{Named("provider")(each)} (", sentence));

        static Func<JsonElement, string> Named(string field) => element => element.GetProperty(field).GetString()!;
    }

    [Fact]
    public async Task The_proofs_hold_offline_and_no_changed_byte_does()
    {
        await using var node = await LiveNode.StartAsync();
        var id = await node.RunTaskAsync("prove");
        var request = node.Request("GET", $"/v1/tasks/{id}/verdict", node.Keys[ApiRole.Requester]);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/cbor"));
        var bytes = (await node.SendAsync(request)).Bytes;
        var trusted = ProofTerms.Of(node.Network.Terms);

        Assert.Empty(OfflineCheck.Faults(bytes, trusted));
        Assert.NotNull(ProofBundle.Decode(bytes).Verdict);
        Assert.Equal(id, OfflineCheck.TaskOf(ProofBundle.Decode(bytes)).ToString());
        Assert.NotEmpty(OfflineCheck.Faults(bytes, trusted with { Quorum = 2 }));
        // The salt opens the commitment and nothing else; it alone is under no signature.
        var salts = ProofBundle.Decode(bytes).Receipts.Select(receipt => IndexOf(bytes, receipt.Salt)).ToList();
        for (var index = 0; index < bytes.Length; index++)
        {
            if (salts.Exists(start => index >= start && index < start + Digest.Size)) continue;
            var changed = (byte[])bytes.Clone();
            changed[index] ^= 1;
            Assert.True(OfflineCheck.Faults(changed, trusted).Count > 0, $"byte {index} was changed unseen");
        }
        var json = (await node.AskAsync("GET", $"/v1/tasks/{id}/receipts")).Json;
        Assert.Equal(2, json.GetProperty("receipts").GetArrayLength());
        Assert.Equal(1, json.GetProperty("terms").GetProperty("quorum").GetInt32());
    }

    [Fact]
    public async Task Lists_are_paged_filtered_and_only_of_the_callers_account()
    {
        await using var node = await LiveNode.StartAsync();
        List<string> ids = [];
        foreach (var word in (string[])["a", "b", "c"]) ids.Insert(0, await node.RunTaskAsync(word));
        var page = (await node.AskAsync("GET", "/v1/tasks?limit=2")).Json;
        Assert.Equal(ids.Take(2), Ids(page));
        var rest = (await node.AskAsync("GET",
            $"/v1/tasks?limit=2&cursor={page.GetProperty("cursor").GetString()}")).Json;
        Assert.Equal(ids.Skip(2), Ids(rest));
        Assert.False(rest.TryGetProperty("cursor", out _));
        Assert.Equal(3, Ids((await node.AskAsync("GET", "/v1/tasks?state=complete")).Json).Count);
        Assert.Empty(Ids((await node.AskAsync("GET", "/v1/tasks?state=failed")).Json));
        Assert.Empty(Ids((await node.AskAsync("GET", "/v1/tasks?until=2001-01-01T00:00:00Z")).Json));
        Assert.Equal(3, Ids((await node.AskAsync("GET", "/v1/tasks", role: ApiRole.Operator)).Json).Count);
        Assert.Empty(Ids((await node.AskAsync("GET", "/v1/tasks", role: ApiRole.Provider)).Json));
        Assert.Equal("request.invalid", (await node.AskAsync("GET", "/v1/tasks?cursor=nonsense")).Code);
        Assert.Equal("request.invalid", (await node.AskAsync("GET", "/v1/tasks?state=new")).Code);
        foreach (var path in (string[])["", "/why", "/result", "/result/stdout", "/logs", "/receipts", "/verdict"])
            Assert.Equal("task.unknown",
                (await node.AskAsync("GET", $"/v1/tasks/{ids[0]}{path}", role: ApiRole.Provider)).Code);
    }

    [Fact]
    public async Task The_same_key_is_the_same_task_also_after_a_restart_and_another_content_is_refused()
    {
        var directory = Directory.CreateTempSubdirectory("stun-api").FullName;
        string id;
        await using (var node = await LiveNode.StartAsync(directory: directory))
        {
            id = (await Submit(node, "one")).Json.GetProperty("id").GetString()!;
            Assert.Equal(id, (await Submit(node, "one")).Json.GetProperty("id").GetString());
            Assert.Equal("idempotency.conflict", (await Submit(node, "two")).Code);
            await node.UntilAsync(id, "complete");
        }
        await using var again = await LiveNode.StartAsync(directory: directory);
        Assert.Equal("complete", (await again.AskAsync("GET", $"/v1/tasks/{id}")).Json.GetProperty(
            "state").GetString());
        Assert.Equal(id, (await Submit(again, "one")).Json.GetProperty("id").GetString());
        Assert.Equal("idempotency.conflict", (await Submit(again, "two")).Code);

        static Task<LiveNode.Answer> Submit(LiveNode node, string word)
        {
            var request = node.Request("POST", "/v1/tasks", node.Keys[ApiRole.Requester], LiveNode.TaskJson(word));
            request.Headers.Add("Idempotency-Key", "k1");
            return node.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_task_that_nobody_can_run_is_cancelled_by_its_requester_alone()
    {
        await using var node = await LiveNode.StartAsync();
        var json = $$$"""{"image":"{{{LiveNode.Image}}}","run_time_max_seconds":1,"resources":{"gpu_count":8}}""";
        var id = (await node.AskAsync("POST", "/v1/tasks", json)).Json.GetProperty("id").GetString();
        Assert.Equal("auth.forbidden",
            (await node.AskAsync("POST", $"/v1/tasks/{id}/cancel", "{}", ApiRole.Auditor)).Code);
        var forged = SignatureText.Of(EvmKey.Generate().Sign(new Digest(1, 2, 3, 4)));
        Assert.Equal("task.bad-signature", (await node.AskAsync(
            "POST", $"/v1/tasks/{id}/cancel", $$"""{"signature":"{{forged}}"}""")).Code);
        FormReader.TryTaskId(id, out var task);
        var signed = SignatureText.Of(node.Network.Requester.Sign(TypedData.Digest(node.Network.Terms.Domain, task)));
        var answer = await node.AskAsync(
            "POST", $"/v1/tasks/{id}/cancel?wait=30", $$"""{"signature":"{{signed}}"}""");
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("cancelled", answer.Json.GetProperty("state").GetString());
        Assert.Equal("task.no-result", (await node.AskAsync("GET", $"/v1/tasks/{id}/result")).Code);
    }

    [Fact]
    public async Task An_order_signed_elsewhere_is_taken_and_a_forged_one_is_not()
    {
        await using var node = await LiveNode.StartAsync();
        var order = OrderDesk.Read(new TaskForm { Image = LiveNode.Image, Command = ["signed"] },
            node.Network.Requester.Address, 77, node.Process.Pump.Now);
        var digest = TypedData.Digest(node.Network.Terms.Domain, order);
        var good = await Send(node.Network.Requester.Sign(digest));
        Assert.Equal(HttpStatusCode.Created, good.Status);
        Assert.Equal(TypedData.TaskIdOf(node.Network.Terms.Domain, order).ToString(), good.Json.GetProperty(
            "id").GetString());
        order = order with { IdempotencyKey = 78 };
        Assert.Equal("task.bad-signature", (await Send(node.Network.Requester.Sign(digest))).Code);

        Task<LiveNode.Answer> Send(Signature signature)
        {
            var bytes = ProtocolWire.Encode(new SignedOrder(order, signature));
            return node.AskAsync("POST", "/v1/tasks", $$"""{"order":"{{Convert.ToBase64String(bytes)}}"}""");
        }
    }

    [Fact]
    public async Task Blobs_are_kept_by_digest_whole_in_pieces_and_read_in_parts()
    {
        await using var node = await LiveNode.StartAsync(
            new DoorSettings { PerAddress = new Rate(1_000, 1_000), BlobBytesPerAccountMax = 300_000 });
        foreach (var size in (int[])[0, 5, 8_192, 100_000])
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            var path = "/v1/blobs/sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
            Assert.Equal(HttpStatusCode.NotFound, (await node.AskAsync("HEAD", path)).Status);
            Assert.Equal(HttpStatusCode.Created, (await Put(path, bytes)).Status);
            Assert.Equal(HttpStatusCode.OK, (await Put(path, bytes)).Status);
            var got = await node.AskAsync("GET", path);
            Assert.Equal(bytes, got.Bytes);
            Assert.Equal(size, (await node.AskAsync("HEAD", path)).ContentHeaders.ContentLength);
            var same = node.Request("GET", path, node.Keys[ApiRole.Provider]);
            same.Headers.IfNoneMatch.Add(got.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await node.SendAsync(same)).Status);
            if (size < 10) continue;
            var part = node.Request("GET", path, node.Keys[ApiRole.Provider]);
            part.Headers.Range = new RangeHeaderValue(10, 19);
            var middle = await node.SendAsync(part);
            Assert.Equal(HttpStatusCode.PartialContent, middle.Status);
            Assert.Equal(bytes[10..20], middle.Bytes);
            var behind = node.Request("GET", path, node.Keys[ApiRole.Provider]);
            behind.Headers.Range = new RangeHeaderValue(size + 1, null);
            Assert.Equal("request.range", (await node.SendAsync(behind)).Code);
        }
        var other = "/v1/blobs/sha256:" + new string('0', 64);
        Assert.Equal("blob.digest-mismatch", (await Put(other, [1, 2])).Code);
        Assert.Equal("blob.digest-mismatch", (await Put(other, new byte[20_000])).Code);
        Assert.Equal("blob.over-quota", (await Put(other, new byte[250_000])).Code);

        Task<LiveNode.Answer> Put(string path, byte[] bytes)
        {
            var request = node.Request("PUT", path, node.Keys[ApiRole.Requester]);
            request.Content = new ByteArrayContent(bytes);
            return node.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_stood()
    {
        await using var node = await LiveNode.StartAsync();
        var bytes = RandomNumberGenerator.GetBytes(50_000);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        var begun = await node.AskAsync("POST", "/v1/blobs", $$"""{"digest":"{{digest}}","size":50000}""");
        var path = begun.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.OK, (await Patch(0, bytes[..20_000])).Status);
        Assert.Equal("20000", (await node.AskAsync("HEAD", path)).Headers.GetValues("Upload-Offset").Single());
        Assert.Equal("blob.wrong-offset", (await Patch(10_000, bytes[10_000..])).Code);
        Assert.Equal(HttpStatusCode.Created, (await Patch(20_000, bytes[20_000..])).Status);
        Assert.Equal(bytes, (await node.AskAsync("GET", "/v1/blobs/" + digest)).Bytes);
        Assert.Equal(HttpStatusCode.NotFound, (await node.AskAsync("HEAD", path)).Status);

        Task<LiveNode.Answer> Patch(int offset, byte[] piece)
        {
            var request = node.Request("PATCH", path, node.Keys[ApiRole.Requester]);
            request.Headers.Add("Upload-Offset", $"{offset}");
            request.Content = new ByteArrayContent(piece);
            return node.SendAsync(request);
        }
    }

    [Fact]
    public async Task Keys_are_made_narrowed_listed_and_revoked_and_all_of_it_is_in_the_audit_log()
    {
        await using var node = await LiveNode.StartAsync();
        var made = (await node.AskAsync("POST", "/v1/keys", """{"scopes":["tasks:read"]}""")).Json;
        var (id, secret) = (made.GetProperty("key").GetProperty("id").GetString(), made.GetProperty(
            "secret").GetString());
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Request("GET", "/v1/tasks", secret))).Status);
        Assert.Equal("auth.forbidden",
            (await node.SendAsync(node.Request("POST", "/v1/tasks", secret, LiveNode.TaskJson("x")))).Code);
        Assert.Equal("auth.forbidden", (await node.AskAsync("POST", "/v1/keys", """{"role":"owner"}""")).Code);
        var listed = (await node.AskAsync("GET", "/v1/keys")).Text;
        Assert.Contains(id!, listed);
        Assert.DoesNotContain(secret![^40..], listed);
        Assert.DoesNotContain(secret[^40..], await File.ReadAllTextAsync(
            Path.Combine(node.Directory, "books", "node.db"), Encoding.Latin1));
        Assert.Equal(HttpStatusCode.NoContent, (await node.AskAsync("DELETE", $"/v1/keys/{id}")).Status);
        Assert.Equal("auth.refused", (await node.SendAsync(node.Request("GET", "/v1/tasks", secret))).Code);
        Assert.Equal("key.unknown", (await node.AskAsync("DELETE", $"/v1/keys/{id}")).Code);

        var audit = (await node.AskAsync("GET", "/v1/audit", role: ApiRole.Auditor)).Json.GetProperty("entries");
        Assert.Equal(["key.revoke", "key.create"], audit.EnumerateArray().Select(e => e.GetProperty(
            "action").GetString()!));
        Assert.Null(await new AuditLog(node.Database).VerifyAuditChainAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_operator_makes_an_account_puts_money_in_and_it_can_order()
    {
        await using var node = await LiveNode.StartAsync();
        var made = (await node.AskAsync("POST", "/v1/accounts", """{"name":"lab"}""", ApiRole.Operator)).Json;
        var (address, key) = (made.GetProperty("address").GetString(), made.GetProperty("secret").GetString());
        var broke = await node.SendAsync(node.Request("POST", "/v1/tasks?wait=20", key, LiveNode.TaskJson("poor")));
        Assert.Equal("InsufficientFunds", broke.Json.GetProperty("reason").GetString());
        Assert.Equal("auth.forbidden",
            (await node.AskAsync("POST", $"/v1/accounts/{address}/deposits", """{"amount":"5000000"}""")).Code);
        Assert.Equal(HttpStatusCode.Accepted, (await node.AskAsync("POST", $"/v1/accounts/{address}/deposits",
            """{"amount":"5000000"}""", ApiRole.Operator)).Status);
        var paid = await node.SendAsync(node.Request("POST", "/v1/tasks?wait=20", key, LiveNode.TaskJson("rich")));
        Assert.Equal("verified", paid.Json.GetProperty("state").GetString());
        Assert.Single(Directory.GetFiles(Path.Combine(node.Directory, "keys"), "account-*"));
    }

    [Fact]
    public async Task A_wallet_signs_in_once_for_each_challenge()
    {
        await using var node = await LiveNode.StartAsync();
        var wallet = node.Network.Requester;
        var challenge = (await Post("/v1/auth/challenges", new { address = wallet.Address.ToString() })).Json;
        var nonce = challenge.GetProperty("nonce").GetString();
        var text = challenge.GetProperty("text").GetString()!;
        Assert.Contains($"Nonce: {nonce}", text);
        var signature = SignatureText.Of(wallet.Sign(WalletSignIn.DigestOf(text)));
        var token = (await Post("/v1/auth/tokens", new { nonce, signature })).Json.GetProperty("token").GetString();
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Request("GET", "/v1/tasks", token))).Status);
        Assert.Equal("auth.challenge", (await Post("/v1/auth/tokens", new { nonce, signature })).Code);

        var second = (await Post("/v1/auth/challenges", new { address = wallet.Address.ToString() })).Json;
        var stranger = EvmKey.Generate().Sign(WalletSignIn.DigestOf(second.GetProperty("text").GetString()!));
        Assert.Equal("auth.refused", (await Post("/v1/auth/tokens",
            new { nonce = second.GetProperty("nonce").GetString(), signature = SignatureText.Of(stranger) })).Code);

        Task<LiveNode.Answer> Post(string path, object body) =>
            node.SendAsync(node.Request("POST", path, null, JsonSerializer.Serialize(body)));
    }

    [Fact]
    public async Task Who_guesses_keys_is_slowed_and_noted_and_others_are_not()
    {
        await using var node = await LiveNode.StartAsync(new DoorSettings { PerAddress = new Rate(1, 30) });
        List<LiveNode.Answer> answers = [];
        for (var index = 0; index < 40; index++)
            answers.Add(await node.SendAsync(node.Request("GET", "/v1/tasks", Doorkeeper.NewKey().Key)));
        Assert.Equal("auth.refused", answers[0].Code);
        Assert.Equal("rate.limited", answers[^1].Code);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", "/v1/tasks")).Status);
        var audit = (await node.AskAsync("GET", "/v1/audit", role: ApiRole.Auditor)).Json.GetProperty("entries");
        Assert.Equal("auth.try", audit[0].GetProperty("action").GetString());
        Assert.Equal(1, audit.GetArrayLength());
    }

    [Fact]
    public async Task A_key_that_comes_too_often_waits()
    {
        await using var node = await LiveNode.StartAsync(new DoorSettings { PerKey = new Rate(1, 5) });
        for (var left = 4; left >= 0; left--)
            Assert.Equal($"{left}", (await node.AskAsync("GET", "/v1/offers")).Headers
                .GetValues("RateLimit-Remaining").Single());
        var late = await node.AskAsync("GET", "/v1/offers");
        Assert.Equal(("rate.limited", 429), (late.Code, (int)late.Status));
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", "/v1/offers", role: ApiRole.Provider)).Status);
    }

    [Fact]
    public async Task Logs_are_followed_while_they_are_written_and_gone_on_with_by_offset()
    {
        var executor = new TalkingExecutor();
        await using var node = await LiveNode.StartAsync(executor: executor);
        var json = $$$"""{"image":"{{{LiveNode.Image}}}","verification":{"kind":"none"}}""";
        var id = (await node.AskAsync("POST", "/v1/tasks", json)).Json.GetProperty("id").GetString();
        await executor.Started.Task;
        executor.Say(LogStream.Output, "one\n");
        executor.Say(LogStream.Errors, "oh\n");
        await node.UntilAsync(id!, "running");
        var request = node.Request("GET", $"/v1/tasks/{id}/logs?follow=1", node.Keys[ApiRole.Requester]);
        using var response = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("one", await reader.ReadLineAsync());
        executor.Say(LogStream.Output, "two\n");
        Assert.Equal("two", await reader.ReadLineAsync());
        Assert.Equal("two\n", (await node.AskAsync("GET", $"/v1/tasks/{id}/logs?offset=4")).Text);
        Assert.Equal("oh\n", (await node.AskAsync("GET", $"/v1/tasks/{id}/logs?stream=errors")).Text);
        var lines = node.Request("GET", $"/v1/tasks/{id}/logs", node.Keys[ApiRole.Auditor]);
        lines.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        var said = (await node.SendAsync(lines)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["one\ntwo\n", "oh\n"], said.Select(line => line.GetProperty("text").GetString()!));
        executor.Finish();
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task What_is_too_large_too_deep_or_no_json_is_refused_by_name()
    {
        await using var node = await LiveNode.StartAsync();
        Assert.Equal("request.too-large", (await node.AskAsync("POST", "/v1/tasks", new string(' ', 3 << 20))).Code);
        Assert.Equal("request.malformed", (await node.AskAsync("POST", "/v1/tasks", new string('[', 1000))).Code);
        Assert.Equal("request.malformed", (await node.AskAsync("POST", "/v1/tasks", "{} {}")).Code);
        Assert.Equal("request.malformed",
            (await node.AskAsync("POST", "/v1/tasks", """{"image":"a","image":"b"}""")).Code);
        Assert.Equal("request.malformed", (await node.AskAsync("POST", "/v1/tasks", """{"imago":"a"}""")).Code);
        Assert.Equal("request.invalid", (await node.AskAsync("POST", "/v1/tasks", "{}")).Code);
        Assert.Equal("request.method", (await node.AskAsync("PUT", "/v1/tasks", "{}")).Code);
        Assert.Equal("request.not-found", (await node.AskAsync("GET", "/v2")).Code);
        var xml = node.Request("POST", "/v1/tasks", node.Keys[ApiRole.Requester]);
        xml.Content = new StringContent("<a/>", Encoding.UTF8, "application/xml");
        Assert.Equal("request.media-type", (await node.SendAsync(xml)).Code);
    }

    [Fact]
    public async Task Who_is_still_sending_too_much_hears_why_it_is_refused()
    {
        await using var node = await LiveNode.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Http.BaseAddress!.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {node.Keys[ApiRole.Requester]}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {3 << 20}\r\n\r\n"));
        var piece = new byte[1 << 18];
        for (var sent = 0; sent < 3 << 20; sent += piece.Length)
        {
            await Task.Delay(20);
            await stream.WriteAsync(piece);
        }
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_given_up()
    {
        await using var node = await LiveNode.StartAsync(
            new DoorSettings { BodyWithin = TimeSpan.FromMilliseconds(300) });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Http.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {node.Keys[ApiRole.Requester]}\r\n"
            + "Content-Length: 100\r\n\r\n{"));
        var buffer = new byte[200];
        var count = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(buffer, 0, count));
    }

    [Fact]
    public async Task A_node_that_stops_is_not_ready_and_takes_nothing_new()
    {
        await using var node = await LiveNode.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", "/readyz")).Status);
        node.Process.Pump.Drain();
        var answer = await node.AskAsync("GET", "/readyz");
        Assert.Equal("node.not-ready", answer.Code);
        Assert.Equal("node.draining", (await node.AskAsync("POST", "/v1/tasks", LiveNode.TaskJson("late"))).Code);
        Assert.Equal(HttpStatusCode.OK, (await node.AskAsync("GET", "/healthz")).Status);
    }

    private static List<string> Ids(JsonElement page) =>
        [.. page.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("id").GetString()!)];

    private static int IndexOf(byte[] bytes, Digest digest)
    {
        var wanted = new byte[Digest.Size];
        digest.Write(wanted);
        return bytes.AsSpan().IndexOf(wanted);
    }
}
