using System.Diagnostics;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

/// <summary>How fast the journals are, beside the disk of the same moment. Run when asked for by name.</summary>
[Collection(PostgresTests.Name)]
public sealed class JournalMeasures(PostgresCluster cluster)
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Appends_in_a_second_are_measured_beside_the_disk()
    {
        var directory = Directory.CreateTempSubdirectory("stun-measure-").FullName;
        List<string> lines = [$"fdatasync p50 {SyncMicros(directory):f0} us"];
        await using (var journal = FileJournal.Open(Path.Combine(directory, "file")))
            await MeasureAsync("FileJournal", journal, lines);
        lines.Add($"fdatasync p50 {SyncMicros(directory):f0} us");
        if (PostgresCluster.IsInstalled)
        {
            await using var lease = new ShardLease(
                cluster.SourceOf(await cluster.CreateDatabaseAsync()), "shard", "measure", TimeSpan.FromSeconds(30));
            await lease.TryAcquireAsync(Cancel);
            await using var journal = PostgresJournal.Open(lease);
            await MeasureAsync("PostgresJournal", journal, lines);
            lines.Add($"fdatasync p50 {SyncMicros(directory):f0} us");
        }
        Directory.Delete(directory, recursive: true);
        foreach (var line in lines) TestContext.Current.TestOutputHelper!.WriteLine(line);
        Assert.Equal(PostgresCluster.IsInstalled ? 9 : 5, lines.Count);
    }

    private static async Task MeasureAsync(string name, IJournal journal, List<string> lines)
    {
        await foreach (var _ in journal.ReadAsync(0, Cancel)) continue;
        var gate = new SemaphoreSlim(0);
        var durable = 0UL;
        journal.Start(
            upTo =>
            {
                Volatile.Write(ref durable, upTo);
                gate.Release();
            },
            exception => throw exception);
        var frame = new byte[256];
        var appended = 0UL;
        foreach (var outstanding in (ulong[])[1, 100, 1_000])
        {
            var (from, began) = (appended, Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(began) < Time)
            {
                while (appended - Volatile.Read(ref durable) < outstanding)
                    appended = journal.Append(JournalContent.RoleOf(1), frame);
                gate.Wait(Cancel);
            }
            var rate = (durable - from) / Stopwatch.GetElapsedTime(began).TotalSeconds;
            lines.Add($"{name}, {outstanding} outstanding, 256 B: {rate:f0} appends/s");
        }
    }

    private static double SyncMicros(string directory)
    {
        var path = Path.Combine(directory, "sync");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        Assert.Equal(0, DiskCalls.Allocate(file, 1 << 20));
        Assert.Equal(0, DiskCalls.Sync(file));
        List<double> times = [];
        for (var count = 0; count < 500; count++)
        {
            Assert.Equal(0, DiskCalls.WriteAll(file, new byte[296], count * 296));
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(0, DiskCalls.SyncData(file));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
        return times.Order().ElementAt(times.Count / 2);
    }
}
