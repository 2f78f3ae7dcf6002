using System.Diagnostics;
using Npgsql;
using Stun.Execution.Linux;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

/// <summary>
/// A PostgreSQL of the tests' own: made in a temporary directory, reached by a socket in it, gone at the end, also when
/// the tests are killed. Where no PostgreSQL is installed its tests are skipped.
/// </summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private const string Nobody = "65534";
    private readonly string directory = Directory.CreateTempSubdirectory("stun-pg-").FullName;
    private readonly List<NpgsqlDataSource> sources = [];
    private Process? server;
    private int databases;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    public static bool IsInstalled => Programs is not null;

    public static void SkipUnlessInstalled() =>
        Assert.SkipUnless(IsInstalled, "PostgreSQL is not installed: see eng/prerequisites.");

    public async ValueTask InitializeAsync()
    {
        if (Programs is not { } programs) return;
        if (Kernel.IsRoot) Kernel.ChangeOwner(directory, uint.Parse(Nobody), uint.Parse(Nobody));
        var data = Path.Combine(directory, "data");
        using (var made = Begin(Path.Combine(programs, "initdb"),
            ["-D", data, "-U", "stun", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]))
        {
            made.StandardInput.Close();
            made.BeginOutputReadLine();
            var said = await made.StandardError.ReadToEndAsync();
            await made.WaitForExitAsync();
            Assert.True(made.ExitCode == 0, said);
        }
        // The shell ends the server when its input ends: so it goes with us however we go.
        server = Begin("/bin/sh",
        [
            "-c", "\"$@\" & server=$!; read -r _; kill -QUIT $server; wait $server", "postgres",
            Path.Combine(programs, "postgres"), "-D", data, "-k", directory, "-c", "listen_addresses=",
            "-c", "shared_buffers=64MB", "-c", "max_connections=200", "-c", "fsync=on",
        ]);
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        await AnswerAsync();
    }

    /// <summary>An empty database of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        SkipUnlessInstalled();
        var name = $"stun{Interlocked.Increment(ref databases)}";
        await using var command = Source("postgres").CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return Text(name);
    }

    public string Socket => Path.Combine(directory, ".s.PGSQL.5432");

    public string Text(string database) => $"Host={directory};Username=stun;Database={database};Maximum Pool Size=20";

    public NpgsqlDataSource SourceOf(string text)
    {
        var source = NpgsqlDataSource.Create(text);
        lock (sources) sources.Add(source);
        return source;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources) await source.DisposeAsync();
        if (server is not null)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
        }
        Directory.Delete(directory, recursive: true);
    }

    private NpgsqlDataSource Source(string database) => SourceOf(Text(database));

    private Process Begin(string program, string[] arguments)
    {
        // PostgreSQL refuses to run as root.
        string[] all = Kernel.IsRoot
            ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = directory,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        return Process.Start(start)!;
    }

    private async Task AnswerAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
            try
            {
                await using var connection = await Source("postgres").OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50);
            }
    }
}

/// <summary>One cluster for all its tests; each test has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresCluster>
{
    public const string Name = "PostgreSQL";
}
