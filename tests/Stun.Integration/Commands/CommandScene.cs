using System.Diagnostics;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>The binary as a person calls it, and one network of its own that the tests ask.</summary>
public sealed class CommandScene : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Process? network;

    public string Home { get; } = Directory.CreateTempSubdirectory("stun-commands-").FullName;

    internal static string Binary => Path.Combine(WorkingCopy.Root, "artifacts", "bin", "Stun", "release", "Stun.dll");

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(Home, File.GetUnixFileMode(Home) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        string[] how = IsRoot ? [] : ["--executor", "noop"];
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] words = [Binary, "dev", "--port", "0", "--no-chain", .. how];
        foreach (var word in words) start.ArgumentList.Add(word);
        start.Environment["STUN_HOME"] = Home;
        network = Process.Start(start)!;
        _ = network.StandardOutput.ReadToEndAsync();
        _ = network.StandardError.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(Home, "node.json")))
        {
            Assert.False(network.HasExited, "stun dev has ended.");
            Assert.True(clock.Elapsed < Patience, "stun dev does not come up.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (network is not null)
        {
            await Tool.RunAsync("kill", ["-TERM", $"{network.Id}"], Patience);
            await network.WaitForExitAsync();
            network.Dispose();
        }
        Directory.Delete(Home, recursive: true);
    }

    public Task<ToolResult> RunAsync(params string[] words) => RunInAsync(Home, words);

    public static Task<ToolResult> RunInAsync(string home, params string[] words) =>
        Tool.RunAsync("env", [$"STUN_HOME={home}", "dotnet", Binary, .. words], Patience);
}
