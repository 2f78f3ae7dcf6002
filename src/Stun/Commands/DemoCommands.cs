using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Stun.Chain.Evm;
using Stun.Calls;
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
    private const int RunSecondsMax = 1;

    /// <summary>The cheat is asked in two of three tasks; so many without it are one case in thousands.</summary>
    private const int TasksMax = 8;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private const string ResultFile = "pi.txt";

    /// <summary>Machin's formula, so that the digits are worked out and not looked up. Whatever fails, fails the task.
    /// </summary>
    private const string Program = """
        set -e
        echo 'scale=60; pi=16*a(1/5)-4*a(1/239); scale=50; pi/1' | bc -l > /out/pi.txt
        test -s /out/pi.txt
        cat /out/pi.txt
        """;

    public static Command Make()
    {
        var timing = new Option<bool>("--timing") { Description = "Say how long each part took." };
        var asks = new Option<bool>("--operator")
        {
            Description = "A contract on the chain orders the task, and is called back with the result.",
        };
        return Shared.Local("demo", "A network starts, runs one real task, pays for it, and is gone again.",
            [DevCommands.WithCheat, DevCommands.Driver, DevCommands.NoChain, asks, timing],
            async (parsed, cancel) =>
            {
                var story = new Story(parsed.GetValue(timing));
                var isAsked = parsed.GetValue(asks);
                if (isAsked && parsed.GetValue(DevCommands.NoChain))
                    throw CommandException.Usage("--operator with --no-chain.", "A contract needs a chain.");
                await RunAsync(story, parsed, isAsked, cancel).ConfigureAwait(false);
                story.Close();
                return Exits.Ok;
            }, "stun demo", "stun demo --with-cheat", "stun demo --operator");
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
            parts.Add(
                string.Create(CultureInfo.InvariantCulture, $"{name} {(clock.Elapsed - last).TotalSeconds:0.0} s"));
            last = clock.Elapsed;
        }

        public void Close()
        {
            if (!isTimed) return;
            Screen.Note(string.Create(
                CultureInfo.InvariantCulture, $"{string.Join(", ", parts)}; all {clock.Elapsed.TotalSeconds:0.0} s"));
        }
    }

    private static async Task RunAsync(
        Story story, ParseResult parsed, bool isAsked, CancellationToken cancel)
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
                HasChain = !parsed.GetValue(DevCommands.NoChain),
                Operator = isAsked ? DemoOperator.Settings : null,
            });
            var host = await network.StartAsync((code, text) => Screen.Note($"stun: {text} [{code}]"), cancel)
                .ConfigureAwait(false);
            await using (host.ConfigureAwait(false))
            {
                story.Part("start");
                if (network.Asking is { } asking)
                    await DemoOperator.TellAsync(asking, story.Part, cancel).ConfigureAwait(false);
                else await TellAsync(story, network, host, cancel).ConfigureAwait(false);
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
        using var calls = new NodeCalls(host.Address!, key);
        Screen.Line($"A network is up at {host.Address}: gateway, scheduler, escrow, 3 validators and 3 providers.");
        if (network.Money is { } chain)
            Screen.Line($"Its money lies in contracts on a chain of its own, at {chain.Address}.");
        Screen.Table(["  PROVIDER", "PRICE/S", "REGION", "CPUS", "STAKE"], network.Providers.Select(plan => (string[])
        [
            "  " + network.NameOf(plan.Key.Address), $"{plan.Offers[0].PricePerSecond}", $"{plan.Offers[0].Region}",
            $"{plan.Offers[0].Hardware.CpuMillis / 1_000m}", $"{plan.Offers[0].Stake}",
        ]));
        string NameOf(string address) =>
            network.Providers.FirstOrDefault(plan => plan.Key.Address.ToString() == address) is { } plan
            ? network.NameOf(plan.Key.Address)!
            : address;
        var cheat = network.Providers.FirstOrDefault(plan => plan.Executor is not null)?.Key.Address.ToString();
        Story.Head("A task: compute pi in a container. Two providers that do not know each other must agree.");
        for (var count = 1; ; count++)
        {
            var why = await RunTaskAsync(calls, NameOf, cancel).ConfigureAwait(false);
            story.Part("task");
            if (cheat is null || why.Attempts.Any(attempt => attempt.Provider == cheat))
            {
                await TellEndAsync(calls, why, NameOf, cancel).ConfigureAwait(false);
                story.Part("proof");
                if (network.Money is not { } money) return;
                await DemoReceipt.TellAsync(calls, money, why.Task, NameOf, cancel).ConfigureAwait(false);
                story.Part("chain");
                return;
            }
            if (count == TasksMax)
                throw new CommandException(
                    "demo.no-cheat", $"{NameOf(cheat)} cheats, and none of {count} tasks met it.",
                    "Try again: who runs a task is drawn among those that fit.");
            Story.Head($"{NameOf(cheat)}, who cheats, was not asked. The same once more.");
        }
    }

    private static async Task<WhyView> RunTaskAsync(
        NodeCalls calls, Func<string, string> nameOf, CancellationToken cancel)
    {
        using var creator = EvmKey.Generate();
        var task = await calls.PostAsync<TaskView>("/v1/tasks", new TaskForm
        {
            Image = ImageDigest.Text(OurImages.DigestOf(OurImages.Base)),
            Command = ["sh", "-c", Program],
            Outputs = [ResultFile],
            RunTimeMaxSeconds = RunSecondsMax,
            PriceLimit = "2000",
            ModelCreator = creator.Address.ToString(),
            Resources = new ResourcesForm { CpuMillis = 500, MemoryMib = 64, DiskMib = 16 },
        }, cancel).ConfigureAwait(false);
        var lines = new LiveLines(nameOf);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(EndsWithin);
        WhyView why;
        try
        {
            why = await TaskFollower.WaitForEndAsync(calls, task.Id, lines.Look, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException("demo.slow", $"The task has no end after {EndsWithin.TotalSeconds:0} s.",
                "Look at 'stun doctor', and try again when the machine has less to do.");
        }
        return why.State == "complete" ? why : throw new CommandException("demo.failed",
            $"The task is {why.State}: {why.Reason}.", "Look at 'stun doctor'.", Exits.TaskFailed);
    }

    private static async Task TellEndAsync(
        NodeCalls calls, WhyView why, Func<string, string> nameOf, CancellationToken cancel)
    {
        using (var file = await calls.OpenAsync($"/v1/tasks/{why.Task}/result/{ResultFile}", null, cancel)
            .ConfigureAwait(false))
        {
            var text = (await file.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)).Trim();
            if (text.Length == 0)
                throw new CommandException("demo.empty", $"The task is complete, and its {ResultFile} is empty.",
                    "Look at 'stun doctor'.", Exits.TaskFailed);
            Story.Head($"The result, {ResultFile}: {text}");
        }
        var network = await calls.GetAsync<NetworkView>("/v1/network", cancel).ConfigureAwait(false);
        using (var proof = await calls.OpenAsync($"/v1/tasks/{why.Task}/verdict", "application/cbor", cancel)
            .ConfigureAwait(false))
        {
            var bytes = await proof.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            var bundle = ProofBundle.Decode(bytes);
            var faults = OfflineCheck.Faults(bytes, ProofTerms.Of(HubTerms.Of(network).Terms));
            Screen.Line(faults.Count == 0
                ? $"Checked offline: the order, {bundle.Receipts.Count} receipts and "
                    + $"{bundle.Verdict!.Signatures.Count} votes are signed by who they name."
                : throw new CommandException("demo.unproven", $"The proof does not hold: {string.Join(' ', faults)}",
                    "Report it with the data that 'stun dev' keeps: this is to be impossible.", Exits.TaskFailed));
        }
        Story.Head("Why, and who got what (stun task why):");
        foreach (var line in WhyStory.Lines(why, nameOf)) Screen.Line(line);
    }
}
