using System.Diagnostics;
using System.Text.Json;
using Stun.Chain.Evm.Encoding;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

/// <summary>What a process that sends is to send.</summary>
public sealed record SenderVictimSettings(string Endpoint, string Journal, string Notebook, int Count);

/// <summary>This program again, as a process that sends, is killed, and is started again.</summary>
public sealed class SenderVictim : IAsyncDisposable
{
    private const string Variable = "STUN_SENDER_VICTIM";
    private readonly Process process;

    private SenderVictim(Process process) => this.process = process;

    public static SenderVictim Start(SenderVictimSettings settings)
    {
        List<string> words = [Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            words.Add(typeof(SenderVictim).Assembly.Location);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = JsonSerializer.Serialize(settings);
        start.Environment["DOTNET_gcServer"] = "0";
        return new SenderVictim(Process.Start(start)!);
    }

    public async Task WaitForAsync(string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } said)
            if (said == line) return;
        throw new InvalidOperationException($"The process ended without '{line}'.");
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public static async Task<bool> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } asked) return false;
        // Whoever started this is gone when the input ends: then nobody would end it.
        _ = Task.Run(() =>
        {
            while (Console.In.ReadLine() is not null) { }
            Environment.Exit(3);
        });
        var settings = JsonSerializer.Deserialize<SenderVictimSettings>(asked)!;
        await using var rpc = new EvmRpc(new EvmRpcOptions(31337, [new Uri(settings.Endpoint)]));
        using var key = ChainScene.Key(1);
        await using var journal = new FileSendingJournal(settings.Journal);
        await using var sender = await TransactionSender.OpenAsync(
            rpc, key, EvmNetwork.Local, journal, new TransactionSenderOptions
            {
                PollInterval = TimeSpan.FromMilliseconds(30),
                ResendAfter = TimeSpan.FromMilliseconds(200),
            });
        var notebook = Hex.ParseAddress(settings.Notebook, "notebook");
        Console.WriteLine("ready");
        // In small crowds, so that a kill finds some sent, some written and some only asked for.
        foreach (var crowd in Enumerable.Range(0, settings.Count).Chunk(8))
            await Task.WhenAll(crowd.Select(number => sender.SendAsync(
                new TransactionRequest(notebook, ChainScene.Note((ulong)number))
                {
                    GasLimit = 100_000,
                    Key = $"note {number}",
                })));
        Console.WriteLine("done");
        return true;
    }
}
