using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Execution.Tools;

namespace Stun.Execution.Containers;

/// <summary>
/// Runs a bundle by a runtime as our own child, with pipes: a fifth of what an engine's API costs, and the exit code,
/// the output and the moment of the end are ours.
/// </summary>
/// <param name="stateDirectory">Where the runtime keeps what it knows of its containers.</param>
public sealed class OciDriver(OciRuntime runtime, string stateDirectory) : IContainerDriver
{
    private const string LogFile = "runtime.log";

    private static readonly TimeSpan ForgetMax = TimeSpan.FromSeconds(30);

    public string Name => runtime.Name;

    public bool CanWait => true;

    public bool CanReachNetwork => runtime.CanReachNetwork;

    public DriverOverhead Overhead => runtime.Overhead;

    public Task<IStartedContainer> CreateAsync(ContainerSpec spec, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        File.WriteAllText(Path.Combine(spec.Directory, "config.json"), OciConfig.Text(spec));
        var log = Path.Combine(spec.Directory, LogFile);
        string[] arguments =
        [
            .. runtime.Prefix, "--root", stateDirectory, "--log", log, "--log-format", "json", .. runtime.Options,
            "run", "--bundle", spec.Directory, spec.Id,
        ];
        var start = new ProcessStartInfo(Tool.Find(runtime.Program) ?? runtime.Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = spec.Directory,
        };
        if (runtime.IsGo)
        {
            start.Environment["GOMAXPROCS"] = "1";
            // It lives for milliseconds, then waits: there is nothing to collect.
            start.Environment["GOGC"] = "off";
        }
        try
        {
            return Task.FromResult<IStartedContainer>(new OciContainer(Process.Start(start)!, log));
        }
        catch (Win32Exception failure)
        {
            throw new ExecutionException("runtime.missing", $"The runtime '{runtime.Program}' cannot be started.",
                "Install what eng/prerequisites names; ./check does it as root.", failure);
        }
    }

    public async Task ForgetAsync(string id)
    {
        if (!Directory.Exists(Path.Combine(stateDirectory, id))) return;
        string[] arguments =
            [.. runtime.Prefix, "--root", stateDirectory, .. runtime.Options, "delete", "--force", id];
        await Tool.RunAsync(runtime.Program, arguments, ForgetMax).ConfigureAwait(false);
        // A runtime that died half-way left a state that it does not itself understand.
        if (Directory.Exists(Path.Combine(stateDirectory, id)))
            Directory.Delete(Path.Combine(stateDirectory, id), recursive: true);
    }
}

internal sealed class OciContainer(Process process, string log) : IStartedContainer
{
    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Errors => process.StandardError.BaseStream;

    public Task<int> Exited { get; } = WaitAsync(process);

    public string? RuntimeFailure => process.ExitCode == 0 ? null : ErrorIn(log);

    /// <summary>The shell says a line feed when it comes to read; nothing else can have said it.</summary>
    public async Task WaitUntilReadyAsync()
    {
        await TellAsync("echo\n").ConfigureAwait(false);
        if (await Output.ReadAsync(new byte[1]).ConfigureAwait(false) == 1) return;
        await Exited.ConfigureAwait(false);
        throw new ExecutionException("warm.failed", $"A container could not be made ahead: {RuntimeFailure}.",
            "Look at the runtime's message.");
    }

    public async Task GoAsync(string script)
    {
        await TellAsync(script).ConfigureAwait(false);
        process.StandardInput.BaseStream.Close();
    }

    private async Task TellAsync(string script)
    {
        try
        {
            var input = process.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.UTF8.GetBytes(script)).ConfigureAwait(false);
            await input.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It is gone already; how it ended says why.
        }
    }

    public bool IsBegun => true;

    public void KillRuntime() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted) process.Kill();
        await Exited.ConfigureAwait(false);
        // A process does not dispose of streams that it has handed out.
        await Output.DisposeAsync().ConfigureAwait(false);
        await Errors.DisposeAsync().ConfigureAwait(false);
        // Not the writer: what it could not say to a runtime that failed at its start, it would try to say again.
        await process.StandardInput.BaseStream.DisposeAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private static async Task<int> WaitAsync(Process process)
    {
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode;
    }

    /// <summary>The last error line; the runtime writes it where the container cannot.</summary>
    private static string? ErrorIn(string log)
    {
        if (!File.Exists(log)) return null;
        string? message = null;
        foreach (var line in File.ReadLines(log))
        {
            try
            {
                var entry = JsonNode.Parse(line);
                if (entry?["level"]?.ToString() == "error") message = entry["msg"]?.ToString() ?? message;
            }
            catch (JsonException)
            {
                // Another format than asked for; what a person should see is at least the line.
                message ??= line;
            }
        }
        return message;
    }
}
