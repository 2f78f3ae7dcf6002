using Npgsql;
using Stun.Execution.Linux;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

[Collection(PostgresTests.Name)]
public sealed class PostgresJournalTests(PostgresCluster cluster) : JournalConformance
{
    private const int SignalStop = 19, SignalContinue = 18;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30), Short = TimeSpan.FromMilliseconds(600);
    private readonly Stack<ShardLease> leases = [];
    private string database = "";
    private NpgsqlDataSource source = null!;

    public override async ValueTask InitializeAsync()
    {
        database = await cluster.CreateDatabaseAsync();
        source = cluster.SourceOf(database);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var lease in leases) await lease.DisposeAsync();
    }

    protected override async Task<IJournal> OpenAsync()
    {
        var lease = Lease(Long);
        Assert.NotNull(await lease.TryAcquireAsync(Cancel));
        leases.Push(lease);
        return PostgresJournal.Open(lease);
    }

    protected override Task CloseAsync() => leases.Peek().ReleaseAsync(Cancel);

    [Fact]
    public async Task A_lease_has_one_holder_and_its_epoch_rises_with_each()
    {
        await using var first = Lease(Long);
        await using var second = Lease(Long);
        Assert.Equal(1L, await first.TryAcquireAsync(Cancel));
        Assert.Null(await second.TryAcquireAsync(Cancel));
        await first.ReleaseAsync(Cancel);
        Assert.Equal(2L, await second.TryAcquireAsync(Cancel));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_outlives_its_term_and_one_that_is_not_does_not()
    {
        var holder = Lease(Short);
        await using var other = Lease(Short);
        await holder.TryAcquireAsync(Cancel);
        await Task.Delay(Short * 3, Cancel);
        Assert.Null(await other.TryAcquireAsync(Cancel));
        // Stops renewing without releasing, as one that dies.
        await holder.DisposeAsync();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal(2L, await other.WaitForLeaseAsync(Cancel));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Short * 2);
    }

    [Fact]
    public async Task Shards_do_not_share_leases_or_positions()
    {
        await using var life = await BeginAsync();
        life.Append();
        await using var lease = new ShardLease(source, "other", "test", Long);
        await lease.TryAcquireAsync(Cancel);
        await using var other = await JournalLife.BeginAsync(
            PostgresJournal.Open(lease), 0, () => Task.CompletedTask, Cancel);
        Assert.Empty(other.Found);
        Assert.Equal(1UL, other.Append());
        await other.DurableAsync(1);
    }

    [Fact]
    public async Task An_old_holder_cannot_write_cover_or_forget()
    {
        var told = new TaskCompletionSource<Exception>();
        await using var lease = new ShardLease(source, "shard", "old", Short, told.SetResult);
        await lease.TryAcquireAsync(Cancel);
        await using var old = await JournalLife.BeginAsync(
            PostgresJournal.Open(lease), 0, () => Task.CompletedTask, Cancel);
        old.Append();
        await old.DurableAsync(1);
        await ExpireAsync();
        await using var life = await BeginAsync();
        JournalContent.AssertWhole(life.Found, 1);
        old.Append();
        Assert.Equal("journal.fenced", (await old.FailureAsync()).Code);
        var refused = await Assert.ThrowsAsync<StorageException>(() => old.Journal.WriteSnapshotAsync(1, [], Cancel));
        Assert.Equal("journal.fenced", refused.Code);
        refused = await Assert.ThrowsAsync<StorageException>(() => old.Journal.ForgetAsync(0, Cancel));
        Assert.Equal("journal.fenced", refused.Code);
        var heard = await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal("journal.fenced", Assert.IsType<StorageException>(heard).Code);
        Assert.Equal(2UL, life.Append());
        await life.DurableAsync(2);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_holder_that_slept_through_its_term_writes_nothing_when_it_wakes()
    {
        using var victim = StorageVictim.Start("postgres", database, Short.TotalMilliseconds.ToString("f0"));
        await victim.ToldAsync(200);
        Assert.True(Kernel.Kill(victim.Id, SignalStop));
        var lease = Lease(Short);
        leases.Push(lease);
        await lease.WaitForLeaseAsync(Cancel);
        await using var life = await JournalLife.BeginAsync(
            PostgresJournal.Open(lease), 0, () => Task.CompletedTask, Cancel);
        JournalContent.AssertWhole(life.Found, life.Last);
        Assert.True(life.Last >= victim.Told, "what the old holder was told is there");
        var taken = life.Last;
        Assert.True(Kernel.Kill(victim.Id, SignalContinue));
        Assert.Equal("journal.fenced", await victim.LastLineAsync());
        for (var count = 0; count < 100; count++) life.Append();
        await life.DurableAsync(taken + 100);
        Assert.Equal((long)taken + 100, await CountAsync());
    }

    [Fact]
    public async Task Another_process_takes_over_within_a_term_when_the_first_is_killed()
    {
        for (var round = 0; round < 3; round++)
        {
            using var victim = StorageVictim.Start("postgres", database, Short.TotalMilliseconds.ToString("f0"));
            var told = await victim.KillAfterAsync(300);
            await using var lease = Lease(Short);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            await lease.WaitForLeaseAsync(Cancel);
            Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Short * 2);
            await using (var life = await JournalLife.BeginAsync(
                PostgresJournal.Open(lease), 0, () => Task.CompletedTask, Cancel))
            {
                Assert.True(life.Last >= told, $"told {told}, found {life.Last}");
                JournalContent.AssertWhole(life.Found, life.Last);
            }
            await lease.ReleaseAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_between_two_groups_is_made_again_and_nothing_is_doubled()
    {
        await using var life = await BeginAsync();
        for (var round = 0; round < 20; round++)
        {
            for (var count = 0; count < 50; count++) life.Append();
            await using (var command = source.CreateCommand("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND datname = current_database()
                """))
                await command.ExecuteNonQueryAsync(Cancel);
            for (var count = 0; count < 50; count++) life.Append();
        }
        await life.DurableAsync(2_000);
        Assert.Equal(2_000, await CountAsync());
    }

    [Fact]
    public async Task A_group_whose_answer_was_lost_is_neither_doubled_nor_taken_for_fenced()
    {
        var home = Directory.CreateTempSubdirectory("stun-wire-").FullName;
        await using (var wire = new LossyWire(Path.Combine(home, ".s.PGSQL.5432"), cluster.Socket))
        {
            var lossy = new NpgsqlConnectionStringBuilder(database) { Host = home }.ToString();
            await using var lossySource = NpgsqlDataSource.Create(lossy);
            await using var lease = new ShardLease(lossySource, "shard", "test", Long);
            await lease.TryAcquireAsync(Cancel);
            await using var life = await JournalLife.BeginAsync(
                PostgresJournal.Open(lease), 0, () => Task.CompletedTask, Cancel);
            life.Append(JournalContent.FrameOf(1));
            await life.DurableAsync(1);
            for (var round = 0; round < 5; round++)
            {
                wire.LoseNextAnswer();
                for (var count = 0; count < 20; count++) life.Append();
                await life.DurableAsync(life.Last);
            }
            Assert.True(wire.Lost > 0, "no answer was lost");
            Assert.Equal((long)life.Last, await CountAsync());
            await using var command = source.CreateCommand("SELECT last_position FROM journal_shards");
            Assert.Equal((long)life.Last, await command.ExecuteScalarAsync(Cancel));
        }
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_hole_in_the_table_is_an_error()
    {
        await using (var life = await BeginAsync())
        {
            for (var count = 0; count < 10; count++) life.Append();
            await life.DurableAsync(10);
        }
        foreach (var position in (int[])[10, 5])
        {
            await using var command = source.CreateCommand($"DELETE FROM journal_records WHERE position = {position}");
            await command.ExecuteNonQueryAsync(Cancel);
            Assert.Equal("journal.damaged", (await Assert.ThrowsAsync<StorageException>(() => BeginAsync())).Code);
        }
    }

    [Fact]
    public async Task Many_that_start_at_once_make_the_tables_once()
    {
        var fresh = cluster.SourceOf(await cluster.CreateDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresSchema.Prepare(fresh), Cancel)));
        await using var command = fresh.CreateCommand("SELECT count(*) FROM schema_steps");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }

    private ShardLease Lease(TimeSpan term) => new(source, "shard", "test", term);

    private async Task ExpireAsync()
    {
        await using var command = source.CreateCommand(
            "UPDATE journal_shards SET expires_at = clock_timestamp() - interval '1 hour'");
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> CountAsync()
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM journal_records WHERE shard = 'shard'");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
