using System.CommandLine;
using System.Globalization;
using Stun.Calls;
using Stun.Execution.Images;
using Stun.Node.Gateway;
using Stun.Node.Policies;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun run</c>: hands a task in, stays with it, and ends as its program did.</summary>
internal static class RunCommands
{
    private static readonly TimeSpan CancelWithin = TimeSpan.FromSeconds(5);

    private static readonly Argument<string> Image = new("IMAGE")
    {
        Description = "base or another image built here, docker://HOST/NAME:TAG, docker://HOST/NAME@sha256:DIGEST, or "
            + "sha256:DIGEST.",
    };

    private static readonly Argument<string[]> Words = new("CMD")
    {
        Description = "The program and its words, after --.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Inputs = new("--input")
    {
        Description = "A file that the program finds under this name. May be given several times.",
        HelpName = "NAME=FILE",
    };

    private static readonly Option<string[]> Outputs = new("--output")
    {
        Description = "Files that the program leaves and that are the result; else what it prints is.",
        HelpName = "PATTERN",
    };

    private static readonly Option<string?> Outside = new("--out")
    {
        Description = "Write the files of the result into this folder.",
        HelpName = "DIR",
    };

    private static readonly Option<uint?> Cpu = Quantities.Option<uint>(
        "--cpu", "CPUS", "Processors: 2, 0.5 or 500m.", Quantities.CpuMillis,
            "a number of processors, such as 2 or 500m");

    private static readonly Option<uint?> Memory = Quantities.Option<uint>(
        "--memory", "SIZE", "Memory: 512MiB, 4GiB.", Quantities.Mebibytes, "a size, such as 512MiB or 4GiB");

    private static readonly Option<uint?> Disk = Quantities.Option<uint>(
        "--disk", "SIZE", "Space for what the program writes.", Quantities.Mebibytes, "a size, such as 512MiB or 4GiB");

    private static readonly Option<string?> Gpu = new("--gpu")
    {
        Description = "GPUs: a count, or MODEL:COUNT.",
        HelpName = "GPU",
    };

    private static readonly Option<long?> Time = Quantities.Option<long>(
        "--time", "TIME", "The longest that the program may run: 30s, 10m, 2h.", Quantities.Seconds,
            "a time, such as 30s or 10m");

    private static readonly Option<string?> Price = new("--price")
    {
        Description = "The most that the task may cost, in the smallest unit.",
        HelpName = "AMOUNT",
    };

    private static readonly Option<string?> Verify = new("--verify")
    {
        Description = "none, audit, or redundant:2/3 (two that agree, three at most).",
        HelpName = "HOW",
    };

    private static readonly Option<string?> Comparing = new("--comparator")
    {
        Description = "When two results are the same: bytes, json, numeric or histogram.",
    };

    private static readonly Option<string[]> Regions = new("--region") { Description = "Only there, such as eu-de." };

    private static readonly Option<string?> Policy = new("--policy")
    {
        Description = "A requester's policy, which can only make the task stricter.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Say the task's id and go." };

    private static readonly Option<bool> Quiet =
        new("--quiet", "-q") { Description = "Without what the program writes meanwhile." };

    public static Command Make()
    {
        Comparing.AcceptOnlyFromAmong("bytes", "json", "numeric", "histogram");
        return Shared.Asking("run",
            "Runs a program on somebody's machine and prints its checked result. Ends with the program's exit code.",
            [Image, Words, Inputs, Outputs, Outside, Cpu, Memory, Disk, Gpu, Time, Price, Verify, Comparing, Regions,
                Policy, .. SecretOptions.All, Detach, Quiet],
            RunAsync,
            "stun run base -- echo hello",
            "stun run base --input in.txt=data/in.txt -- sh -c 'wc -l < /in/in.txt'",
            "stun run base --secret policy.json --collateral intel/ --input in.txt=secret.txt -- wc -c /in/in.txt",
            "stun run base --output '*' --out results -- sh -c 'date > /out/now'",
            "stun run docker://HOST/NAME:TAG --verify redundant:2/3 --cpu 2 --memory 4GiB --time 1h -- python3 job.py");
    }

    private static async Task<int> RunAsync(ParseResult parsed, NodeCalls calls, CancellationToken cancel)
    {
        var form = await FormOfAsync(parsed, cancel).ConfigureAwait(false);
        var inputs = (parsed.GetValue(Inputs) ?? []).Select(InputFiles.Parse).ToList();
        var task = SecretOptions.Of(parsed) is { } terms
            ? await SubmitSealedAsync(calls, terms, form, inputs, cancel).ConfigureAwait(false)
            : await SubmitAsync(calls, form, inputs, cancel).ConfigureAwait(false);
        if (parsed.GetValue(Detach))
        {
            if (Shared.IsJson(parsed)) Screen.Write(task);
            else Screen.Line(task.Id);
            return Exits.Ok;
        }
        if (!parsed.GetValue(Quiet)) Screen.Note($"stun: task {task.Id}");
        try
        {
            var ended = await FollowAsync(calls, task.Id, parsed.GetValue(Quiet), cancel).ConfigureAwait(false);
            return await EndAsync(parsed, calls, ended, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await GiveUpAsync(calls, task.Id).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<TaskView> SubmitAsync(
        NodeCalls calls, TaskForm form, List<(string Name, string Path)> inputs, CancellationToken cancel)
    {
        List<InputForm> uploaded = [];
        foreach (var (name, path) in inputs)
        {
            var content = File.OpenRead(path);
            await using (content.ConfigureAwait(false))
                uploaded.Add(await InputFiles.UploadAsync(calls, name, content, cancel).ConfigureAwait(false));
        }
        return await calls.PostAsync<TaskView>(
            "/v1/tasks", form with { Inputs = uploaded.Count == 0 ? null : uploaded }, cancel).ConfigureAwait(false);
    }

    /// <summary>What opens the outputs is kept before anything can come of the task.</summary>
    private static async Task<TaskView> SubmitSealedAsync(
        NodeCalls calls, SecretTerms terms, TaskForm form, List<(string Name, string Path)> inputs,
        CancellationToken cancel)
    {
        var (whole, outputs) = await new SecretTask(calls, terms).SealAsync(form, inputs, cancel).ConfigureAwait(false);
        using (outputs)
        {
            var kept = SecretOutputs.Keep(outputs);
            // Under one word, so that handing it in twice makes one task.
            var task = await calls.PostAsync<TaskView>(
                "/v1/tasks", whole, cancel, Path.GetFileNameWithoutExtension(kept)).ConfigureAwait(false);
            SecretOutputs.Name(kept, task.Id);
            return task;
        }
    }

    private static async Task<TaskView> FollowAsync(
        NodeCalls calls, string task, bool isQuiet, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var logs = isQuiet ? Task.CompletedTask
            : TaskFollower.ReadLogsAsync(calls, task, "?follow=1", Show, stop.Token);
        var ended = await TaskFollower.WaitAsync(calls, task, cancel).ConfigureAwait(false);
        // Where there is a result the rest is the same again; where there is none, the last lines say why.
        await Task.WhenAny(logs, Task.Delay(TimeSpan.FromMilliseconds(ended.Result is null ? 2_000 : 150), cancel))
            .ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await logs.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        return ended;
    }

    private static void Show(LogLineView line)
    {
        foreach (var text in line.Text.TrimEnd('\n').Split('\n'))
            Screen.Note($"{line.Attempt} {(line.Stream == "errors" ? "!" : "|")} {text}");
    }

    private static async Task<int> EndAsync(
        ParseResult parsed, NodeCalls calls, TaskView task, CancellationToken cancel)
    {
        if (task.Result is not null && task.State is not ("failed" or "cancelled" or "refused"))
        {
            var result = await calls.GetAsync<ResultView>($"/v1/tasks/{task.Id}/result", cancel).ConfigureAwait(false);
            if (parsed.GetValue(Outside) is { } folder)
                await ResultFiles.SaveAsync(calls, task.Id, result, folder, cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(new { Task = task, Result = result, ExitCode = 0 });
            else await ResultFiles.ShowAsync(calls, task.Id, result, cancel).ConfigureAwait(false);
            return Exits.Ok;
        }
        var why = await calls.GetAsync<WhyView>($"/v1/tasks/{task.Id}/why", cancel).ConfigureAwait(false);
        var code = TaskFollower.ExitCodeOf(why);
        if (Shared.IsJson(parsed)) Screen.Write(new { Task = task, Why = why, ExitCode = code });
        else
            foreach (var line in WhyStory.Lines(why, who => who)) Screen.Note(line);
        return code is > 0 and <= 255 ? code.Value : Exits.TaskFailed;
    }

    private static async Task GiveUpAsync(NodeCalls calls, string task)
    {
        using var within = new CancellationTokenSource(CancelWithin);
        try
        {
            await calls.PostAsync<TaskView>($"/v1/tasks/{task}/cancel", new CancelForm(null), within.Token)
                .ConfigureAwait(false);
            Screen.Note($"stun: task {task} is to be cancelled");
        }
        catch (Exception late) when (late is CommandException or OperationCanceledException)
        {
            Screen.Note($"stun: task {task} goes on; nobody took the cancellation");
        }
    }

    private static async Task<TaskForm> FormOfAsync(ParseResult parsed, CancellationToken cancel)
    {
        var form = new TaskForm
        {
            Image = await ImageNames.ResolveAsync(parsed.GetValue(Image)!, cancel).ConfigureAwait(false),
            Command = parsed.GetValue(Words) is { Length: > 0 } words ? words : null,
            Outputs = parsed.GetValue(Outputs) is { Length: > 0 } outputs ? outputs : null,
            Resources = ResourcesOf(parsed),
            Verification = VerificationOf(parsed.GetValue(Verify)),
            Comparator = parsed.GetValue(Comparing) is { } kind ? new ComparatorForm { Kind = kind } : null,
            RunTimeMaxSeconds = parsed.GetValue(Time),
            PriceLimit = parsed.GetValue(Price),
        };
        if (parsed.GetValue(Policy) is { } file)
            form = StricterForm.Of(form, RequesterPolicyFile.Parse(File.ReadAllText(file), file));
        return form;
    }

    private static ResourcesForm ResourcesOf(ParseResult parsed)
    {
        var form = new ResourcesForm
        {
            CpuMillis = parsed.GetValue(Cpu),
            MemoryMib = parsed.GetValue(Memory),
            DiskMib = parsed.GetValue(Disk),
            Regions = parsed.GetValue(Regions) is { Length: > 0 } regions ? regions : null,
        };
        if (parsed.GetValue(Gpu) is not { } gpu) return form;
        var colon = gpu.LastIndexOf(':');
        var model = colon < 0 ? null : gpu[..colon];
        return ushort.TryParse(gpu[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? form with { GpuCount = count, GpuModel = model }
            : throw CommandException.Usage($"--gpu {gpu} is no number of GPUs.", "Write --gpu 2, or --gpu h100:2.");
    }

    private static VerificationForm? VerificationOf(string? text)
    {
        if (text is null) return null;
        if (text is "none" or "audit" or "redundant") return new VerificationForm { Kind = text };
        var parts = text.Split(':', '/');
        if (parts is ["redundant", var least, var most] && byte.TryParse(least, out var agreeing)
            && byte.TryParse(most, out var attempts))
            return new VerificationForm { Kind = "redundant", Agreeing = agreeing, Attempts = attempts };
        throw CommandException.Usage($"--verify {text} is not known.", "Write none, audit or redundant:2/3.");
    }
}
