using Npgsql;

namespace Stun.Node.Storage;

/// <summary>
/// The right of one process to write a shard's journal, for a term, by the database's clock. Each time it is acquired
/// its epoch rises, and every write names its epoch: so a holder that was asleep for longer than its term can write
/// nothing when it wakes, whatever it believes.
/// </summary>
/// <param name="holder">For people: who has it.</param>
/// <param name="lost">Told once, from another thread, when the lease is known to be another's.</param>
public sealed class ShardLease(
    NpgsqlDataSource source, string shard, string holder, TimeSpan term, Action<Exception>? lost = null)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task renewal = Task.CompletedTask;

    public string Shard => shard;

    /// <summary>Zero while it is not held.</summary>
    public long Epoch { get; private set; }

    internal NpgsqlDataSource Source => source;

    /// <summary>Takes the lease if it is free or its term has passed.</summary>
    /// <returns>The epoch, higher than any before; null if another holds it.</returns>
    public async Task<long?> TryAcquireAsync(CancellationToken cancel)
    {
        Invariant.Require(Epoch == 0, "a lease is acquired once");
        PostgresSchema.Prepare(source);
        await using var command = source.CreateCommand("""
            INSERT INTO journal_shards AS held (shard, holder, epoch, expires_at)
            VALUES (@shard, @holder, 1, clock_timestamp() + @term)
            ON CONFLICT (shard) DO UPDATE
            SET holder = excluded.holder, epoch = held.epoch + 1, expires_at = clock_timestamp() + @term
            WHERE held.expires_at <= clock_timestamp()
            RETURNING epoch
            """);
        Name(command);
        command.Parameters.AddWithValue("holder", holder);
        if (await command.ExecuteScalarAsync(cancel) is not long epoch) return null;
        Epoch = epoch;
        renewal = Task.Run(RenewAsync, CancellationToken.None);
        return epoch;
    }

    /// <summary>Asks until the lease is free, ten times a term.</summary>
    public async Task<long> WaitForLeaseAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (await TryAcquireAsync(cancel) is { } epoch) return epoch;
            await Task.Delay(term / 10, cancel);
        }
    }

    /// <summary>Ends the term now, so that the next one need not wait for its end.</summary>
    public async Task ReleaseAsync(CancellationToken cancel)
    {
        await stop.CancelAsync();
        await renewal;
        if (Epoch == 0) return;
        await using var command = source.CreateCommand("""
            UPDATE journal_shards SET expires_at = clock_timestamp() WHERE shard = @shard AND epoch = @epoch
            """);
        Name(command);
        await command.ExecuteNonQueryAsync(cancel);
        Epoch = 0;
    }

    /// <summary>Stops renewing. The term runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewal;
        stop.Dispose();
    }

    internal static StorageException Fenced(string shard, long epoch) => new("journal.fenced",
        $"The lease of shard {shard} (epoch {epoch}) has passed to another process.",
        "Nothing of this process was written since. End it; when it starts again it waits for its turn.");

    private async Task RenewAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(term / 3, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            if (await TryRenewAsync() != false) continue;
            lost?.Invoke(Fenced(shard, Epoch));
            return;
        }
    }

    /// <summary>
    /// A term that has passed is renewed too if nobody took the lease meanwhile. Null where the database does not
    /// answer: who is cut off may come back in time, and the fence holds in any case.
    /// </summary>
    private async Task<bool?> TryRenewAsync()
    {
        try
        {
            await using var command = source.CreateCommand("""
                UPDATE journal_shards SET expires_at = clock_timestamp() + @term
                WHERE shard = @shard AND epoch = @epoch
                """);
            Name(command);
            return await command.ExecuteNonQueryAsync(stop.Token) == 1;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            return null;
        }
    }

    private void Name(NpgsqlCommand command)
    {
        command.Parameters.AddWithValue("shard", shard);
        command.Parameters.AddWithValue("term", term);
        command.Parameters.AddWithValue("epoch", Epoch);
    }
}
