using Stun.Execution;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Tests.Provider;

/// <summary>What an order may bring to a provider's machine.</summary>
public sealed class TaskInputsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("stun-inputs-").FullName;
    private readonly BlobStore store;
    private readonly Blobs blobs;

    public TaskInputsTests()
    {
        store = BlobStore.Open(directory, BlobLimits.Default);
        blobs = new Blobs(new SmallBlobs(null!), store, new NoBlobPeer(), _ => null);
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Results_with_too_many_files_together_are_refused_and_each_content_is_open_once()
    {
        var one = await KeepAsync(new byte[3]);
        var manifest = await ManifestAsync(Enumerable.Range(0, 1_500).Select(number =>
            new ResultFile($"f{number:0000}", one, 3)));
        await using var inputs = new TaskInputs(blobs, 1 << 20);
        await inputs.AddAsync([new BlobRef(manifest, 1, "a/"), new BlobRef(manifest, 1, "b/")], CancellationToken.None);
        Assert.Equal(3_000, inputs.Files.Count);
        Assert.Equal(1, inputs.HeldCount);
        var refused = await Assert.ThrowsAsync<ExecutionException>(
            () => inputs.AddAsync([new BlobRef(manifest, 1, "c/")], CancellationToken.None));
        Assert.Equal("run.inputs-too-many", refused.Code);
        Assert.Equal(TaskInputs.FilesMax, inputs.Files.Count);
    }

    [Theory]
    [InlineData(100, 4, true)]
    [InlineData(100, 5, false)]
    [InlineData(0, 5, false)]
    [InlineData(ulong.MaxValue, 1, false)]
    public async Task Results_with_more_bytes_than_the_tasks_disk_are_refused(ulong told, int count, bool isTaken)
    {
        var one = await KeepAsync(new byte[100]);
        var manifest = await ManifestAsync(Enumerable.Range(0, count).Select(number =>
            new ResultFile($"f{number}", one, told)));
        await using var inputs = new TaskInputs(blobs, 499);
        var adding = inputs.AddAsync([new BlobRef(manifest, 1, "a/")], CancellationToken.None);
        if (isTaken) await adding;
        else
            Assert.Equal("run.inputs-too-large",
                (await Assert.ThrowsAsync<ExecutionException>(() => adding)).Code);
    }

    private async Task<Digest> KeepAsync(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return await store.PutAsync(stream, null, CancellationToken.None);
    }

    private Task<Digest> ManifestAsync(IEnumerable<ResultFile> files) =>
        KeepAsync(ProtocolWire.Encode(new ResultManifest([.. files])));
}
