using System.Text.Json;
using Stun.Node.Doors.Tes;
using Stun.Node.Gateway;

namespace Stun.Tests.Doors.Tes;

public sealed class TesOrdersTests
{
    private const string Image = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static TesTask Task(string more = "", string executors = """[{"image":"a","command":["b"]}]""") =>
        TesReader.Clean(JsonSerializer.Deserialize(
            $$"""{"executors":{{executors}}{{(more.Length > 0 ? "," : "")}}{{more}}}""", TesJson.Default.TesTask)!);

    private static TaskOrder Order(TesTask task, int step = 0) =>
        OrderDesk.Read(TesOrders.FormOf(task, step, Image, null), default, 1, new Instant(0));

    [Fact]
    public void Resources_become_ours_and_gigabytes_are_rounded_up()
    {
        var resources = Order(Task("""
            "resources":{"cpu_cores":4,"ram_gb":0.5,"disk_gb":40,"zones":["us-east","us-west-1"],"preemptible":true,
              "backend_parameters":{"GPU":"2","gpu_model":"H100SXM","gpu_mem_gb":"80"}}
            """)).Spec.Resources;
        Assert.Equal(4_000u, resources.CpuMillis);
        Assert.Equal(477u, resources.MemoryMiB);
        Assert.Equal(38_147u, resources.DiskMiB);
        Assert.Equal("us-east", Assert.Single(resources.Regions).ToString());
        Assert.Equal(2, resources.GpuCount);
        Assert.Equal("H100SXM", resources.GpuModel.ToString());
        Assert.Equal(76_294u, resources.GpuMemoryMiB);
    }

    [Fact]
    public void One_gpu_is_meant_where_only_its_kind_is_named()
    {
        var task = Task(""" "resources":{"backend_parameters":{"gpu_mem_gb":"24"}} """);
        Assert.Equal(1, Order(task).Spec.Resources.GpuCount);
        Assert.Equal(0, Order(Task()).Spec.Resources.GpuCount);
    }

    [Theory]
    [InlineData("""{"verify":"none"}""", typeof(VerificationPolicy.None))]
    [InlineData("""{}""", typeof(VerificationPolicy.Redundant))]
    [InlineData("""{"replicas":"3"}""", typeof(VerificationPolicy.Redundant))]
    [InlineData("""{"audit_ppm":"1000"}""", typeof(VerificationPolicy.SampledAudit))]
    [InlineData("""{"tee":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""",
        typeof(VerificationPolicy.TeeQuote))]
    public void How_sure_one_wants_to_be_is_a_backend_parameter(string parameters, Type policy)
    {
        var order = Order(Task($$""" "resources":{"backend_parameters":{{parameters}}} """));
        Assert.IsType(policy, order.Spec.Verification);
        if (parameters.Contains("replicas", StringComparison.Ordinal))
            Assert.Equal(new VerificationPolicy.Redundant(3, 4), order.Spec.Verification);
        Assert.Equal(policy == typeof(VerificationPolicy.TeeQuote) ? Privacy.Tee : Privacy.None, order.Spec.Privacy);
    }

    [Fact]
    public void A_comparator_with_its_numbers_is_taken_over()
    {
        var order = Order(Task("""
            "resources":{"backend_parameters":{"comparator":"numeric","absolute_units":"1","absolute_exponent":"-3"}}
            """));
        Assert.Equal(new Comparator.NumericTolerance(1, -3, 0), order.Spec.Comparator);
    }

    [Fact]
    public void The_price_of_a_task_is_shared_among_its_executors()
    {
        var task = Task("""
            "resources":{"backend_parameters":{"max_price":"100","run_time_max_seconds":"60",
              "deadline":"2030-01-31T12:00:00Z","priority":"high"}}
            """, """[{"image":"a","command":["b"]},{"image":"a","command":["c"]},{"image":"a","command":["d"]}]""");
        foreach (var step in (int[])[0, 1, 2])
        {
            var order = Order(task, step);
            Assert.Equal(new Amount(33), order.PriceLimit);
            Assert.Equal(Duration.Seconds(60), order.RunTimeMax);
            Assert.Equal(Priority.High, order.Priority);
            Assert.Equal(2030, Node.WallTime.Time(order.Deadline).Year);
        }
    }

    [Fact]
    public void Executors_share_the_outermost_of_all_directories_that_are_named()
    {
        var task = Task("""
            "volumes":["/vol/A/","/vol/A/b"],"inputs":[{"path":"/data/in/x","content":"c"},{"path":"/top","content":"c"}],
            "outputs":[{"path":"/res/*/y","path_prefix":"/res","url":"stun:"},{"path":"/dir","type":"DIRECTORY","url":"stun:"},
              {"path":"/data/z","url":"stun:z"}]
            """, """
            [{"image":"a","command":["b"],"stdout":"/logs/o","workdir":"/w/d/"},
             {"image":"a","command":["b"],"stderr":"/vol/A/b/c/e","workdir":"/"}]
            """);
        Assert.Equal(["/data", "/dir", "/logs", "/res", "/vol/A", "/w/d"], TesOrders.DirectoriesOf(task));
        Assert.Equal(["exit", "/data/**", "/dir/**", "/logs/**", "/res/**", "/vol/A/**", "/w/d/**"],
            Order(task).Spec.Outputs);
        // At the end only what was asked for; the directories are there all the same.
        Assert.Equal(
            ["exit", "/data/", "/dir/", "/logs/", "/res/", "/vol/A/", "/w/d/", "/res/*/y", "/dir/**", "/data/z",
                "/vol/A/b/c/e"],
            Order(task, 1).Spec.Outputs);
    }

    [Fact]
    public void More_directories_and_outputs_than_a_task_can_have_are_refused()
    {
        var outputs = string.Join(',', Enumerable.Range(0, 64).Select(number =>
            $$"""{"path":"/d/{{number}}","url":"stun:x"}"""));
        var task = Task($""" "outputs":[{outputs}] """);
        var refused = Assert.Throws<ApiException>(() => TesOrders.Require(task, [Image], new Instant(0)));
        Assert.Equal("tes.invalid", refused.Code);
        Assert.Contains("65 directories and outputs", refused.Message);
    }

    [Fact]
    public void Unknown_backend_parameters_are_left_out_and_told_unless_one_is_strict()
    {
        const string sent = """
            {"executors":[{"image":"a","command":["b"]}],
             "resources":{"backend_parameters":{"VmSize":"x","Verify":"none"},"zones":["us-west-1"]}}
            """;
        var task = JsonSerializer.Deserialize(sent, TesJson.Default.TesTask)!;
        Assert.Equal(["verify"], TesReader.Clean(task).Resources!.BackendParameters!.Keys);
        Assert.Equal(2, TesReader.WarningsOf(task).Count);
        var strict = task with { Resources = task.Resources! with { BackendParametersStrict = true } };
        var refused = Assert.Throws<ApiException>(() => TesReader.Clean(strict));
        Assert.Equal("tes.backend-parameter", refused.Code);
        Assert.Contains("'VmSize'", refused.Message);
    }

    [Fact]
    public void What_is_the_servers_to_say_is_not_taken_from_a_client()
    {
        var task = Task(""" "id":"mine","state":"COMPLETE","logs":[],"creation_time":"now" """);
        Assert.Null(task.Id);
        Assert.Null(task.State);
        Assert.Null(task.Logs);
        Assert.Null(task.CreationTime);
    }

    [Fact]
    public void The_words_of_a_command_are_never_part_of_the_script()
    {
        var one = Launcher.CommandOf(new TesExecutor { Command = ["a"] });
        var other = Launcher.CommandOf(new TesExecutor
        {
            Command = ["$(rm -rf /)", "'; x"],
            Workdir = "/w/",
            Stdin = "/d/$x",
            Env = new Dictionary<string, string?> { ["B"] = "`x`", ["A"] = null },
        });
        Assert.Equal(one.Take(4), other.Take(4));
        Assert.Equal(["/w", "/d/$x", "", "", "2", "A=", "B=`x`", "$(rm -rf /)", "'; x"], other.Skip(4));
        Assert.True(one[2].Length < WireLimits.TextBytesMax);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("255", 255)]
    [InlineData("256", null)]
    [InlineData("-1", null)]
    [InlineData("1\n", null)]
    [InlineData("", null)]
    [InlineData("0000", null)]
    public void An_exit_code_is_read_strictly(string text, int? code) =>
        Assert.Equal(code, Launcher.ReadExit(System.Text.Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("/d/e", null)]
    [InlineData("/d/e/", null)]
    [InlineData("/tmp/x", null)]
    [InlineData("", "missing")]
    [InlineData("d", "absolute")]
    [InlineData("/", "root")]
    [InlineData("/d/./e", "empty part")]
    [InlineData("/d/..", "empty part")]
    [InlineData("/d\n/e", "control")]
    [InlineData("/.stun/sh", "must not be in")]
    [InlineData("/out", "must not be in")]
    public void A_path_that_cannot_be_a_files_is_told(string path, string? fault)
    {
        if (fault is null) Assert.Null(TesPaths.Fault(path));
        else Assert.Contains(fault, TesPaths.Fault(path));
    }

    [Theory]
    [InlineData("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("stun:sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("/v1/blobs/sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("https://n.example/v1/blobs/sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("s3://b/v1/blobs/sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("sha256:aa", false)]
    [InlineData("s3://bucket/x", false)]
    public void A_blob_of_ours_is_known_by_any_of_its_names(string url, bool isOurs) =>
        Assert.Equal(isOurs, TesFiles.TryOwn(url, out _));
}
