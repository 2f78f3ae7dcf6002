using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Telemetry;

namespace Stun.Integration.Hosting;

/// <summary>What a node tells of itself: enough to follow a task, and nothing of what the task says.</summary>
public sealed class TelemetryTests : IDisposable
{
    private const string Secret = "Geheimnis-4711";

    private readonly string folder = Directory.CreateTempSubdirectory("stun-telemetry").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_task_leaves_lines_counts_and_one_trace_and_none_of_them_holds_what_it_said()
    {
        List<byte[]> traces = [];
        using var lines = new MemoryStream();
        var page = "";
        var task = default(TaskId);
        await using (var collector = await CollectorAsync(traces))
        {
            var network = new DevNetwork(new DevOptions(folder, Path.Combine(folder, "images"))
            {
                Executor = ExecutorKind.Noop,
                ValidatorCount = 1,
                Log = new NodeLog(lines, LogLevel.Debug, TimeProvider.System),
                Collector = new Uri(collector.Urls.First()),
            });
            await using var host = await network.StartAsync((_, _) => { }, CancellationToken.None);
            var follow = await RunAsync(network, host);
            task = follow.Task;
            await EventuallyAsync(() => host.ReadModel!.Queries.FindTask(task)?.State == "complete");
            using var http = new HttpClient();
            page = await http.GetStringAsync(new Uri(host.Address!, "/metrics"));
        }
        var log = Encoding.UTF8.GetString(lines.ToArray());
        Assert.Contains($"\"task\":\"{task}\"", log, StringComparison.Ordinal);
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.NotNull(JsonDocument.Parse(line).RootElement.GetProperty("code").GetString());
        foreach (var group in (string[])["system", "business", "chain", "quality"])
            Assert.Contains($"# TYPE stun_{group}_", page, StringComparison.Ordinal);
        Assert.Contains("stun_business_tasks_ended_total{state=\"Complete\",reason=\"Verified\"} 1", page,
            StringComparison.Ordinal);
        Assert.Contains("stun_chain_events_total{kind=\"TaskSettled\"} 1", page, StringComparison.Ordinal);
        var told = string.Join('\n', traces.Select(bytes => Encoding.Latin1.GetString(bytes)));
        foreach (var name in (string[])["task", "admission", "placement", "attempt", "verdict", "settlement"])
            Assert.Contains(name, told, StringComparison.Ordinal);
        // The trace's id is the task's.
        var id = Encoding.Latin1.GetString(Convert.FromHexString(task.ToString()));
        Assert.Equal(6, CountOf(told, id));
        Assert.DoesNotContain(Secret, log + page + told, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_sums_and_buckets_are_written_as_Prometheus_reads_them()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        using var page = new MetricsPage(meter);
        var count = meter.CreateCounter<long>("stun_a_total", null, "As.");
        var times = meter.CreateHistogram<double>("stun_b_seconds", "s", "Bs.");
        meter.CreateObservableGauge("stun_c", () => 7L, null, "Cs.");
        count.Add(2, new KeyValuePair<string, object?>("kind", "x\"\\\ny"));
        count.Add(3, new KeyValuePair<string, object?>("kind", "x\"\\\ny"));
        times.Record(0.002);
        times.Record(400);
        var text = page.Write();
        Assert.Contains("# HELP stun_a_total As.\n# TYPE stun_a_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("stun_a_total{kind=\"x\\\"\\\\\\ny\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("stun_b_seconds_bucket{le=\"0.001\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("stun_b_seconds_bucket{le=\"0.0025\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("stun_b_seconds_bucket{le=\"+Inf\"} 2\nstun_b_seconds_sum 400.002\nstun_b_seconds_count 2\n",
            text, StringComparison.Ordinal);
        Assert.Contains("# TYPE stun_c gauge\nstun_c 7\n", text, StringComparison.Ordinal);
        Assert.Equal(2, CountOf(page.Write() + text, "stun_c 7\n"));
    }

    private static async Task<TaskFollow> RunAsync(DevNetwork network, NodeHost host)
    {
        var form = new TaskForm
        {
            Image = "sha256:" + new string('1', 64),
            Command = ["say", Secret],
            Resources = new ResourcesForm { CpuMillis = 10, MemoryMib = 1, DiskMib = 1 },
            Verification = new VerificationForm { Kind = "none" },
            RunTimeMaxSeconds = 2,
        };
        var order = OrderDesk.Read(form, network.Requester.Address, Intake.NewKey(), host.Process.Pump.Now);
        var intake = host.Process.Intake!;
        var follow = await intake.SubmitAsync(intake.Sign(order), CancellationToken.None);
        await follow.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        return follow;
    }

    private static async Task<WebApplication> CollectorAsync(List<byte[]> traces)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (traces) traces.Add(body.ToArray());
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return app;
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        for (var count = 0; count < 500 && !holds(); count++) await Task.Delay(20);
        Assert.True(holds());
    }

    private static int CountOf(string text, string part) =>
        (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;
}
