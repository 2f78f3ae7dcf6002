using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Stun.Node;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Resilience;

/// <summary>What one process of a network is to be; the same words start it again after it was killed.</summary>
public sealed record VictimSettings(string Directory, int Port, string KeyId, string KeyHash)
{
    public string? KeyHome { get; init; }
    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>Of PostgreSQL; null for a local store.</summary>
    public string? Connection { get; init; }
    public string? Hub { get; init; }
    public string[]? Providers { get; init; }
    public int LongestRunMs { get; init; } = 300;
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Brought at the start: then it runs containers, and else nothing.</summary>
    public string? Image { get; init; }
    public int LeaseSeconds { get; init; } = 5;
    public long SegmentBytes { get; init; } = FileJournal.SegmentBytesDefault;

    public StoreSettings Store => Connection is { } text
        ? new StoreSettings(StoreKind.Postgres, text, "dev", Duration.Seconds(LeaseSeconds))
        : new StoreSettings(StoreKind.Local, null, "dev", Duration.Seconds(LeaseSeconds))
        {
            SegmentBytes = SegmentBytes,
        };

    /// <summary>A port that nobody has now; nobody on this machine draws it again soon.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public DevNetwork Network(
        Action<NodeHost>? ready = null, Func<IExecutor, IExecutor>? around = null) =>
        new(new DevOptions(Directory, Path.Combine(Directory, "images"))
        {
            Executor = Image is null ? ExecutorKind.Noop : ExecutorKind.Containers,
            Images = Image is { } image ? [image] : [],
            WarmCount = 0,
            Boundless = Image is null,
            Store = Store,
            Listen = new IPEndPoint(IPAddress.Parse(Address), Port),
            KeyHome = KeyHome,
            Roles = Roles,
            ProviderNames = Providers,
            Hubs = Hub is { } url ? [new HubSettings(url, null)] : [],
            Around = around ?? (Image is null ? honest => new SleepingExecutor(honest, LongestRunMs) : null),
            Ready = ready ?? (_ => { }),
        });
}

/// <summary>This program again, as a process of a node that is killed, stopped, cut off, and started again.</summary>
public sealed class NodeVictim : IAsyncDisposable
{
    private const string Variable = "STUN_NODE_VICTIM";
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Task reading;
    private readonly List<string> said = [];

    private NodeVictim(Process process)
    {
        this.process = process;
        reading = Task.Run(ReadAsync);
    }

    public string Said
    {
        get
        {
            lock (said) return string.Join('\n', said);
        }
    }

    public bool HasExited => process.HasExited;

    /// <param name="before">A program and its arguments that start this one: of another network namespace.</param>
    public static NodeVictim Start(
        VictimSettings settings, string[]? before = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        List<string> words = [.. before ?? [], Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            words.Add(typeof(NodeVictim).Assembly.Location);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = JsonSerializer.Serialize(settings);
        // A small heap for a small process: several of them share a machine with others.
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new NodeVictim(Process.Start(start)!);
    }

    public static async Task<NodeVictim> StartReadyAsync(VictimSettings settings)
    {
        var victim = Start(settings);
        await victim.WaitForAsync("ready");
        return victim;
    }

    /// <summary>Reads on until it says something that begins so.</summary>
    public async Task<string> WaitForAsync(string beginning, int seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(limit.Token);
                if (line.StartsWith(beginning, StringComparison.Ordinal)) return line;
            }
        }
        catch (Exception gone) when (gone is ChannelClosedException or OperationCanceledException)
        {
            throw new InvalidOperationException($"The process never said '{beginning}', but:\n{Said}", gone);
        }
    }

    /// <summary>Until a run is under way that goes on for a while yet.</summary>
    public async Task WaitUntilBusyAsync(int forMs = 250)
    {
        while (true)
        {
            var words = (await WaitForAsync("busy ")).Split(' ');
            if (long.Parse(words[1], CultureInfo.InvariantCulture) > Environment.TickCount64 + forMs) return;
        }
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
    }

    public async Task SignalAsync(string name)
    {
        using var sent = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await sent.WaitForExitAsync();
        Assert.Equal(0, sent.ExitCode);
    }

    /// <summary>Tells it to stop, and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    public async Task<int> ExitAsync(int seconds = 60)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(seconds));
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"The process did not end, and said:\n{Said}", late);
        }
        await reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public static async Task<int?> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } asked) return null;
        // Whoever started this is gone when the input ends: then nobody would end it.
        _ = Task.Run(() =>
        {
            while (Console.In.ReadLine() is not null) { }
            Environment.Exit(3);
        });
        return await RunAsync(JsonSerializer.Deserialize<VictimSettings>(asked)!);
    }

    private static async Task<int> RunAsync(VictimSettings settings)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        Exception? end;
        try
        {
            DevNetwork network = null!;
            network = settings.Network(host => host.Doorkeeper.Add(
                settings.KeyId, Convert.FromHexString(settings.KeyHash),
                new ApiPrincipal(settings.KeyId, network.Requester.Address, ApiRole.Requester)));
            await using var host = await network.StartAsync(
                (code, text) => Console.WriteLine($"say {code}: {text}"), stop.Token);
            Console.WriteLine("ready");
            end = await host.RunAsync(TimeSpan.FromSeconds(5), stop.Token);
            Console.WriteLine("closing");
        }
        catch (Exception failure)
        {
            end = failure;
        }
        var code = end switch
        {
            null => null,
            StorageException storage => storage.Code,
            NodeException node => node.Code,
            _ => end.GetType().Name,
        };
        Console.WriteLine(end is null ? "stopped" : $"failed {code}: {end}");
        return end is null ? 0 : 1;
    }

    private async Task ReadAsync()
    {
        var errors = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line) Keep("error " + line);
        });
        while (await process.StandardOutput.ReadLineAsync() is { } line) Keep(line);
        await errors;
        lines.Writer.TryComplete();
    }

    private void Keep(string line)
    {
        lock (said) said.Add(line);
        lines.Writer.TryWrite(line);
    }
}
