using System.Collections.Concurrent;
using System.Diagnostics;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>The binary as a process that goes on, and all that it has said so far.</summary>
internal sealed class SpokenProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> said = new();
    private readonly Process process;

    public SpokenProcess(string home, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])[CommandScene.Binary, .. words]) start.ArgumentList.Add(word);
        start.Environment["STUN_HOME"] = home;
        start.Environment["STUN_KEY_PASSWORD"] = "a password for a test";
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Said => string.Join('\n', said);

    public async Task<string> LineAsync(string part)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (said.FirstOrDefault(line => line.Contains(part)) is { } found) return found;
            Assert.False(process.HasExited, $"It has ended: {Said}");
            Assert.True(clock.Elapsed < Patience, $"'{part}' is not said: {Said}");
            await Task.Delay(50);
        }
    }

    /// <summary>Without a word, as machines die.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await Tool.RunAsync("kill", ["-TERM", $"{process.Id}"], Patience);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
