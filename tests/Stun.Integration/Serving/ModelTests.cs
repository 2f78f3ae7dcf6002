using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;

namespace Stun.Integration.Serving;

/// <summary>Models from their training to what their creator is paid.</summary>
public sealed class ModelTests
{
    private const string Needs = """ "needs":{"cpu_millis":500,"memory_mib":128,"disk_mib":16} """;

    [Fact]
    public async Task A_digit_is_read_by_a_model_that_two_providers_run_alike_and_its_creator_is_paid()
    {
        await using var scene = await ServingScene.StartAsync();
        var file = await scene.TrainAsync("digits");
        // The same seed trains the same network, to the last byte.
        Assert.Equal(SHA256.HashData(file), SHA256.HashData(await scene.TrainAsync("digits")));
        AssertIsTorchFile(file);
        using var creator = EvmKey.Generate();
        var blob = await scene.UploadAsync(file);
        var model = await scene.RegisterAsync($$"""
            {"name":"digits","format":"pth","file":{"digest":"{{blob}}","name":"digits.pth"},
             "creator":"{{creator.Address}}",{{Needs}}}
            """);
        var images = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new[] { Seven, One }));
        var input = await scene.UploadAsync(images);
        var (task, said) = await scene.RunAsync($$"""
            {"model":"{{model}}","inputs":[{"name":"seen.json","digest":"{{input}}","size":{{images.Length}}}],
             "run_time_max_seconds":5,"verification":{"kind":"redundant","agreeing":2,"attempts":3} }
            """, "stdout");
        var answers = JsonDocument.Parse(said).RootElement.GetProperty("seen.json");
        Assert.Equal([7, 1], answers.EnumerateArray().Select(answer => answer.GetProperty("digit").GetInt32()));
        Assert.All(answers.EnumerateArray(), answer => Assert.True(answer.GetProperty("chance").GetDouble() > 0.8));
        await scene.UntilAsync(async () =>
            (await scene.AskAsync("GET", $"/v1/tasks/{task}")).Json.GetProperty("state").GetString() == "complete");
        JsonElement settlement = default;
        // The end of a task is told before the books have it.
        await scene.UntilAsync(async () => (await scene.AskAsync("GET", $"/v1/tasks/{task}/why"))
            .Json.TryGetProperty("settlement", out settlement));
        var paid = settlement.GetProperty("creator").GetString()!;
        Assert.NotEqual("0", paid);
        var owner = scene.KeyOf(ApiRole.Owner, scene.Network.Requester.Address);
        await scene.UntilAsync(async () => (await scene.AskAsync("GET", $"/v1/accounts/{creator.Address}", null, owner))
            .Json.TryGetProperty("balance", out var balance) && balance.GetString() == paid);
        // The terms' 5 %, of what both providers cost together.
        var refund = decimal.Parse(settlement.GetProperty("refund").GetString()!, CultureInfo.InvariantCulture);
        var held = decimal.Parse(settlement.GetProperty("held").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(decimal.Parse(paid, CultureInfo.InvariantCulture) / (held - refund), 0.045m, 0.0501m);
    }

    // What pickle.loads would carry out: os.system("touch /out/evil"), and a state that is set from outside.
    [Theory]
    [InlineData("cos\nsystem\n(X\x0F\0\0\0touch /out/eviltR.", "It wants to call os.system")]
    [InlineData("ccollections\nOrderedDict\n)R}X\x01\0\0\0aK\x01sb.", "It wants to set the state")]
    public async Task A_pickle_that_calls_is_refused_before_it_calls(string pickle, string said)
    {
        await using var scene = await ServingScene.StartAsync();
        var model = await scene.RegisterAsync($$"""
            {"name":"evil","format":"pth",{{Needs}},
             "file":{"digest":"{{await scene.UploadAsync(PthOf(pickle))}}"} }
            """);
        var (_, task) = await scene.AskAsync("POST", "/v1/tasks?wait=1", $$"""
            {"model":"{{model}}","run_time_max_seconds":20,"verification":{"kind":"none"},"outputs":["**"]}
            """);
        var id = task.GetProperty("id").GetString()!;
        await scene.UntilAsync(async () => (await scene.WhyAsync(id)).Contains("exit code 1"));
        var log = "";
        await scene.UntilAsync(async () =>
            (log = await scene.Http.GetStringAsync($"/v1/tasks/{id}/logs?stream=errors")).Length > 0);
        Assert.Contains(said, log);
        Assert.DoesNotContain("eviltR", log);
    }

    [Fact]
    public async Task A_manifest_that_names_nothing_or_is_none_ends_its_task_with_a_reason()
    {
        await using var scene = await ServingScene.StartAsync();
        var junk = await scene.UploadAsync(Encoding.UTF8.GetBytes("no manifest"));
        var (status, refused) = await scene.AskAsync("POST", "/v1/tasks", $$"""{"model":"{{junk}}"}""");
        Assert.Equal((HttpStatusCode.NotFound, "model.unknown"),
            (status, refused.GetProperty("code").GetString()));
        var model = await scene.RegisterAsync($$"""
            {"name":"elsewhere","format":"other","file":{"digest":"{{junk}}"},{{Needs}},
             "runner":{"image":"sha256:{{new string('0', 64)}}","run":["/bin/true"]} }
            """);
        var (_, task) = await scene.AskAsync("POST", "/v1/tasks?wait=1", $$"""
            {"model":"{{model}}","run_time_max_seconds":5,"verification":{"kind":"none"} }
            """);
        await scene.UntilAsync(async () =>
            (await scene.WhyAsync(task.GetProperty("id").GetString()!)).Contains("ImageMissing"));
    }

    [Fact]
    public async Task A_model_is_registered_listed_shown_and_removed_and_an_order_cannot_name_another_creator()
    {
        await using var node = await LiveNode.StartAsync();
        using var creator = EvmKey.Generate();
        var file = Encoding.UTF8.GetBytes(new string('x', 20_000));
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(file))}";
        var form = $$"""
            {"name":"small","format":"onnx","file":{"digest":"{{digest}}"},"creator":"{{creator.Address}}",
             "runner":{"image":"docker://host/runner@{{LiveNode.Image}}","run":["run"],"serve":["serve"],"port":80} }
            """;
        Assert.Equal("blob.unknown", (await node.AskAsync("POST", "/v1/registry/models", form)).Code);
        using (var upload = node.Request("PUT", $"/v1/blobs/{digest}", node.Keys[ApiRole.Requester]))
        {
            upload.Content = new ByteArrayContent(file);
            Assert.Equal(HttpStatusCode.Created, (await node.SendAsync(upload)).Status);
        }
        var made = await node.AskAsync("POST", "/v1/registry/models", form);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var again = await node.AskAsync("POST", "/v1/registry/models", form);
        Assert.Equal((HttpStatusCode.OK, made.Text), (again.Status, again.Text));
        var model = made.Json.GetProperty("digest").GetString()!;
        Assert.Equal("docker://host/runner@" + LiveNode.Image,
            made.Json.GetProperty("runner").GetProperty("image").GetString());
        Assert.Equal(made.Text, (await node.AskAsync("GET", $"/v1/registry/models/{model}")).Text);
        Assert.Contains(model, (await node.AskAsync("GET", "/v1/registry/models?limit=1")).Text);
        Assert.Equal("auth.forbidden",
            (await node.SendAsync(node.Request("DELETE", $"/v1/registry/models/{model}",
                node.AddKey(ApiRole.Requester, creator.Address)))).Code);

        Assert.Equal("model.other-creator", (await node.AskAsync("POST", "/v1/tasks",
            $$"""{"model":"{{model}}","model_creator":"0x{{new string('1', 40)}}"}""")).Code);
        var task = await node.AskAsync("POST", "/v1/tasks?wait=30",
            $$"""{"model":"{{model}}","run_time_max_seconds":1,"command":["x"]}""");
        Assert.Equal(HttpStatusCode.Created, task.Status);
        await node.UntilAsync(task.Json.GetProperty("id").GetString()!, "complete");
        var why = await node.AskAsync("GET", $"/v1/tasks/{task.Json.GetProperty("id").GetString()}/why");
        var share = why.Json.GetProperty("settlement").GetProperty("creator").GetString();
        var account = await node.AskAsync("GET", $"/v1/accounts/{creator.Address}", null, ApiRole.Owner);
        Assert.NotEqual("0", share);
        Assert.Equal(share, account.Json.GetProperty("balance").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await node.AskAsync("DELETE", $"/v1/registry/models/{model}")).Status);
        Assert.Equal("model.unknown", (await node.AskAsync("GET", $"/v1/registry/models/{model}")).Code);
    }

    [Theory]
    [InlineData("""{"format":"pth","file":{"digest":"DIGEST"}}""", "name")]
    [InlineData("""{"name":"x","format":"exe","file":{"digest":"DIGEST"}}""", "format")]
    [InlineData("""{"name":"x","file":{"digest":"DIGEST","name":"../x"}}""", "file.name")]
    [InlineData("""{"name":"x","file":{"digest":"DIGEST"},"runner":{"image":"IMAGE"}}""", "runner.run")]
    [InlineData("""{"name":"x","file":{"digest":"DIGEST"},"runner":{"image":"a/b:c","run":["x"]}}""", "runner.image")]
    [InlineData("""{"name":"x","file":{"digest":"DIGEST"},"runner":{"image":"IMAGE","serve":["x"]}}""", "runner.port")]
    public async Task A_bad_manifest_is_refused_by_the_place_of_its_fault(string form, string place)
    {
        await using var node = await LiveNode.StartAsync();
        var answer = await node.AskAsync("POST", "/v1/registry/models", form
            .Replace("DIGEST", "sha256:" + new string('1', 64)).Replace("IMAGE", LiveNode.Image));
        Assert.Equal("request.invalid", answer.Code);
        Assert.Contains(answer.Json.GetProperty("errors").EnumerateArray(),
            fault => fault.GetProperty("path").GetString() == place);
    }

    /// <summary>Where the image of torch is built: asked for by name, as it takes minutes.</summary>
    [Fact]
    public async Task Torch_itself_reads_what_was_trained_without_it()
    {
        var asked = (Environment.GetEnvironmentVariable("STUN_TEST_IMAGES") ?? "").Split(',');
        Assert.SkipUnless(asked.Contains("torch"), "slow; set STUN_TEST_IMAGES=torch to build and run it");
        await using var scene = await ServingScene.StartAsync();
        var file = Path.Combine(scene.Directory, "digits.pth");
        await File.WriteAllBytesAsync(file, await scene.TrainAsync("digits"));
        var layout = Path.Combine(Environment.GetEnvironmentVariable("STUN_IMAGE_LAYOUTS") ?? "/nowhere", "torch");
        if (!Directory.Exists(layout))
            layout = (await new Execution.Images.ImageBuild(
                Execution.Images.ImageRecipe.Read(WorkingCopy.Recipes, "torch"), new Progress<string>())
                .RunAsync(Path.Combine(scene.Directory, "built"), CancellationToken.None)).Layout;
        await scene.Host.Workshop!.PrepareAsync($"oci:{layout}", 0, CancellationToken.None);
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(layout, "index.json")));
        var image = index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString();
        var bytes = await File.ReadAllBytesAsync(file);
        const string look = "import torch; c = torch.load('/in/digits.pth', weights_only=True); "
            + "print(c['kind'], [tuple(t.shape) for t in c['state_dict'].values()])";
        var (_, said) = await scene.RunAsync($$"""
            {"image":"{{image}}","command":["/usr/bin/python3","-c",{{JsonSerializer.Serialize(look)}}],
             "inputs":[{"name":"digits.pth","digest":"{{await scene.UploadAsync(bytes)}}","size":{{bytes.Length}}}],
             "run_time_max_seconds":50,"verification":{"kind":"none"},
             "resources":{"cpu_millis":1000,"memory_mib":1024,"disk_mib":64} }
            """, "stdout");
        Assert.Equal("digits [(32, 64), (32,), (10, 32), (10,)]\n", Encoding.UTF8.GetString(said));
    }

    /// <summary>As torch.save lays it out: stored, with these parts, and a pickle that names torch's own functions.
    /// </summary>
    private static void AssertIsTorchFile(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        Assert.Equal(
            ["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/data/2",
                "archive/data/3", "archive/version"],
            archive.Entries.Select(entry => entry.FullName));
        Assert.All(archive.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.Equal(32 * 64 * 4, archive.GetEntry("archive/data/0")!.Length);
        using var reader = new StreamReader(archive.GetEntry("archive/data.pkl")!.Open(), Encoding.Latin1);
        var pickle = reader.ReadToEnd();
        Assert.StartsWith("\x80\x02", pickle);
        Assert.Contains("ctorch._utils\n_rebuild_tensor_v2\n", pickle);
        Assert.Contains("ctorch\nFloatStorage\n", pickle);
    }

    private static byte[] PthOf(string pickle)
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            part.Write(Encoding.Latin1.GetBytes("\x80\x02" + pickle));
        }
        return content.ToArray();
    }

    internal static double[] Seven { get; } = Drawn(
        "11111000", "00001000", "00010000", "00100000", "01000000", "01000000", "01000000", "00000000");

    internal static double[] One { get; } = Drawn(
        "00000000", "00001000", "00011000", "00001000", "00001000", "00001000", "00001000", "00011100");

    private static double[] Drawn(params string[] rows) =>
        [.. rows.SelectMany(row => row.Select(dot => dot == '1' ? 0.9 : 0.05))];
}
