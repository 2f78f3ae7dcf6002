using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Integration.Gateway;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Protocol;

namespace Stun.Integration.OpenAi;

public sealed class BatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_client_for_javascript_runs_a_batch_and_reads_its_files()
    {
        await using var scene = await ModelScene.StartAsync();
        await ClientTests.RunAsync(scene, "batches");
        var sum = (await scene.UsageAsync()).GetProperty("sum");
        Assert.Equal((3, 1, "114"), (sum.GetProperty("requests").GetInt32(), sum.GetProperty("failed").GetInt32(),
            sum.GetProperty("charged").GetString()));
    }

    [Fact]
    public async Task A_batch_outlives_a_restart_and_asks_nothing_twice()
    {
        string directory, batch;
        await using (var scene = await ModelScene.StartAsync(change: One, each: Patient))
        {
            directory = scene.Node.Directory;
            batch = await BeginAsync(scene, "plain", "plain", "held", "plain");
            await UntilAsync(scene, batch, view => Count(view, "completed") == 2);
            while (scene.First.Running == 0) await Task.Delay(10);
        }
        await using var later = await ModelScene.StartAsync(change: One, each: Patient, directory: directory);
        later.First.Release.SetResult();
        var ended = await UntilAsync(later, batch, view => Status(view) == "completed");
        Assert.Equal((4, 4, 0), (Count(ended, "total"), Count(ended, "completed"), Count(ended, "failed")));
        Assert.Equal(2, later.First.Asked.Count);
        var lines = await LinesAsync(later, ended, "output_file_id");
        Assert.Equal(["q0", "q1", "q2", "q3"], lines.Select(line => line.GetProperty("custom_id").GetString()!));
        Assert.All(lines, line => Assert.Equal(200,
            line.GetProperty("response").GetProperty("status_code").GetInt32()));
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("error_file_id").ValueKind);
    }

    [Fact]
    public async Task A_question_of_a_batch_gives_its_place_to_who_waits_and_is_asked_again()
    {
        await using var scene = await ModelScene.StartAsync(each: (index, settings) =>
            Patient(index, settings) with { AtOnce = 1, Models = [new OutsideModel("some", "held")] });
        var batch = await BeginAsync(scene, "some");
        while (scene.First.Running == 0) await Task.Delay(10);
        var asked = scene.AskAsync("some");
        // The place was taken from the batch: the provider has two questions behind it, and one before it.
        using var within = new CancellationTokenSource(Patience);
        while (scene.First.Asked.Count < 2) await Task.Delay(10, within.Token);
        Assert.Equal(0, Count(await ViewAsync(scene, batch), "completed"));
        scene.First.Release.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await asked).Status);
        var ended = await UntilAsync(scene, batch, view => Status(view) == "completed");
        Assert.Equal(1, Count(ended, "completed"));
        Assert.Equal(3, scene.First.Asked.Count);
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_keeps_what_it_has()
    {
        await using var scene = await ModelScene.StartAsync(change: One, each: Patient);
        var batch = await BeginAsync(scene, "plain", "held", "plain");
        await UntilAsync(scene, batch, view => Count(view, "completed") == 1);
        while (scene.First.Running == 0) await Task.Delay(10);
        var stranger = await scene.Node.AskAsync("POST", $"/v1/batches/{batch}/cancel", null, ApiRole.Operator);
        Assert.Equal((HttpStatusCode.NotFound, "batch.unknown"),
            (stranger.Status, DoorTests.Error(stranger).GetProperty("code").GetString()));
        await scene.Node.AskAsync("POST", $"/v1/batches/{batch}/cancel");
        var ended = await UntilAsync(scene, batch, view => Status(view) == "cancelled");
        Assert.Single(await LinesAsync(scene, ended, "output_file_id"));
        var again = await scene.Node.AskAsync("POST", $"/v1/batches/{batch}/cancel");
        Assert.Equal((HttpStatusCode.Conflict, "batch.over"),
            (again.Status, DoorTests.Error(again).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_batch_that_expires_says_of_each_question_what_became_of_it()
    {
        string directory, batch;
        await using (var scene = await ModelScene.StartAsync(change: One, each: Patient))
        {
            directory = scene.Node.Directory;
            batch = await BeginAsync(scene, "plain", "held", "plain");
            await UntilAsync(scene, batch, view => Count(view, "completed") == 1);
            scene.Node.Database.Write(sql => sql.Execute("UPDATE model_batches SET expires_at = 1"));
        }
        await using var later = await ModelScene.StartAsync(change: One, each: Patient, directory: directory);
        var ended = await UntilAsync(later, batch, view => Status(view) == "expired");
        Assert.Single(await LinesAsync(later, ended, "output_file_id"));
        var errors = await LinesAsync(later, ended, "error_file_id");
        Assert.Equal(["q1", "q2"], errors.Select(line => line.GetProperty("custom_id").GetString()!));
        Assert.All(errors, line => Assert.Equal("batch_expired",
            line.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_batch_whose_input_is_gone_fails_and_keeps_what_it_has()
    {
        string directory, batch;
        await using (var scene = await ModelScene.StartAsync(change: One, each: Patient))
        {
            directory = scene.Node.Directory;
            batch = await BeginAsync(scene, "plain", "held", "plain");
            await UntilAsync(scene, batch, view => Count(view, "completed") == 1);
            scene.Node.Database.Write(sql => sql.Execute("DELETE FROM model_files"));
        }
        await using var later = await ModelScene.StartAsync(change: One, each: Patient, directory: directory);
        var ended = await UntilAsync(later, batch, view => Status(view) == "failed");
        Assert.Equal("input_file_id",
            ended.GetProperty("errors").GetProperty("data")[0].GetProperty("param").GetString());
        Assert.Single(await LinesAsync(later, ended, "output_file_id"));
        Assert.True(1 < later.Node.Database.Read(sql => sql.Long("SELECT COUNT(*) FROM blob_uses")));
    }

    [Fact]
    public async Task A_batch_that_was_answered_before_it_expired_is_completed()
    {
        string directory, batch;
        await using (var scene = await ModelScene.StartAsync(change: One, each: Patient))
        {
            directory = scene.Node.Directory;
            batch = await BeginAsync(scene, "plain", "held");
            await UntilAsync(scene, batch, view => Count(view, "completed") == 1);
            scene.Node.Database.Write(sql => sql.Execute("UPDATE model_batches SET expires_at = 1, total = 1"));
        }
        await using var later = await ModelScene.StartAsync(change: One, each: Patient, directory: directory);
        await UntilAsync(later, batch, view => Status(view) == "completed");
    }

    [Theory]
    [InlineData("", null, "no lines")]
    [InlineData("x", null, "no JSON")]
    [InlineData("[]", null, "no object")]
    [InlineData("""{"method":"POST"}""", "custom_id", "text")]
    [InlineData("""{"custom_id":"a","method":"GET"}""", "method", "POST")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/embeddings"}""", "url", "endpoint")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":7}""", "body", "object")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"stream":true}}""",
        "body.stream", "streams")]
    public async Task A_batch_with_a_wrong_line_fails_and_names_it(string line, string? param, string word)
    {
        await using var scene = await ModelScene.StartAsync();
        var good = Line(0, "plain");
        var batch = await BeginTextAsync(scene, line.Length == 0 ? " \n\n" : $"{good}\n{line}\n{line}");
        var ended = await UntilAsync(scene, batch, view => Status(view) == "failed");
        var fault = ended.GetProperty("errors").GetProperty("data")[0];
        Assert.Equal(param, fault.GetProperty("param").GetString());
        Assert.Contains(word, fault.GetProperty("message").GetString(), StringComparison.Ordinal);
        if (line.Length > 0) Assert.Equal(2, fault.GetProperty("line").GetInt32());
        Assert.Empty(scene.First.Asked);
    }

    [Fact]
    public async Task Files_are_their_accounts_and_wrong_uploads_are_refused()
    {
        await using var scene = await ModelScene.StartAsync(
            change: settings => settings with { FileBytesMax = 10_000 });
        var id = await UploadAsync(scene, "some text");
        Assert.Equal("some text", (await scene.Node.AskAsync("GET", $"/v1/files/{id}/content")).Text);
        foreach (var path in (string[])[$"/v1/files/{id}", $"/v1/files/{id}/content"])
            Assert.Equal(HttpStatusCode.NotFound, (await scene.Node.AskAsync("GET", path, null,
                ApiRole.Operator)).Status);
        Assert.Equal(0, (await scene.Node.AskAsync("GET", "/v1/files", null, ApiRole.Operator)).Json
            .GetProperty("data").GetArrayLength());
        async Task IsAsync(HttpStatusCode status, string code, HttpContent content)
        {
            using var request = scene.Node.Request("POST", "/v1/files", scene.Key);
            request.Content = content;
            var answer = await scene.Node.SendAsync(request);
            Assert.Equal((status, code), (answer.Status, DoorTests.Error(answer).GetProperty("code").GetString()));
        }
        await IsAsync(HttpStatusCode.RequestEntityTooLarge, "request.too-large", Form(new string('x', 10_001)));
        await IsAsync(HttpStatusCode.BadRequest, "request.invalid", Form("x", purpose: "mischief"));
        await IsAsync(HttpStatusCode.BadRequest, "request.invalid", Form("x", name: ""));
        await IsAsync(HttpStatusCode.UnsupportedMediaType, "request.media-type", new StringContent("x"));
        var cut = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx");
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        await IsAsync(HttpStatusCode.BadRequest, "request.malformed", cut);
    }

    private static ModelDoorSettings One(ModelDoorSettings settings) => settings with { BatchAtOnce = 1 };

    private static OutsideSettings Patient(int index, OutsideSettings settings) =>
        settings with { Within = Duration.Seconds(60) };

    private static string Line(int index, string model) =>
        $$"""{"custom_id":"q{{index}}","method":"POST","url":"/v1/chat/completions","body":"""
        + ModelScene.Chat(model) + "}";

    private static Task<string> BeginAsync(ModelScene scene, params string[] models) =>
        BeginTextAsync(scene, string.Join('\n', models.Select((model, index) => Line(index, model))));

    private static async Task<string> BeginTextAsync(ModelScene scene, string lines)
    {
        var file = await UploadAsync(scene, lines);
        var answer = await scene.Node.AskAsync("POST", "/v1/batches", $$"""
            {"input_file_id":"{{file}}","endpoint":"/v1/chat/completions","completion_window":"24h"}
            """);
        Assert.Equal("validating", Status(answer.Json));
        return answer.Json.GetProperty("id").GetString()!;
    }

    private static MultipartFormDataContent Form(string text, string purpose = "batch", string name = "in.jsonl")
    {
        var form = new MultipartFormDataContent { { new StringContent(purpose), "purpose" } };
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        file.Headers.Add("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"");
        form.Add(file);
        return form;
    }

    private static async Task<string> UploadAsync(ModelScene scene, string text)
    {
        using var request = scene.Node.Request("POST", "/v1/files", scene.Key);
        request.Content = Form(text);
        var answer = await scene.Node.SendAsync(request);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json.GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> ViewAsync(ModelScene scene, string batch) =>
        (await scene.Node.AskAsync("GET", $"/v1/batches/{batch}")).Json;

    private static async Task<JsonElement> UntilAsync(ModelScene scene, string batch, Func<JsonElement, bool> isSo)
    {
        using var within = new CancellationTokenSource(Patience);
        while (true)
        {
            var view = await ViewAsync(scene, batch);
            if (isSo(view)) return view;
            Assert.False(within.IsCancellationRequested, view.GetRawText());
            await Task.Delay(20);
        }
    }

    private static async Task<List<JsonElement>> LinesAsync(ModelScene scene, JsonElement view, string file)
    {
        var text = (await scene.Node.AskAsync("GET", $"/v1/files/{view.GetProperty(file).GetString()}/content")).Text;
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            JsonDocument.Parse(line).RootElement)];
    }

    private static string Status(JsonElement view) => view.GetProperty("status").GetString()!;

    private static int Count(JsonElement view, string name) =>
        view.GetProperty("request_counts").GetProperty(name).GetInt32();
}
