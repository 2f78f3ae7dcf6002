using System.Diagnostics;
using System.Text.Json;

namespace Stun.Bench.Chains;

internal sealed record Lap(double Seconds, double CpuSeconds);

/// <summary>The peer: node with viem, a process of its own that does one piece of work a line.</summary>
internal sealed class ViemPeer : IDisposable
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };
    private readonly Process process;

    public ViemPeer(string script, Uri chain, string contract, string key)
    {
        var start = new ProcessStartInfo("node", [script, chain.ToString(), contract, key])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        process = Process.Start(start)!;
    }

    public Lap Run(string kind, bool isBatched, int count, int lanes)
    {
        process.StandardInput.WriteLine($"{kind} {(isBatched ? "batch" : "plain")} {count} {lanes}");
        var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("viem ended.");
        return JsonSerializer.Deserialize<Lap>(line, Names)!;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5_000)) process.Kill();
        process.Dispose();
    }
}
