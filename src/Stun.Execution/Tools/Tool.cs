using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Stun.Execution.Tools;

/// <summary>What a program of the machine answered. Its output is cut at <see cref="Tool.OutputMax"/>.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public bool Ok => ExitCode == 0;
}

/// <summary>
/// Runs short-lived programs of the machine (skopeo, umoci, nvidia-smi ...), bounded in time and in what is kept of
/// their output. Arguments never pass through a shell.
/// </summary>
public static class Tool
{
    /// <summary>A manifest or a device list fits a hundred times; a tool gone mad does not fill our memory.</summary>
    public const int OutputMax = 4 << 20;

    public static async Task<ToolResult> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancel = default)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            var output = ReadAsync(process.StandardOutput, limit.Token);
            var errors = ReadAsync(process.StandardError, limit.Token);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new ToolResult(
                process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new ExecutionException("tool.timeout",
                $"{program} {string.Join(' ', arguments)} did not end within {timeout.TotalSeconds:0} s.",
                "Look at the load of the machine, or at the peer it talks to, and try again.");
        }
    }

    /// <summary>Where the program is: on the PATH or among the system's programs; null where it is not.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Where(directory => directory.StartsWith('/'))
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new ExecutionException("tool.missing", $"The program '{program}' cannot be started.",
                "Install what eng/prerequisites names; ./check does it as root.", failure);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        var kept = new StringBuilder();
        var buffer = new char[16384];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            kept.Append(buffer, 0, Math.Min(count, OutputMax - kept.Length));
        return kept.ToString();
    }
}
