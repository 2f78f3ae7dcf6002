using System.Security.Cryptography;
using Stun.Execution.Linux;
using Stun.Node.Storage;

namespace Stun.Integration.Storage;

public sealed class BlobStoreTests : IDisposable
{
    private static readonly BlobLimits Small = new(10_000, TimeSpan.FromDays(7), TimeSpan.FromMinutes(10));
    private readonly string directory = Directory.CreateTempSubdirectory("stun-blobs-").FullName;
    private readonly SetClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task What_is_put_is_found_by_its_digest_and_can_be_read_from_anywhere()
    {
        using var store = Open();
        var content = BlobContent.Of(7)[..5_000];
        var digest = await PutAsync(store, content);
        Assert.Equal(Digest.Read(SHA256.HashData(content)), digest);
        Assert.True(store.Contains(digest));
        Assert.Equal(content.Length, store.SizeOf(digest));
        await using var stream = store.OpenRead(digest);
        stream.Position = 100;
        var part = new byte[50];
        await stream.ReadExactlyAsync(part, Cancel);
        Assert.Equal(content[100..150], part);
        Assert.Equal("blob.missing",
            Assert.Throws<StorageException>(() => store.OpenRead(new Digest(1, 2, 3, 4))).Code);
        Assert.Null(store.SizeOf(new Digest(1, 2, 3, 4)));
    }

    [Fact]
    public async Task Blobs_and_pins_are_there_after_a_restart_and_nothing_unfinished_is()
    {
        Digest pinned, other;
        using (var store = Open())
        {
            pinned = await PutAsync(store, new byte[100]);
            other = await PutAsync(store, new byte[200]);
            store.Pin(pinned, "a task / with * any text");
        }
        await File.WriteAllTextAsync(Path.Combine(directory, "incoming", "left"), "by a crash", Cancel);
        using (var store = Open())
        {
            Assert.Equal(300, store.Bytes);
            Assert.Empty(Directory.GetFiles(Path.Combine(directory, "incoming")));
            clock.Pass(TimeSpan.FromDays(8));
            Assert.Equal(1, store.Collect());
            Assert.True(store.Contains(pinned));
            Assert.False(store.Contains(other));
            store.Unpin("a task / with * any text");
        }
        using (var store = Open())
        {
            Assert.Equal(1, store.Collect());
            Assert.Equal(0, store.Bytes);
        }
        Assert.DoesNotContain(Directory.GetFiles(directory, "*", SearchOption.AllDirectories),
            path => Path.GetFileName(path) != "lock");
    }

    [Fact]
    public async Task Content_with_another_digest_is_refused_and_not_kept()
    {
        using var store = Open();
        var failure = await Assert.ThrowsAsync<StorageException>(() =>
            store.PutAsync(new MemoryStream(new byte[10]), new Digest(1, 2, 3, 4), Cancel));
        Assert.Equal("blob.digest-mismatch", failure.Code);
        var upload = store.BeginUpload(new Digest(1, 2, 3, 4), 10);
        await store.AppendAsync(upload.Id, 0, new MemoryStream(new byte[10]), Cancel);
        failure = await Assert.ThrowsAsync<StorageException>(() => store.CompleteAsync(upload.Id, Cancel));
        Assert.Equal("blob.digest-mismatch", failure.Code);
        Assert.Null(store.FindUpload(upload.Id));
        Assert.Equal(0, store.Bytes);
        Assert.DoesNotContain(Directory.GetFiles(directory, "*", SearchOption.AllDirectories),
            path => Path.GetFileName(path) != "lock");
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart_where_it_stood()
    {
        var content = BlobContent.Of(3)[..5_000];
        string id;
        using (var store = Open())
        {
            id = store.BeginUpload(BlobContent.DigestOf(content), content.Length).Id;
            await Assert.ThrowsAsync<IOException>(() =>
                store.AppendAsync(id, 0, new BreakingStream(content[..300]), Cancel));
            Assert.Equal(300, store.FindUpload(id)!.Offset);
        }
        using (var store = Open())
        {
            Assert.Equal(300, store.Bytes);
            Assert.Equal("blob.incomplete",
                (await Assert.ThrowsAsync<StorageException>(() => store.CompleteAsync(id, Cancel))).Code);
            foreach (var offset in (long[])[0, 299, 301])
                Assert.Equal("blob.wrong-offset", (await Assert.ThrowsAsync<StorageException>(() =>
                    store.AppendAsync(id, offset, new MemoryStream(content), Cancel))).Code);
            Assert.Equal("blob.too-long", (await Assert.ThrowsAsync<StorageException>(() =>
                store.AppendAsync(id, 300, new MemoryStream(content), Cancel))).Code);
            Assert.Equal(300, store.FindUpload(id)!.Offset);
            await store.AppendAsync(id, 300, new MemoryStream(content[300..]), Cancel);
            Assert.Equal(BlobContent.DigestOf(content), await store.CompleteAsync(id, Cancel));
            Assert.Equal(content.Length, store.Bytes);
            Assert.Equal("blob.unknown-upload",
                (await Assert.ThrowsAsync<StorageException>(() => store.CompleteAsync(id, Cancel))).Code);
            await using var stream = store.OpenRead(BlobContent.DigestOf(content));
            var read = new byte[content.Length];
            await stream.ReadExactlyAsync(read, Cancel);
            Assert.Equal(content, read);
        }
    }

    [Fact]
    public async Task An_upload_that_nobody_goes_on_with_is_collected_after_a_day()
    {
        using var store = Open();
        var old = store.BeginUpload(new Digest(1, 2, 3, 4), 100);
        var fresh = store.BeginUpload(new Digest(5, 6, 7, 8), 100);
        await store.AppendAsync(old.Id, 0, new MemoryStream(new byte[50]), Cancel);
        clock.Pass(TimeSpan.FromHours(20));
        await store.AppendAsync(fresh.Id, 0, new MemoryStream(new byte[60]), Cancel);
        Assert.Equal(0, store.Collect());
        clock.Pass(TimeSpan.FromHours(5));
        Assert.Equal(1, store.Collect());
        Assert.Null(store.FindUpload(old.Id));
        Assert.Equal(60, store.Bytes);
    }

    [Fact]
    public async Task One_upload_takes_one_request_at_a_time()
    {
        using var store = Open();
        var upload = store.BeginUpload(new Digest(1, 2, 3, 4), 100);
        var slow = new SlowStream();
        var first = store.AppendAsync(upload.Id, 0, slow, Cancel);
        await slow.Asked.Task.WaitAsync(Cancel);
        Assert.Equal("blob.upload-busy", (await Assert.ThrowsAsync<StorageException>(() =>
            store.AppendAsync(upload.Id, 0, new MemoryStream(new byte[1]), Cancel))).Code);
        clock.Pass(TimeSpan.FromDays(2));
        Assert.Equal(0, store.Collect());
        slow.End.SetResult();
        await first;
    }

    [Fact]
    public async Task Room_is_made_by_the_oldest_use_first_and_never_by_what_is_pinned_read_or_new()
    {
        using var store = Open();
        List<Digest> blobs = [];
        for (byte fill = 1; fill <= 5; fill++)
        {
            blobs.Add(await PutAsync(store, [.. Enumerable.Repeat(fill, 2_000)]));
            clock.Pass(TimeSpan.FromMinutes(20));
        }
        // 0 is pinned, 1 is being read, 2 was used after 3: so 3 goes first.
        store.Pin(blobs[0], "task");
        await using var reading = store.OpenRead(blobs[1]);
        await store.OpenRead(blobs[2]).DisposeAsync();
        clock.Pass(TimeSpan.FromMinutes(20));
        blobs.Add(await PutAsync(store, new byte[1_000]));
        Assert.Equal([true, true, true, false, true, true], blobs.Select(store.Contains));
        await PutAsync(store, new byte[4_900]);
        Assert.Equal([true, true, false, false, false, true], blobs.Select(store.Contains));
        var failure = await Assert.ThrowsAsync<StorageException>(() => PutAsync(store, new byte[200]));
        Assert.Equal("blob.full", failure.Code);
        Assert.Equal(9_900, store.Bytes);
        Assert.Equal("blob.full", Assert.Throws<StorageException>(() => store.BeginUpload(blobs[3], 10_001)).Code);
    }

    [Fact]
    public async Task The_same_content_put_many_times_at_once_is_kept_and_counted_once()
    {
        using var store = BlobStore.Open(directory, BlobLimits.Default, clock);
        var content = BlobContent.Of(9);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => PutAsync(store, content), Cancel)));
        Assert.Equal(content.Length, store.Bytes);
        Assert.Single(Directory.GetFiles(Path.Combine(directory, "blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Two_never_open_one_directory()
    {
        using var store = Open();
        Assert.Equal("blob.locked", Assert.Throws<StorageException>(Open).Code);
    }

    [Fact]
    public async Task A_full_disk_refuses_a_blob_and_keeps_nothing_of_it()
    {
        Assert.SkipUnless(Kernel.IsRoot, "Mounting a small disk needs root.");
        var disk = Path.Combine(directory, "small");
        Directory.CreateDirectory(disk);
        Kernel.Mount("none", disk, "tmpfs", Kernel.MountFlags.None, "size=1m");
        try
        {
            using var store = BlobStore.Open(disk, BlobLimits.Default, clock);
            var failure = await Assert.ThrowsAsync<StorageException>(() => PutAsync(store, new byte[3 << 20]));
            Assert.Equal("blob.full", failure.Code);
            Assert.Equal(0, store.Bytes);
            await PutAsync(store, new byte[500_000]);
        }
        finally
        {
            Kernel.Unmount(disk);
        }
    }

    [Fact]
    public async Task A_process_that_is_killed_leaves_whole_blobs_only_and_all_that_it_had_put()
    {
        var random = new Random(2);
        var told = 0UL;
        for (var life = 0; life < 20; life++)
        {
            using var victim = StorageVictim.Start("blobs", directory);
            // Each life puts some, however slow the machine is.
            await victim.ToldAsync(told + 3);
            told = await victim.KillAfterAsync(random.Next(5, 60));
            using var store = BlobStore.Open(directory, BlobLimits.Default);
            for (var number = 1UL; number <= told; number++)
                Assert.True(store.Contains(BlobContent.DigestOf(BlobContent.Of(number))), $"blob {number} is lost");
            foreach (var path in Directory.GetFiles(Path.Combine(directory, "blobs"), "*", SearchOption.AllDirectories))
                Assert.Equal(Path.GetFileName(path),
                    Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel))));
        }
    }

    private BlobStore Open() => BlobStore.Open(directory, Small, clock);

    private static Task<Digest> PutAsync(BlobStore store, byte[] content) =>
        store.PutAsync(new MemoryStream(content), null, Cancel);

    private sealed class SetClock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => now;

        public void Pass(TimeSpan time) => now += time;
    }

    /// <summary>As a requester whose connection breaks.</summary>
    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            return count > 0 ? count : throw new IOException("The connection broke.");
        }
    }

    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource End { get; } = new();

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await End.Task;
            return 0;
        }
    }
}

public static class BlobContent
{
    public static byte[] Of(ulong number)
    {
        var content = new byte[1_000 + (int)(number * 9_973 % 100_000)];
        new Random((int)number).NextBytes(content);
        return content;
    }

    public static Digest DigestOf(byte[] content) => Digest.Read(SHA256.HashData(content));
}
