using System.Buffers.Binary;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

/// <summary>What every journal promises. Each store runs all of it.</summary>
public abstract class JournalConformance : IAsyncLifetime
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public abstract ValueTask DisposeAsync();

    /// <summary>The same journal each time, by the same or another process.</summary>
    protected abstract Task<IJournal> OpenAsync();

    /// <summary>After the journal that was opened is disposed.</summary>
    protected virtual Task CloseAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_empty_journal_begins_at_position_one()
    {
        await using var life = await BeginAsync();
        Assert.Empty(life.Found);
        Assert.Equal(1UL, life.Append());
        Assert.Equal(2UL, life.Append());
        await life.DurableAsync(2);
    }

    [Fact]
    public async Task What_was_durable_is_there_again_in_order_with_its_roles()
    {
        await using (var life = await BeginAsync())
        {
            for (var count = 0; count < 1_000; count++) life.Append();
            await life.DurableAsync(1_000);
        }
        await using var next = await BeginAsync();
        JournalContent.AssertWhole(next.Found, 1_000);
        Assert.Equal(1_001UL, next.Append());
        await next.DurableAsync(1_001);
    }

    [Fact]
    public async Task Positions_are_told_durable_in_rising_order_and_never_before_they_are_appended()
    {
        await using var life = await BeginAsync();
        for (var count = 0; count < 5_000; count++)
        {
            life.Append();
            if (count % 500 == 0) await life.DurableAsync((ulong)count);
        }
        await life.DurableAsync(5_000);
        Assert.Equal(life.Told.Order(), life.Told);
        Assert.Equal(life.Told.Distinct(), life.Told);
        Assert.Equal(5_000UL, life.Told[^1]);
    }

    [Fact]
    public async Task Closing_writes_what_waits()
    {
        await using (var life = await BeginAsync())
            for (var count = 0; count < 300; count++) life.Append();
        await using var next = await BeginAsync();
        JournalContent.AssertWhole(next.Found, 300);
    }

    [Fact]
    public async Task Waiting_bytes_rise_with_appends_and_fall_to_nothing()
    {
        await using var journal = await OpenAsync();
        await foreach (var _ in journal.ReadAsync(0, Cancel)) Assert.Fail("The journal is new.");
        var done = new TaskCompletionSource();
        // Not started yet: nothing is taken away.
        for (var position = 1UL; position <= 10; position++)
            journal.Append(JournalContent.RoleOf(position), new byte[100]);
        Assert.InRange(journal.WaitingBytes, 1_000, 2_000);
        journal.Start(upTo => done.TrySetResult(), done.SetException);
        await done.Task.WaitAsync(Cancel);
        for (var tries = 0; journal.WaitingBytes != 0 && tries < 1_000; tries++) await Task.Delay(1, Cancel);
        Assert.Equal(0, journal.WaitingBytes);
        await journal.DisposeAsync();
        await CloseAsync();
    }

    [Fact]
    public async Task A_journal_is_read_from_any_position_on()
    {
        await using (var life = await BeginAsync())
        {
            for (var count = 0; count < 50; count++) life.Append();
            await life.DurableAsync(50);
        }
        foreach (var after in (ulong[])[0, 1, 25, 49, 50])
        {
            await using var life = await BeginAsync(after);
            Assert.Equal(50 - (int)after, life.Found.Count);
            JournalContent.AssertWhole(life.Found, 50, after);
            Assert.Equal(50UL, life.Last);
        }
    }

    [Fact]
    public async Task Frames_of_all_sizes_come_back_as_they_were()
    {
        int[] sizes = [0, 1, 7, 8, 9, 4_095, 65_536, 3_000_000];
        await using (var life = await BeginAsync())
        {
            foreach (var size in sizes) life.Append(new byte[size]);
            await life.DurableAsync((ulong)sizes.Length);
        }
        await using var next = await BeginAsync();
        Assert.Equal(sizes, next.Found.Select(record => record.Frame.Length));
    }

    [Fact]
    public async Task The_newest_snapshot_is_read_again_and_what_it_covers_can_go()
    {
        await using (var life = await BeginAsync())
        {
            Assert.Null(await life.Journal.ReadSnapshotAsync(Cancel));
            for (var count = 0; count < 2_000; count++)
            {
                life.Append();
                // Otherwise a slow writer takes all of it as one group, which lies in one piece and cannot go in part.
                if (life.Last % 100 == 0) await life.DurableAsync(life.Last);
            }
            await life.Journal.WriteSnapshotAsync(900, Roles(1), Cancel);
            await life.Journal.WriteSnapshotAsync(1_900, Roles(2), Cancel);
            await life.Journal.ForgetAsync(1_900, Cancel);
        }
        await using (var life = await BeginAsync(1_900)) JournalContent.AssertWhole(life.Found, 2_000, 1_900);
        await using var reader = await OpenAsync();
        var snapshot = await reader.ReadSnapshotAsync(Cancel);
        Assert.NotNull(snapshot);
        Assert.Equal(1_900UL, snapshot.Position);
        Assert.Equal(Roles(2).Select(role => role.Role), snapshot.Roles.Select(role => role.Role));
        Assert.Equal(Roles(2).SelectMany(role => role.Entries), snapshot.Roles.SelectMany(role => role.Entries));
        var failure = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (var _ in reader.ReadAsync(0, Cancel)) break;
        });
        Assert.Equal("journal.forgotten", failure.Code);
        await reader.DisposeAsync();
        await CloseAsync();
    }

    [Fact]
    public async Task Everything_may_be_forgotten_and_positions_go_on()
    {
        await using (var life = await BeginAsync())
        {
            for (var count = 0; count < 10; count++) life.Append();
            await life.DurableAsync(10);
            await life.Journal.WriteSnapshotAsync(10, Roles(1), Cancel);
            await life.Journal.ForgetAsync(10, Cancel);
        }
        await using var next = await BeginAsync(10);
        Assert.Empty(next.Found);
        Assert.Equal(11UL, next.Append());
        await next.DurableAsync(11);
    }

    [Fact]
    public async Task What_is_not_durable_can_neither_be_covered_nor_forgotten()
    {
        await using var life = await BeginAsync();
        life.Append();
        await life.DurableAsync(1);
        await Assert.ThrowsAsync<InvariantException>(() => life.Journal.WriteSnapshotAsync(2, Roles(1), Cancel));
        await Assert.ThrowsAsync<InvariantException>(() => life.Journal.ForgetAsync(1, Cancel));
    }

    protected static IReadOnlyList<(Address Role, byte[] Entries)> Roles(byte fill) =>
    [
        (JournalContent.RoleOf(1), [.. Enumerable.Repeat(fill, 100_000)]), (JournalContent.RoleOf(2), []),
    ];

    protected async Task<JournalLife> BeginAsync(ulong after = 0) =>
        await JournalLife.BeginAsync(await OpenAsync(), after, CloseAsync, Cancel);
}

/// <summary>One process's time with a journal: what it found, what it appended, what it was told.</summary>
public sealed class JournalLife : IAsyncDisposable
{
    private readonly Func<Task> closed;
    private readonly Lock gate = new();
    private readonly List<ulong> told = [];
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? failure;

    private JournalLife(IJournal journal, Func<Task> closed) => (Journal, this.closed) = (journal, closed);

    public IJournal Journal { get; }

    public List<JournalRecord> Found { get; } = [];

    public ulong Last { get; private set; }

    public Exception? Failure
    {
        get
        {
            lock (gate) return failure;
        }
    }

    public List<ulong> Told
    {
        get
        {
            lock (gate) return [.. told];
        }
    }

    public static async Task<JournalLife> BeginAsync(
        IJournal journal, ulong after, Func<Task> closed, CancellationToken cancel)
    {
        var life = new JournalLife(journal, closed) { Last = after };
        try
        {
            await foreach (var record in journal.ReadAsync(after, cancel)) life.Found.Add(record);
        }
        catch (StorageException)
        {
            await life.DisposeAsync();
            throw;
        }
        life.Last += (ulong)life.Found.Count;
        journal.Start(life.Tell, life.Fail);
        return life;
    }

    public ulong Append() => Append(JournalContent.FrameOf(Last + 1));

    public ulong Append(byte[] frame)
    {
        var position = Journal.Append(JournalContent.RoleOf(Last + 1), frame);
        Assert.Equal(Last + 1, position);
        return Last = position;
    }

    public Task DurableAsync(ulong position) =>
        UntilAsync(() => told.Count > 0 && told[^1] >= position || position == 0);

    public async Task<StorageException> FailureAsync()
    {
        await UntilAsync(() => failure is not null);
        return Assert.IsType<StorageException>(Failure);
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await closed();
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (holds()) return;
                if (failure is not null) throw new InvalidOperationException("The journal failed.", failure);
                next = change.Task;
            }
            await next.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private void Tell(ulong upTo)
    {
        lock (gate)
        {
            told.Add(upTo);
            Change();
        }
    }

    private void Fail(Exception exception)
    {
        lock (gate)
        {
            failure = exception;
            Change();
        }
    }

    private void Change()
    {
        change.SetResult();
        change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Records whose content follows from their position, so that any one can be checked alone.</summary>
public static class JournalContent
{
    public static Address RoleOf(ulong position) => new(0xA11CE, position % 3, 7);

    public static byte[] FrameOf(ulong position)
    {
        var frame = new byte[8 + (int)(position * 37 % 400)];
        new Random((int)position).NextBytes(frame);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, position);
        return frame;
    }

    public static void AssertWhole(IReadOnlyList<JournalRecord> found, ulong last, ulong after = 0)
    {
        Assert.Equal(last - after, (ulong)found.Count);
        for (var index = 0; index < found.Count; index++)
        {
            var position = after + (ulong)index + 1;
            Assert.Equal(position, found[index].Position);
            Assert.Equal(RoleOf(position), found[index].Role);
            Assert.True(found[index].Frame.Span.SequenceEqual(FrameOf(position)), $"frame {position} differs");
        }
    }
}
