using System.Diagnostics;
using Stun.Calls;
using Stun.Node.Gateway;
using Stun.Node.Money;

namespace Stun.Commands;

/// <summary>The end of the demo: the task's batch on the chain, and a program of other hands that checks it.</summary>
internal static class DemoReceipt
{
    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckedWithin = TimeSpan.FromSeconds(30);

    public static async Task TellAsync(
        NodeCalls calls, LocalMoney money, string task, Func<string, string> nameOf, CancellationToken cancel)
    {
        var batch = await WaitAsync(calls, task, cancel).ConfigureAwait(false);
        Screen.Line("");
        Screen.Line($"On the chain: batch {batch.Number}, signed by {batch.Signatures.Count} of the validators, "
            + "posted, its window over (this chain's clock is put forward), and carried out.");
        if (FindScript() is not { } script || Find("node") is not { } node)
        {
            Screen.Line("Node and contracts/evm/node_modules are not here: nothing else checks the receipt.");
            return;
        }
        Screen.Line("A separate program (contracts/evm/scripts/verify-receipt.mjs) checks the receipt:");
        var file = Path.GetTempFileName();
        try
        {
            using (var proof = await calls.OpenAsync($"/v1/tasks/{task}/verdict", "application/json", cancel)
                .ConfigureAwait(false))
                await File.WriteAllBytesAsync(
                    file, await proof.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false), cancel)
                    .ConfigureAwait(false);
            string[] arguments =
            [
                script, "--proof", file, "--rpc", money.Address.ToString(), "--escrow",
                money.Access.Escrow.ToString(),
            ];
            var (ok, text) = await RunAsync(node, arguments, cancel).ConfigureAwait(false);
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Screen.Line("  " + Named(line, nameOf));
            if (!ok)
                throw new CommandException("demo.unproven", "The receipt does not agree with the chain.",
                    "Report it with the lines above: this is to be impossible.", Exits.TaskFailed);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<BatchView> WaitAsync(NodeCalls calls, string task, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < SettledWithin)
        {
            var proof = await calls.GetAsync<ProofView>($"/v1/tasks/{task}/verdict", cancel).ConfigureAwait(false);
            if (proof.Batch is { State: "settled" } batch) return batch;
            await Task.Delay(50, cancel).ConfigureAwait(false);
        }
        throw new CommandException("demo.unsettled",
            $"The chain has not settled the task's batch within {SettledWithin.TotalSeconds:0} s.",
            "Try again when the machine has less to do.", Exits.TaskFailed);
    }

    private static async Task<(bool Ok, string Text)> RunAsync(
        string program, string[] arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CheckedWithin);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return (process.ExitCode == 0, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Where somebody is known by a name, it stands beside the address.</summary>
    private static string Named(string line, Func<string, string> nameOf)
    {
        var words = line.Split(' ');
        for (var index = 0; index < words.Length; index++)
        {
            var address = words[index].ToLowerInvariant();
            if (address.Length == 42 && nameOf(address) is var name && name != address) words[index] += $" ({name})";
        }
        return string.Join(' ', words);
    }

    /// <summary>Beside the sources, with its packages installed.</summary>
    private static string? FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var evm = Path.Combine(folder.FullName, "contracts", "evm");
            if (Directory.Exists(Path.Combine(evm, "node_modules", "viem")))
                return Path.Combine(evm, "scripts", "verify-receipt.mjs");
        }
        return null;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(directory => directory.StartsWith('/'))
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);
}
