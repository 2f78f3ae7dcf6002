using Stun.Execution.Linux;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

public sealed class FileJournalTests : JournalConformance
{
    private const long SmallSegment = 64 << 10;
    private readonly string directory = Directory.CreateTempSubdirectory("stun-journal-").FullName;

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override Task<IJournal> OpenAsync() =>
        Task.FromResult<IJournal>(FileJournal.Open(directory, SmallSegment));

    [Fact]
    public async Task Two_never_open_one_directory()
    {
        await using var first = FileJournal.Open(directory);
        var failure = Assert.Throws<StorageException>(() => FileJournal.Open(directory));
        Assert.Equal("journal.locked", failure.Code);
        Assert.Contains(directory, failure.Message);
    }

    [Fact]
    public async Task Segments_wholly_below_a_snapshot_are_removed()
    {
        await using var life = await BeginAsync();
        for (var count = 0; count < 2_000; count++) await AppendDurablyAsync(life, count % 20 == 0);
        var before = Segments().Length;
        Assert.True(before > 5, $"{before} segments");
        await life.Journal.WriteSnapshotAsync(1_000, Roles(1), Cancel);
        await life.Journal.ForgetAsync(1_000, Cancel);
        var left = Segments();
        Assert.InRange(left.Length, 2, before - 2);
        Assert.True(SegmentFile.FirstOf(left[0]) <= 1_001, "a record above the snapshot is gone");
        Assert.True(SegmentFile.FirstOf(left[1]) > 1_001, "a segment wholly below the snapshot is still there");
    }

    [Fact]
    public async Task A_damaged_snapshot_gives_way_to_the_one_before()
    {
        await using var life = await BeginAsync();
        for (var count = 0; count < 20; count++) life.Append();
        await life.DurableAsync(20);
        await life.Journal.WriteSnapshotAsync(10, Roles(1), Cancel);
        await life.Journal.WriteSnapshotAsync(20, Roles(2), Cancel);
        var newest = Directory.GetFiles(directory, "*.snapshot").Order(StringComparer.Ordinal).Last();
        var bytes = await File.ReadAllBytesAsync(newest, Cancel);
        for (var at = 0; at < bytes.Length; at += at < 64 ? 1 : 997)
        {
            bytes[at] ^= 0x10;
            await File.WriteAllBytesAsync(newest, bytes, Cancel);
            Assert.Equal(10UL, (await life.Journal.ReadSnapshotAsync(Cancel))!.Position);
            bytes[at] ^= 0x10;
        }
        await File.WriteAllBytesAsync(newest, bytes[..^1], Cancel);
        Assert.Equal(10UL, (await life.Journal.ReadSnapshotAsync(Cancel))!.Position);
    }

    [Fact]
    public async Task A_last_record_torn_at_any_byte_is_cut_and_the_rest_is_whole()
    {
        var bytes = await GroupsAsync(5);
        var path = Segments()[0];
        var last = StartOf(bytes, 5);
        var size = RecordFraming.SizeOf(JournalContent.FrameOf(5).Length);
        for (var kept = 0; kept < RecordFraming.HeaderSize + JournalContent.FrameOf(5).Length; kept++)
            foreach (var isCutShort in (bool[])[true, false])
            {
                // What is missing is either not there at all, or still the zeros of the reserved space.
                var torn = bytes[..(last + kept)];
                if (!isCutShort) torn = [.. torn, .. new byte[size - kept + 4_096]];
                await RestoreAsync(path, torn);
                await using (var life = await BeginAsync())
                {
                    JournalContent.AssertWhole(life.Found, 4);
                    Assert.Equal(5UL, life.Append());
                    await life.DurableAsync(5);
                }
                await using var next = await BeginAsync();
                JournalContent.AssertWhole(next.Found, 5);
            }
    }

    [Fact]
    public async Task A_flipped_bit_in_any_record_but_the_last_is_an_error_that_names_the_place()
    {
        var whole = await GroupsAsync(4);
        var bytes = whole.ToArray();
        var path = Segments()[0];
        for (var at = 0; at < StartOf(whole, 4); at++)
        {
            if (IsPadding(whole, at)) continue;
            bytes[at] ^= (byte)(1 << (at % 8));
            await RestoreAsync(path, bytes);
            var failure = await Assert.ThrowsAsync<StorageException>(() => BeginAsync());
            Assert.Equal("journal.damaged", failure.Code);
            Assert.Contains(path, failure.Message);
            var start = at < SegmentFile.HeaderSize ? 0 : Enumerable.Range(1, 3).Select(n => StartOf(whole, n))
                .Last(place => place <= at);
            Assert.Contains($"byte {start} of", failure.Message);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Cancel));
            bytes[at] ^= (byte)(1 << (at % 8));
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_last_record_cuts_it_and_nothing_else()
    {
        var bytes = await GroupsAsync(4);
        var path = Segments()[0];
        for (var at = StartOf(bytes, 4); at < bytes.Length; at++)
        {
            if (IsPadding(bytes, at)) continue;
            bytes[at] ^= (byte)(1 << (at % 8));
            await RestoreAsync(path, bytes);
            await using (var life = await BeginAsync()) JournalContent.AssertWhole(life.Found, 3);
            bytes[at] ^= (byte)(1 << (at % 8));
        }
    }

    [Fact]
    public async Task A_group_of_which_only_later_pages_reached_the_disk_is_torn_and_not_damaged()
    {
        await using (var life = await BeginAsync())
        {
            life.Append();
            await life.DurableAsync(1);
        }
        // Written in one go before the start of the writer: one group of three.
        await using (var journal = FileJournal.Open(directory, SmallSegment))
        {
            await foreach (var _ in journal.ReadAsync(0, Cancel)) continue;
            for (var position = 2UL; position <= 4; position++)
                journal.Append(JournalContent.RoleOf(position), JournalContent.FrameOf(position));
            journal.Start(_ => { }, _ => { });
        }
        var path = Segments()[^1];
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        bytes.AsSpan(SegmentFile.HeaderSize, 64).Clear();
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        await using var next = await BeginAsync();
        JournalContent.AssertWhole(next.Found, 1);
        Assert.True(((FileJournal)next.Journal).CutBytes > 0, "what was cut is counted");
    }

    [Fact]
    public async Task Damage_at_the_end_of_a_segment_that_is_not_the_last_is_an_error()
    {
        await using (var life = await BeginAsync())
            for (var count = 0; count < 600; count++) await AppendDurablyAsync(life, count % 10 == 0);
        var path = Segments()[0];
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        await File.WriteAllBytesAsync(path, bytes[..^100], Cancel);
        var failure = await Assert.ThrowsAsync<StorageException>(() => BeginAsync());
        Assert.Equal("journal.damaged", failure.Code);
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        File.Delete(Segments()[1]);
        Assert.Equal("journal.damaged", (await Assert.ThrowsAsync<StorageException>(() => BeginAsync())).Code);
    }

    [Fact]
    public async Task Records_lost_behind_a_snapshot_are_an_error()
    {
        await using (var life = await BeginAsync())
        {
            for (var count = 0; count < 5; count++) life.Append();
            await life.DurableAsync(5);
            await life.Journal.WriteSnapshotAsync(5, Roles(1), Cancel);
        }
        var path = Segments()[0];
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        await File.WriteAllBytesAsync(path, bytes[..^80], Cancel);
        Assert.Equal("journal.damaged", (await Assert.ThrowsAsync<StorageException>(() => BeginAsync(5))).Code);
    }

    [Fact]
    public async Task A_full_disk_fails_the_journal_and_loses_nothing_that_was_acknowledged()
    {
        Assert.SkipUnless(Kernel.IsRoot, "Mounting a small disk needs root.");
        var disk = Path.Combine(directory, "small");
        Directory.CreateDirectory(disk);
        Kernel.Mount("none", disk, "tmpfs", Kernel.MountFlags.None, "size=1m");
        try
        {
            ulong acknowledged;
            await using (var life = await LifeOnAsync(disk))
            {
                var failed = false;
                while (!failed)
                    try
                    {
                        life.Append();
                        await life.DurableAsync(life.Last);
                    }
                    catch (Exception exception) when (exception is InvalidOperationException or StorageException)
                    {
                        failed = true;
                    }
                var failure = await life.FailureAsync();
                Assert.Equal("journal.disk-full", failure.Code);
                Assert.Contains(disk, failure.Message);
                Assert.Throws<StorageException>(() => life.Journal.Append(default, new byte[1]));
                acknowledged = life.Told[^1];
                Assert.True(acknowledged > 1_000, $"{acknowledged} fitted");
            }
            await using var next = await LifeOnAsync(disk);
            Assert.InRange((ulong)next.Found.Count, acknowledged, acknowledged + 1);
            JournalContent.AssertWhole(next.Found, (ulong)next.Found.Count);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [Theory]
    [InlineData(28, "journal.disk-full")]
    [InlineData(122, "journal.disk-full")]
    [InlineData(5, "journal.write-failed")]
    public void Errors_of_the_disk_have_codes_and_a_cure(int error, string code)
    {
        var failure = DiskFailure.Of(error, "write", "there");
        Assert.Equal(code, failure.Code);
        Assert.NotEmpty(failure.Cure);
    }

    [Fact]
    public async Task A_writer_that_is_killed_loses_nothing_that_it_was_told_is_durable()
    {
        var random = new Random(1);
        var total = 0UL;
        for (var life = 0; life < 30; life++)
        {
            using var writer = StorageVictim.Start("file", directory);
            var told = await writer.KillAfterAsync(random.Next(20, 120));
            await using var next = await BeginAsync();
            Assert.True((ulong)next.Found.Count >= told, $"life {life}: told {told}, found {next.Found.Count}");
            JournalContent.AssertWhole(next.Found, (ulong)next.Found.Count);
            total = (ulong)next.Found.Count;
        }
        Assert.True(total > 1_000, $"only {total} records in all lives");
    }

    private static async Task AppendDurablyAsync(JournalLife life, bool wait)
    {
        life.Append();
        if (wait) await life.DurableAsync(life.Last);
    }

    private async Task<JournalLife> LifeOnAsync(string disk) =>
        await JournalLife.BeginAsync(FileJournal.Open(disk, SmallSegment), 0, () => Task.CompletedTask, Cancel);

    /// <summary>A segment with this many records, each a group of its own.</summary>
    private async Task<byte[]> GroupsAsync(int count)
    {
        await using (var life = await BeginAsync())
            for (var position = 0; position < count; position++) await AppendDurablyAsync(life, true);
        return await File.ReadAllBytesAsync(Segments()[0], Cancel);
    }

    private async Task RestoreAsync(string path, byte[] bytes)
    {
        foreach (var other in Segments()) File.Delete(other);
        await File.WriteAllBytesAsync(path, bytes, Cancel);
    }

    private static int StartOf(byte[] bytes, int position)
    {
        var start = SegmentFile.HeaderSize;
        for (var before = 1; before < position; before++)
            start += RecordFraming.SizeOf(RecordFraming.LengthOf(bytes.AsSpan(start)));
        return start;
    }

    private static bool IsPadding(byte[] bytes, int at)
    {
        if (at < SegmentFile.HeaderSize) return false;
        var start = SegmentFile.HeaderSize;
        while (start + RecordFraming.SizeOf(RecordFraming.LengthOf(bytes.AsSpan(start))) <= at)
            start += RecordFraming.SizeOf(RecordFraming.LengthOf(bytes.AsSpan(start)));
        return at >= start + RecordFraming.HeaderSize + RecordFraming.LengthOf(bytes.AsSpan(start));
    }

    private string[] Segments() =>
        [.. Directory.GetFiles(directory, "*" + SegmentFile.Ending).Order(StringComparer.Ordinal)];
}
