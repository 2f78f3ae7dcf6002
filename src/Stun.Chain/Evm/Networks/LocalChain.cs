using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Stun.Chain.Evm.Networks;

/// <summary>
/// A chain on this machine: anvil as a child process on a port of the loopback. It ends with this object, and with
/// this process however that ends.
/// </summary>
public sealed partial class LocalChain : IAsyncDisposable
{
    private const int TerminateSignal = 15;

    // The shell becomes anvil, under the same process id. Before that it leaves a watch behind that reads our end of
    // a pipe: the kernel closes that when this process dies, whatever it dies of. The signal of prctl would not do:
    // it comes already when the thread that started the child ends. The watch looks at the name before it kills, in
    // case the number has gone to somebody else.
    private const string Script =
        "exec 3<&0; "
        + "(read -r line; read -r name </proc/$$/comm; [ \"$name\" = anvil ] && kill -9 $$) <&3 >/dev/null 2>&1 & "
        + "exec \"$0\" \"$@\" </dev/null 3<&-";

    private readonly Process process;
    private readonly LocalChainOptions options;
    private readonly Task reading;

    private LocalChain(Process process, LocalChainOptions options, Uri http, Task reading)
    {
        this.process = process;
        this.options = options;
        this.reading = reading;
        Http = http;
    }

    public Uri Http { get; }

    public Uri WebSocket => new UriBuilder(Http) { Scheme = "ws" }.Uri;

    public int ProcessId => process.Id;

    /// <summary>By STUN_ANVIL, among the packages of contracts/evm, or on the PATH; null where it is not.</summary>
    public static string? FindProgram()
    {
        if (Environment.GetEnvironmentVariable("STUN_ANVIL") is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var installed = Path.Combine(folder.FullName, "contracts", "evm", "node_modules", ".bin", "anvil");
            if (File.Exists(installed)) return installed;
        }
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Where(directory => directory.StartsWith('/'))
            .Select(directory => Path.Combine(directory, "anvil"))
            .FirstOrDefault(File.Exists);
    }

    public static async Task<LocalChain> StartAsync(
        LocalChainOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new LocalChainOptions();
        var program = FindProgram() ?? throw Missing(null);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, program, .. Arguments(options)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw Missing(failure);
        }
        var ready = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() => ReadAsync(process, ready), CancellationToken.None);
        try
        {
            var port = await ready.Task.WaitAsync(options.StartTimeout, cancel).ConfigureAwait(false);
            return new LocalChain(process, options, new Uri($"http://127.0.0.1:{port}"), reading);
        }
        catch (Exception failure)
        {
            process.Kill();
            await reading.ConfigureAwait(false);
            process.Dispose();
            if (failure is TimeoutException)
                throw new ChainException("chain.anvil-slow",
                    $"anvil did not listen within {options.StartTimeout.TotalSeconds:0} s.",
                    "Look at the load of the machine, and try again.", failure);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // It writes its state only when it is asked to end.
        if (options.StateFile is not null && !process.HasExited && kill(process.Id, TerminateSignal) == 0)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Then without its state.
            }
        }
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
        // The watch goes when the pipe closes.
        process.StandardInput.Close();
        await reading.ConfigureAwait(false);
        process.Dispose();
    }

    private static List<string> Arguments(LocalChainOptions options)
    {
        List<string> words =
        [
            "--host", "127.0.0.1", "--port", $"{options.Port}", "--chain-id", $"{options.ChainId}",
            "--color", "never",
        ];
        if (options.BlockSeconds is { } seconds) words.AddRange(["--block-time", $"{seconds}"]);
        if (options.IsHalted) words.Add("--no-mining");
        if (options.StateFile is { } file) words.AddRange(["--state", file]);
        return words;
    }

    /// <summary>Reads to the end, so that a full pipe never stops the child.</summary>
    private static async Task ReadAsync(Process process, TaskCompletionSource<int> ready)
    {
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            if (line.StartsWith("Listening on ", StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(line.LastIndexOf(':') + 1), out var port))
                ready.TrySetResult(port);
        var said = (await errors.ConfigureAwait(false)).Trim();
        await process.WaitForExitAsync().ConfigureAwait(false);
        ready.TrySetException(process.ExitCode is 126 or 127
            ? Missing(null)
            : new ChainException("chain.anvil-failed",
                $"anvil ended with {process.ExitCode} before it listened: {(said.Length > 300 ? said[..300] : said)}.",
                "Choose another port, or remove a state file of another version."));
    }

    private static ChainException Missing(Exception? inner) => new("chain.anvil-missing",
        "The program anvil, a chain for development, is not on this machine.",
        "Run 'npm ci' in contracts/evm, put anvil on the PATH, or name it in STUN_ANVIL.", inner);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
