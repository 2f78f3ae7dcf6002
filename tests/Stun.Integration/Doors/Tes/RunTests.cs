using System.Text.Json.Nodes;

namespace Stun.Integration.Doors.Tes;

/// <summary>What documents ask for happens in real containers, is judged and paid for.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task A_task_of_one_executor_runs_is_judged_and_tells_what_it_wrote()
    {
        await using var scene = await TesScene.OpenAsync();
        var task = await scene.RunAsync(TesScene.Shell("echo hello; echo bad >&2", "{}"));
        Assert.Equal("COMPLETE", (string)task["state"]!);
        var log = task["logs"]![0]!;
        var executor = Assert.Single(log["logs"]!.AsArray())!;
        Assert.Equal(0, (int)executor["exit_code"]!);
        Assert.Equal("hello\n", (string)executor["stdout"]!);
        Assert.Equal("bad\n", (string)executor["stderr"]!);
        Assert.True(DateTimeOffset.Parse((string)executor["start_time"]!)
            <= DateTimeOffset.Parse((string)executor["end_time"]!));
        // Two of three agree where nothing else is said.
        var metadata = log["metadata"]!;
        Assert.Equal(2, ((string)metadata["executor_0_providers"]!).Split(' ').Length);
        Assert.Equal(2, ((string)metadata["executor_0_receipts"]!).Split(' ').Length);
        Assert.NotNull(metadata["executor_0_task"]);
    }

    [Fact]
    public async Task Executors_share_directories_inputs_and_streams_one_after_another()
    {
        await using var scene = await TesScene.OpenAsync();
        var uploaded = await scene.UploadAsync("from a blob\n");
        var document = JsonNode.Parse($$"""
            {
              "name": "chain", "volumes": ["/vol/A/"], "tags": {"who": "me"},
              "inputs": [
                {"path": "/data/in/content", "content": "given\n", "type": "FILE"},
                {"path": "/top", "content": "top\n"},
                {"path": "/data/in/blob", "url": "{{uploaded}}"}
              ],
              "outputs": [
                {"path": "/vol/A/*.t[x-y]t", "path_prefix": "/vol/A", "url": "stun:texts/"},
                {"path": "/data/out/sum", "url": "stun:sum", "type": "FILE"},
                {"path": "/vol/A/deep", "url": "stun:deep", "type": "DIRECTORY"},
                {"path": "/vol/A/none", "url": "stun:none"}
              ],
              "executors": [
                {"image": "alpine", "command": ["sh", "-c",
                  "cat /data/in/content /data/in/blob /top; echo one > /vol/A/one.txt; echo x >> /data/in/content"],
                  "stdout": "/logs/first"},
                {"image": "ubuntu:20.04", "command": ["cat"], "stdin": "/logs/first", "stdout": "/data/out/sum",
                  "workdir": "/vol/A"},
                {"image": "alpine", "workdir": "/vol/A/deep", "env": {"A_B": "it's \"so\"", "PATH": "/bin"},
                  "command": ["sh", "-c",
                    "pwd; cat /vol/A/one.txt /data/in/content /top; echo $A_B > a; echo $COLOUR > b; touch ../z.tzt ../.tyt"],
                  "stdout": "/logs/third", "stderr": "/logs/errors"}
              ],
              "resources": {"backend_parameters": {"VERIFY": "none"}, "ram_gb": 0.25, "disk_gb": 0.03, "cpu_cores": 1}
            }
            """)!;
        var task = await scene.RunAsync(document);
        Assert.Equal("COMPLETE", (string)task["state"]!);
        var logs = task["logs"]![0]!["logs"]!.AsArray();
        Assert.Equal(["given\nfrom a blob\ntop\n", "given\nfrom a blob\ntop\n", "/vol/A/deep\none\ngiven\nx\ntop\n"],
            logs.Select(log => (string)log!["stdout"]!));
        var outputs = task["logs"]![0]!["outputs"]!.AsArray();
        Assert.Equal(["/data/out/sum", "/vol/A/deep/a", "/vol/A/deep/b", "/vol/A/one.txt"],
            outputs.Select(output => (string)output!["path"]!));
        Assert.Equal("22", (string)outputs[0]!["size_bytes"]!);
        Assert.Equal("given\nfrom a blob\ntop\n", await scene.FetchAsync(outputs[0]!["url"]!));
        Assert.Equal("it's \"so\"\n", await scene.FetchAsync(outputs[1]!["url"]!));
        Assert.Equal("green\n", await scene.FetchAsync(outputs[2]!["url"]!));
        var notes = task["logs"]![0]!["system_logs"]!.AsArray().Select(note => (string)note!).ToList();
        Assert.Equal("warning: there is no output '/vol/A/none'.", Assert.Single(notes));
        // What the parameter is called does not depend on its case.
        Assert.Equal("none", (string)task["resources"]!["backend_parameters"]!["verify"]!);
    }

    [Theory]
    [InlineData("exit 42", 42, "")]
    [InlineData("nothing-like-this", 127, "not found")]
    [InlineData("kill -9 $$", 137, "")]
    public async Task A_program_that_fails_ends_the_task_with_its_exit_code(string script, int code, string said)
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell(script);
        document["executors"]!.AsArray().Add(TesScene.Executor("echo never"));
        var task = await scene.RunAsync(document);
        Assert.Equal("EXECUTOR_ERROR", (string)task["state"]!);
        var log = Assert.Single(task["logs"]![0]!["logs"]!.AsArray())!;
        Assert.Equal(code, (int)log["exit_code"]!);
        Assert.Contains(said, (string)log["stderr"]!);
    }

    [Fact]
    public async Task An_error_that_is_to_be_ignored_is_told_and_what_was_written_is_kept()
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell("echo kept > /v/a; exit 3");
        document["volumes"] = new JsonArray("/v");
        document["executors"]![0]!["ignore_error"] = true;
        document["executors"]!.AsArray().Add(TesScene.Executor("cat /v/a"));
        var task = await scene.RunAsync(document);
        Assert.Equal("COMPLETE", (string)task["state"]!);
        var logs = task["logs"]![0]!["logs"]!.AsArray();
        Assert.Equal([3, 0], logs.Select(log => (int)log!["exit_code"]!));
        Assert.Equal("kept\n", (string)logs[1]!["stdout"]!);
    }

    [Theory]
    [InlineData("""["NO-SUCH-PROGRAM"]""", 127, "NO-SUCH-PROGRAM: not found\n")]
    [InlineData("""["echo", "$HOME", "a b", "'", "--", "*"]""", 0, "")]
    [InlineData("""["./of-image"]""", 126, "")]
    public async Task The_words_of_a_command_reach_the_program_as_they_are(string command, int code, string errors)
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell("");
        document["executors"]![0]!["command"] = JsonNode.Parse(command);
        var task = await scene.RunAsync(document);
        var log = task["logs"]![0]!["logs"]![0]!;
        Assert.Equal(code, (int)log["exit_code"]!);
        if (code == 0) Assert.Equal("$HOME a b ' -- *\n", (string)log["stdout"]!);
        else Assert.Contains(errors, (string)log["stderr"]!);
    }

    [Fact]
    public async Task A_task_that_is_called_off_while_it_runs_ends_soon_and_orders_nothing_more()
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell("sleep 300");
        document["executors"]!.AsArray().Add(TesScene.Executor("echo never"));
        var id = await scene.CreateAsync(document);
        await scene.UntilAsync(id, state => state == "RUNNING");
        await scene.CancelAsync(id);
        Assert.Equal("CANCELED", (string)(await scene.EndAsync(id))["state"]!);
        await scene.CancelAsync(id);
        Assert.Equal("CANCELED", (string)(await scene.GetAsync(id, "MINIMAL"))["state"]!);
        var tasks = (await scene.Node.AskAsync("GET", "/v1/tasks")).Json.GetProperty("tasks");
        Assert.Equal(1, tasks.GetArrayLength());
    }

    [Fact]
    public async Task A_node_that_is_started_again_goes_on_in_the_middle_and_orders_nothing_twice()
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell("echo first > /v/a");
        document["volumes"] = new JsonArray("/v");
        document["executors"]!.AsArray().Add(TesScene.Executor("sleep 4; cat /v/a; echo second > /v/b"));
        document["executors"]!.AsArray().Add(TesScene.Executor("cat /v/a /v/b"));
        var id = await scene.CreateAsync(document);
        // In the middle: the first has ended.
        using (var within = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
            while ((await scene.GetAsync(id))["logs"]!.AsArray() is not [{ } log] || log["logs"]!.AsArray().Count < 1)
                await Task.Delay(50, within.Token);
        await scene.RestartAsync();
        var task = await scene.EndAsync(id);
        Assert.Equal("COMPLETE", (string)task["state"]!);
        var logs = task["logs"]![0]!["logs"]!.AsArray();
        Assert.Equal(3, logs.Count);
        Assert.Equal("first\nsecond\n", (string)logs[2]!["stdout"]!);
        var tasks = (await scene.Node.AskAsync("GET", "/v1/tasks")).Json.GetProperty("tasks");
        Assert.Equal(3, tasks.GetArrayLength());
    }

    [Theory]
    [InlineData("inputs", """[{"path":"/data/x","url":"s3://bucket/x"}]""", "tes.foreign-url: inputs[0]")]
    [InlineData("inputs", """[{"path":"/data/x","url":"ftp://host/x"}]""", "tes.foreign-url: inputs[0]")]
    [InlineData("inputs", """[{"path":"/data/x","url":"http://127.0.0.1/x"}]""", "tes.foreign-url: inputs[0]")]
    [InlineData("inputs", """[{"path":"/data/x","url":"file:///etc/passwd"}]""", "tes.foreign-url: inputs[0]")]
    [InlineData("inputs", """[{"path":"/d","url":"stun:x","type":"DIRECTORY"}]""", "tes.foreign-url: inputs[0]")]
    [InlineData("outputs", """[{"path":"/data/x","url":"s3://bucket/x"}]""", "tes.foreign-url: outputs[0]")]
    public async Task What_lies_in_a_foreign_store_ends_the_task_before_anything_is_ordered(
        string of, string files, string note)
    {
        await using var scene = await TesScene.OpenAsync();
        var document = TesScene.Shell("true");
        document[of] = JsonNode.Parse(files);
        var task = await scene.RunAsync(document);
        Assert.Equal("SYSTEM_ERROR", (string)task["state"]!);
        Assert.StartsWith(note, (string)task["logs"]![0]!["system_logs"]![0]!);
        var tasks = (await scene.Node.AskAsync("GET", "/v1/tasks")).Json.GetProperty("tasks");
        Assert.Equal(0, tasks.GetArrayLength());
    }

    [Fact]
    public async Task Inputs_come_from_the_web_servers_that_the_owner_has_named()
    {
        await using var server = await FileServer.StartAsync("of the web\n");
        await using var scene = await TesScene.OpenAsync(settings => settings with
        {
            HttpHosts = [server.Host],
            MayReach = ["127.0.0.0/8"],
            InputBytesMax = 1 << 10,
        });
        var document = TesScene.Shell("cat /data/x");
        document["inputs"] = JsonNode.Parse($$"""[{"path":"/data/x","url":"http://{{server.Host}}/file"}]""");
        var task = await scene.RunAsync(document);
        Assert.Equal("of the web\n", (string)task["logs"]![0]!["logs"]![0]!["stdout"]!);
        foreach (var (path, said) in ((string, string)[])
            [("missing", "answered 404"), ("away", "is not asked"), ("large", "has more than 1024 bytes")])
        {
            document["inputs"]![0]!["url"] = $"http://{server.Host}/{path}";
            task = await scene.RunAsync(document);
            Assert.Equal("SYSTEM_ERROR", (string)task["state"]!);
            var note = (string)task["logs"]![0]!["system_logs"]![0]!;
            Assert.StartsWith("tes.fetch: ", note);
            Assert.Contains(said, note);
        }
    }

    [Fact]
    public async Task The_result_of_an_earlier_task_is_a_directory_of_a_later_one()
    {
        await using var scene = await TesScene.OpenAsync();
        var earlier = await scene.Node.AskAsync("POST", "/v1/tasks?wait=30", $$"""
            {"image":"sha256:{{scene.Image}}","command":["sh","-c","mkdir /out/a; echo deep > /out/a/b"],
             "outputs":["**"],"verification":{"kind":"none"} }
            """);
        var document = TesScene.Shell("cat /data/dir/a/b");
        document["inputs"] = JsonNode.Parse($$"""
            [{"path":"/data/dir","url":"{{earlier.Json.GetProperty("result").GetString()}}","type":"DIRECTORY"}]
            """);
        var task = await scene.RunAsync(document);
        Assert.Equal("deep\n", (string)task["logs"]![0]!["logs"]![0]!["stdout"]!);
        document["inputs"]![0]!["url"] = await scene.UploadAsync("no manifest");
        task = await scene.RunAsync(document);
        Assert.StartsWith("tes.directory: ", (string)task["logs"]![0]!["system_logs"]![0]!);
    }

    [Fact]
    public async Task What_cannot_be_run_at_all_is_told_with_the_providers_own_words()
    {
        await using var scene = await TesScene.OpenAsync();
        var task = await scene.RunAsync(TesScene.Shell("sleep 60", """{"verify":"none","run_time_max_seconds":"1"}"""));
        Assert.Equal("SYSTEM_ERROR", (string)task["state"]!);
        var note = (string)task["logs"]![0]!["system_logs"]![0]!;
        Assert.StartsWith("tes.step-failed: Executor 0", note);
        Assert.Contains("TimedOut", note);
    }
}
