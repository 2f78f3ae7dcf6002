using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Stun.Chain.Evm;
using Stun.Client;
using Stun.Execution.Images;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun demo</c>: one real task in a real network on this machine, from order to money, and nothing left.
/// </summary>
internal static class DemoCommands
{
    /// <summary>The task's own time is a second at most; the network waits for disputes in proportion.</summary>
    private const int RunSecondsMax = 2;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private const string Program = """
        awk 'BEGIN { for (i = 1; i <= 300000; i++) s += 1 / (i * i); printf "pi is about %.5f\n", sqrt(6 * s) }' > /out/pi.txt
        cat /out/pi.txt
        """;

    public static Command Make()
    {
        var timing = new Option<bool>("--timing") { Description = "Say how long each part took." };
        return Shared.Local("demo", "A network starts, runs one real task, pays for it, and is gone again.",
            [DevCommands.WithCheat, DevCommands.Driver, timing],
            async (parsed, cancel) =>
            {
                var story = new Story(parsed.GetValue(timing));
                await RunAsync(story, parsed, cancel).ConfigureAwait(false);
                story.Close();
                return Exits.Ok;
            }, "stun demo", "stun demo --with-cheat");
    }

    /// <summary>Tells, and keeps the time of the parts.</summary>
    private sealed class Story(bool isTimed)
    {
        private readonly List<string> parts = [];
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private TimeSpan last;

        public static void Head(string text)
        {
            Screen.Line("");
            Screen.Line(text);
        }

        public void Part(string name)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {(clock.Elapsed - last).TotalSeconds:0.0} s"));
            last = clock.Elapsed;
        }

        public void Close()
        {
            if (!isTimed) return;
            Screen.Note(string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", parts)}; all {clock.Elapsed.TotalSeconds:0.0} s"));
        }
    }

    private static async Task RunAsync(Story story, ParseResult parsed, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new CommandException("provider.needs-root", "The demo runs a container, and that needs root.",
                "Run it as root; ./stun sim demo tells a simulated story without.");
        var layout = await OurImages.EnsureAsync(OurImages.Base, new StepLine(), cancel).ConfigureAwait(false);
        var directory = DataHome.In($"demo-{Environment.ProcessId}");
        try
        {
            story.Part("image");
            var network = new DevNetwork(new DevOptions(directory, DataHome.In("demo-images"))
            {
                Driver = parsed.GetValue(DevCommands.Driver)!,
                Cheat = DevCommands.ViceOf(parsed),
                Images = [$"oci:{layout}"],
            });
            var host = await network.StartAsync((code, text) => Screen.Note($"stun: {text} [{code}]"), cancel).ConfigureAwait(false);
            await using (host.ConfigureAwait(false))
            {
                story.Part("start");
                await TellAsync(story, network, host, cancel).ConfigureAwait(false);
            }
            story.Part("stop");
        }
        finally
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
        Screen.Line("The network is stopped, and nothing of it is left.");
    }

    private static async Task TellAsync(Story story, DevNetwork network, NodeHost host, CancellationToken cancel)
    {
        var key = DevCommands.KeyFor(host, network.Requester.Address);
        using var client = new NodeClient(host.Address!, key);
        Screen.Line($"A network is up at {host.Address}: gateway, scheduler, escrow, 3 validators and 3 providers.");
        Screen.Table(["  PROVIDER", "PRICE/S", "REGION", "CPUS", "STAKE"], network.Providers.Select(plan => (string[])
        [
            "  " + network.NameOf(plan.Key.Address), $"{plan.Offers[0].PricePerSecond}", $"{plan.Offers[0].Region}",
            $"{plan.Offers[0].Hardware.CpuMillis / 1_000m}", $"{plan.Offers[0].Stake}",
        ]));
        Story.Head("A task: compute pi in a container. Two providers that do not know each other must agree.");
        using var creator = EvmKey.Generate();
        var task = await client.PostAsync<TaskView>("/v1/tasks", new TaskForm
        {
            Image = ImageDigest.Text(OurImages.DigestOf(OurImages.Base)),
            Command = ["sh", "-c", Program],
            Outputs = ["pi.txt"],
            RunTimeMaxSeconds = RunSecondsMax,
            PriceLimit = "2000",
            ModelCreator = creator.Address.ToString(),
            Resources = new ResourcesForm { CpuMillis = 500, MemoryMib = 64, DiskMib = 16 },
        }, cancel).ConfigureAwait(false);
        string NameOf(string address) => network.Providers.FirstOrDefault(plan => plan.Key.Address.ToString() == address) is { } plan
            ? network.NameOf(plan.Key.Address)!
            : address;
        var lines = new LiveLines(NameOf);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(EndsWithin);
        WhyView why;
        try
        {
            why = await TaskFollower.WaitForEndAsync(client, task.Id, lines.Look, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException("demo.slow", $"The task has no end after {EndsWithin.TotalSeconds:0} s.",
                "Look at 'stun doctor', and try again when the machine has less to do.");
        }
        story.Part("task");
        if (why.State != "complete")
            throw new CommandException("demo.failed", $"The task is {why.State}: {why.Reason}.",
                "Look at 'stun doctor'.", Exits.TaskFailed);
        await TellEndAsync(client, why, NameOf, cancel).ConfigureAwait(false);
        story.Part("proof");
    }

    private static async Task TellEndAsync(
        NodeClient client, WhyView why, Func<string, string> nameOf, CancellationToken cancel)
    {
        var result = await client.GetAsync<ResultView>($"/v1/tasks/{why.Task}/result", cancel).ConfigureAwait(false);
        using (var file = await client.OpenAsync($"/v1/tasks/{why.Task}/result/{result.Files[0].Name}", null, cancel).ConfigureAwait(false))
        {
            var text = await file.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            Story.Head($"The result, {result.Files[0].Name}: {text.Trim()}");
        }
        var network = await client.GetAsync<NetworkView>("/v1/network", cancel).ConfigureAwait(false);
        using (var proof = await client.OpenAsync($"/v1/tasks/{why.Task}/verdict", "application/cbor", cancel).ConfigureAwait(false))
        {
            var bytes = await proof.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            var bundle = ProofBundle.Decode(bytes);
            var faults = OfflineCheck.Faults(bytes, ProofTerms.Of(HubTerms.Of(network).Terms));
            Screen.Line(faults.Count == 0
                ? $"Checked offline: the order, {bundle.Receipts.Count} receipts and {bundle.Verdict!.Signatures.Count} votes are signed by who they name."
                : $"NOT proven: {string.Join(' ', faults)}");
        }
        Story.Head("Why, and who got what (stun task why):");
        foreach (var line in WhyStory.Lines(why, nameOf)) Screen.Line(line);
    }
}
