using System.Text.Json.Nodes;
using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Integration.Images;

/// <summary>Bringing images from this machine, and keeping them.</summary>
public sealed class ImageStoreTests : IDisposable
{
    private readonly ImageWorkshop workshop = new();

    private static CancellationToken Stop => ImageWorkshop.Stop;

    public void Dispose() => workshop.Dispose();

    [Theory]
    [InlineData(LayerForm.Tar)]
    [InlineData(LayerForm.Gzip)]
    public async Task An_image_from_a_layout_is_unpacked_and_says_how_it_is_run(LayerForm form)
    {
        var (layout, digest) = workshop.Image("one", form);
        using var store = await workshop.OpenAsync();
        var progress = new ImageWorkshop.Recorder();
        using var image = await store.AcquireAsync(new ImageSource.Layout(layout), digest, progress, Stop);
        Assert.Equal(digest, image.Digest);
        Assert.Equal(ImageWorkshop.Config, image.Config);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(image.Root, "data", "text"), Stop));
        Assert.Equal("busybox", new FileInfo(Path.Combine(image.Root, "bin", "sh")).LinkTarget);
        Assert.Contains(progress.Seen, seen => seen.Stage == ImageStage.Fetch && seen.DoneBytes == seen.TotalBytes);
        Assert.Empty(workshop.StagingOf());
    }

    [Fact]
    public async Task A_docker_archive_has_one_digest_on_every_import()
    {
        var (layout, _) = workshop.Image("one");
        var file = workshop.PathOf("one.tar");
        await workshop.SkopeoAsync($"oci:{layout}:1", $"docker-archive:{file}");
        using var store = await workshop.OpenAsync();
        using var first = await BringAsync(store, new ImageSource.DockerArchive(file), null);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(first.Root, "data", "text"), Stop));
        using var other = await workshop.OpenAsync(store: "other");
        using var second = await BringAsync(other, new ImageSource.DockerArchive(file), first.Digest);
        Assert.Equal(first.Digest, second.Digest);
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(other, new ImageSource.DockerArchive(file), new Digest(1, 2, 3, 4)));
        Assert.Equal("image.digest-mismatch", failure.Code);
    }

    [Fact]
    public async Task A_blob_is_named_by_its_own_digest_and_known_the_second_time()
    {
        var (layout, digest) = workshop.Image("one", LayerForm.Gzip);
        var file = workshop.PathOf("blob");
        await workshop.TarAsync(file, layout);
        var named = ImageDigest.Of(await File.ReadAllBytesAsync(file, Stop));
        using var store = await workshop.OpenAsync();
        using var image = await BringAsync(store, new ImageSource.Blob(file, named), digest);
        Assert.Equal(digest, image.Digest);
        using var again = await BringAsync(store, new ImageSource.Blob(file, named), null);
        Assert.Equal(1, store.PullCount);
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Blob(file, new Digest(1, 2, 3, 4)), null));
        Assert.Equal("image.digest-mismatch", failure.Code);
    }

    [Fact]
    public async Task An_image_with_another_digest_than_ordered_is_refused()
    {
        var (layout, _) = workshop.Image("one");
        using var store = await workshop.OpenAsync();
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(layout), new Digest(1, 2, 3, 4)));
        Assert.Equal("image.digest-mismatch", failure.Code);
        Assert.Empty(store.List());
    }

    [Fact]
    public async Task A_byte_changed_in_any_blob_is_found()
    {
        var (layout, digest) = workshop.Image("one", LayerForm.Gzip);
        using var store = await workshop.OpenAsync();
        foreach (var blob in Directory.GetFiles(Path.Combine(layout, "blobs", "sha256")))
        {
            var good = await File.ReadAllBytesAsync(blob, Stop);
            // The trailer of gzip: nothing that is unpacked changes, only the digest.
            foreach (var place in new[] { good.Length / 2, good.Length - 1 })
            {
                var bad = (byte[])good.Clone();
                bad[place] ^= 1;
                await File.WriteAllBytesAsync(blob, bad, Stop);
                var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
                    BringAsync(store, new ImageSource.Layout(layout), digest));
                Assert.Contains(failure.Code, new[] { "image.digest-mismatch", "image.layer-broken" });
            }
            await File.WriteAllBytesAsync(blob, good, Stop);
        }
        Assert.Empty(workshop.StagingOf());
        (await BringAsync(store, new ImageSource.Layout(layout), digest)).Dispose();
    }

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar+zstd", null, "image.media-type")]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", null, "image.media-type")]
    [InlineData("application/vnd.oci.image.layer.v1.tar", "urls", "image.media-type")]
    public async Task A_layer_of_a_kind_that_we_do_not_unpack_is_refused(string type, string? extra, string code)
    {
        var (layout, _) = workshop.Image("one");
        var blobs = Path.Combine(layout, "blobs", "sha256");
        var manifest = JsonNode.Parse(Directory.GetFiles(blobs).Where(file => new FileInfo(file).Length < 2000)
            .Select(File.ReadAllText).First(content => content.Contains("\"layers\":[")))!;
        manifest["layers"]![0]!["mediaType"] = type;
        if (extra is not null) manifest["layers"]![0]![extra] = new JsonArray("somewhere");
        var text = manifest.ToJsonString();
        var digest = ImageDigest.Of(System.Text.Encoding.UTF8.GetBytes(text));
        await File.WriteAllTextAsync(Path.Combine(blobs, digest.ToString()), text, Stop);
        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Stop))!;
        index["manifests"]![0]!["digest"] = $"sha256:{digest}";
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), index.ToJsonString(), Stop);
        using var store = await workshop.OpenAsync();
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(layout), digest));
        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task A_hostile_layer_reaches_neither_the_shelf_nor_the_disk_around_it()
    {
        var evil = new RawTar().Add("up", '2', "../../../..").Add("up/evil", content: "x").Finish();
        var (layout, digest) = workshop.ImageOf(new RawTar().Add("fine", content: "x").Finish(), evil);
        using var store = await workshop.OpenAsync();
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(layout), digest));
        Assert.Equal("image.path-escape", failure.Code);
        Assert.Empty(workshop.StagingOf());
        Assert.Empty(store.List());
    }

    [Fact]
    public async Task Devices_under_dev_do_not_reach_the_disk()
    {
        var (layout, digest) = workshop.ImageOf(
            new RawTar().Add("dev/", '5').Add("dev/sda", '4').Add("dev/null", '3').Add("fine").Finish());
        using var store = await workshop.OpenAsync();
        using var image = await BringAsync(store, new ImageSource.Layout(layout), digest);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(image.Root, "dev")));
    }

    [Fact]
    public async Task Sixteen_who_want_one_image_at_once_pull_it_once()
    {
        var (layout, digest) = workshop.Image("one");
        using var store = await workshop.OpenAsync();
        var images = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            BringAsync(store, new ImageSource.Layout(layout), digest)));
        Assert.Equal(1, store.PullCount);
        Assert.Equal(16, Assert.Single(store.List()).UseCount);
        // Twice disposed is once released.
        foreach (var image in images.Concat(images)) image.Dispose();
        Assert.Equal(0, Assert.Single(store.List()).UseCount);
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_stop_the_others_and_the_last_stops_the_pull()
    {
        var (layout, digest) = workshop.Image("one", fillBytes: 64 << 20);
        using var store = await workshop.OpenAsync();
        using var leaver = new CancellationTokenSource();
        var leaving = BringAsync(store, new ImageSource.Layout(layout), digest, leaver.Token);
        var staying = BringAsync(store, new ImageSource.Layout(layout), digest);
        await leaver.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        using (var image = await staying) Assert.Equal(digest, image.Digest);
        Assert.Equal((1, 0), (store.PullCount, Assert.Single(store.List()).UseCount));

        var (second, secondDigest) = workshop.Image("two", fillBytes: 64 << 20);
        using var only = new CancellationTokenSource();
        var alone = BringAsync(store, new ImageSource.Layout(second), secondDigest, only.Token);
        await only.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        (await BringAsync(store, new ImageSource.Layout(second), secondDigest)).Dispose();
        Assert.Equal([0, 0], store.List().Select(image => image.UseCount));
    }

    [Fact]
    public async Task A_pull_that_failed_is_tried_again_by_the_next()
    {
        var (layout, digest) = workshop.Image("one");
        var hidden = Directory.GetFiles(Path.Combine(layout, "blobs", "sha256"))
            .MaxBy(file => new FileInfo(file).Length)!;
        File.Move(hidden, workshop.PathOf("hidden"));
        using var store = await workshop.OpenAsync();
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(layout), digest));
        Assert.Equal("image.not-found", failure.Code);
        File.Move(workshop.PathOf("hidden"), hidden);
        using var image = await BringAsync(store, new ImageSource.Layout(layout), digest);
        Assert.Equal(2, store.PullCount);
    }

    [Fact]
    public async Task The_longest_unused_image_goes_first_and_what_is_pinned_or_in_use_stays()
    {
        var images = new[] { "one", "two", "three", "four" }.Select(text => workshop.Image(text)).ToArray();
        // Three fit: each takes a little over two megabytes.
        using var store = await workshop.OpenAsync(bytesMax: 7_000_000);
        foreach (var (layout, digest) in images[..3])
            (await BringAsync(store, new ImageSource.Layout(layout), digest)).Dispose();
        (await BringAsync(store, new ImageSource.Layout(images[0].Layout), images[0].Digest)).Dispose();
        (await BringAsync(store, new ImageSource.Layout(images[3].Layout), images[3].Digest)).Dispose();
        AssertHas(store, images[0].Digest, images[2].Digest, images[3].Digest);

        Assert.True(store.Pin(images[2].Digest));
        Assert.False(store.Pin(images[1].Digest));
        using var used = await BringAsync(store, new ImageSource.Layout(images[0].Layout), images[0].Digest);
        (await BringAsync(store, new ImageSource.Layout(images[1].Layout), images[1].Digest)).Dispose();
        AssertHas(store, images[0].Digest, images[1].Digest, images[2].Digest);

        Assert.True(store.Pin(images[1].Digest));
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(images[3].Layout), images[3].Digest));
        Assert.Equal("image.store-full", failure.Code);
        AssertHas(store, images[0].Digest, images[1].Digest, images[2].Digest);
        Assert.True(File.Exists(Path.Combine(used.Root, "data", "text")));
        Assert.True(store.Unpin(images[1].Digest));
        (await BringAsync(store, new ImageSource.Layout(images[3].Layout), images[3].Digest)).Dispose();
        AssertHas(store, images[0].Digest, images[2].Digest, images[3].Digest);
        Assert.Empty(workshop.StagingOf());
    }

    [Fact]
    public async Task A_restart_knows_images_uses_and_pins_and_removes_what_a_crash_left()
    {
        var images = new[] { "one", "two" }.Select(text => workshop.Image(text)).ToArray();
        IReadOnlyList<StoredImage> before;
        using (var store = await workshop.OpenAsync())
        {
            foreach (var (layout, digest) in images)
                (await BringAsync(store, new ImageSource.Layout(layout), digest)).Dispose();
            store.Pin(images[0].Digest);
            before = store.List();
            var second = await Assert.ThrowsAsync<ExecutionException>(() => workshop.OpenAsync());
            Assert.Equal("image.store-busy", second.Code);
        }
        var inside = workshop.PathOf("store/images");
        var broken = Path.Combine(inside, "roots", new string('a', 64));
        Directory.CreateDirectory(Path.Combine(broken, "rootfs"));
        Directory.CreateDirectory(Path.Combine(inside, "staging", "7", "blobs"));
        await File.WriteAllTextAsync(Path.Combine(inside, "staging", "7", "blobs", "half"), "half", Stop);
        using var again = await workshop.OpenAsync();
        Assert.Equal(before, again.List());
        Assert.False(Directory.Exists(broken));
        Assert.Empty(workshop.StagingOf());
        using var image = await BringAsync(again, new ImageSource.Layout("gone"), images[1].Digest);
        Assert.Equal(0, again.PullCount);
        Assert.True(again.List().Single(stored => stored.Digest == images[1].Digest).LastUse
            > before.Max(stored => stored.LastUse));
    }

    [Fact]
    public async Task A_full_disk_is_named_and_nothing_is_left_behind()
    {
        var (layout, digest) = workshop.Image("one", fillBytes: 24 << 20);
        using var store = await workshop.OpenAsync(store: workshop.SmallDisk(32));
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Layout(layout), digest));
        Assert.Equal("image.disk-full", failure.Code);
        Assert.Empty(workshop.StagingOf("disk"));
        var (small, smallDigest) = workshop.Image("two");
        (await BringAsync(store, new ImageSource.Layout(small), smallDigest)).Dispose();
    }

    [Fact]
    public async Task A_disk_that_fills_while_it_is_written_is_named_too()
    {
        var (layout, digest) = workshop.Image("one", fillBytes: 24 << 20);
        var file = workshop.PathOf("blob.gz");
        await workshop.TarAsync(workshop.PathOf("blob"), layout);
        await using (var packed = new System.IO.Compression.GZipStream(
            File.Create(file), System.IO.Compression.CompressionLevel.Fastest))
            await packed.WriteAsync(await File.ReadAllBytesAsync(workshop.PathOf("blob"), Stop), Stop);
        var named = ImageDigest.Of(await File.ReadAllBytesAsync(file, Stop));
        // Packed it looks as if it fitted.
        using var store = await workshop.OpenAsync(store: workshop.SmallDisk(16));
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, new ImageSource.Blob(file, named), digest));
        Assert.Equal("image.disk-full", failure.Code);
        Assert.Empty(workshop.StagingOf("disk"));
    }

    private static void AssertHas(ImageStore store, params Digest[] digests) =>
        Assert.Equal(digests.Order(), store.List().Select(image => image.Digest));

    private static Task<UnpackedImage> BringAsync(
        ImageStore store, ImageSource source, Digest? expected, CancellationToken? stop = null) =>
        store.AcquireAsync(source, expected, ImageWorkshop.Silent, stop ?? Stop);
}
