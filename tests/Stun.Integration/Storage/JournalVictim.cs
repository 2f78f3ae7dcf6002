using System.Diagnostics;
using Npgsql;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

/// <summary>
/// This program again, as a process that writes a journal and says what is durable, until it is killed or stopped.
/// </summary>
public sealed class JournalVictim : IDisposable
{
    private const string Variable = "STUN_JOURNAL_VICTIM";
    private readonly Process process;
    private readonly Task reading;
    private readonly TaskCompletionSource begun = new();
    private ulong told;
    private ulong wanted = 1;
    private string last = "";

    private JournalVictim(Process process)
    {
        this.process = process;
        reading = Task.Run(ReadAsync);
    }

    public int Id => process.Id;

    public ulong Told => Volatile.Read(ref told);

    public static JournalVictim Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(JournalVictim).Assembly.Location);
        start.Environment[Variable] = string.Join('\n', arguments);
        return new JournalVictim(Process.Start(start)!);
    }

    public async Task ToldAsync(ulong position)
    {
        Volatile.Write(ref wanted, position);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Counted from its first word.</summary>
    public async Task<ulong> KillAfterAsync(int milliseconds)
    {
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(milliseconds);
        process.Kill();
        await reading;
        await process.WaitForExitAsync();
        return Told;
    }

    /// <summary>What it says at its own end.</summary>
    public async Task<string> LastLineAsync()
    {
        await reading.WaitAsync(TimeSpan.FromSeconds(60));
        return last;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
            // A line that was cut by the kill has no full stop.
            if (!line.EndsWith('.')) continue;
            Volatile.Write(ref told, ulong.Parse(line[..^1]));
            if (Told >= Volatile.Read(ref wanted)) begun.TrySetResult();
        }
        begun.TrySetException(new InvalidOperationException($"The process ended: {last}"));
    }

    public static async Task<bool> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } asked) return false;
        var arguments = asked.Split('\n');
        if (arguments[0] == "file") await WriteAsync(FileJournal.Open(arguments[1], 64 << 10));
        else
        {
            await using var source = NpgsqlDataSource.Create(arguments[1]);
            var term = TimeSpan.FromMilliseconds(int.Parse(arguments[2]));
            var lease = new ShardLease(source, "shard", "victim", term);
            await lease.WaitForLeaseAsync(CancellationToken.None);
            await WriteAsync(PostgresJournal.Open(lease));
        }
        return true;
    }

    private static async Task WriteAsync(IJournal journal)
    {
        var next = 1UL;
        await foreach (var record in journal.ReadAsync(0, CancellationToken.None)) next = record.Position + 1;
        var failed = new TaskCompletionSource<string>();
        var output = Console.OpenStandardOutput();
        journal.Start(
            upTo =>
            {
                output.Write(System.Text.Encoding.ASCII.GetBytes($"{upTo}.\n"));
                output.Flush();
            },
            exception => failed.SetResult(((StorageException)exception).Code));
        while (!failed.Task.IsCompleted)
        {
            try
            {
                for (; journal.WaitingBytes < 20_000; next++)
                    journal.Append(JournalContent.RoleOf(next), JournalContent.FrameOf(next));
            }
            catch (StorageException)
            {
                break;
            }
            await Task.Yield();
        }
        output.Write(System.Text.Encoding.ASCII.GetBytes(await failed.Task + "\n"));
    }
}
