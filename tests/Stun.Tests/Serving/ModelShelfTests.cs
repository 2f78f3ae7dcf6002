using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Tests.Serving;

/// <summary>Which models stay on a provider's disk.</summary>
public sealed class ModelShelfTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("stun-shelf-").FullName;
    private readonly SetClock clock = new();
    private readonly BlobStore files;
    private readonly ModelShelf shelf;

    public ModelShelfTests()
    {
        files = BlobStore.Open(directory, BlobLimits.Default, clock);
        shelf = new ModelShelf(files, 100, clock);
    }

    public void Dispose()
    {
        files.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_popular_model_outlives_what_would_drive_it_out_until_it_is_cold()
    {
        var cancel = TestContext.Current.CancellationToken;
        var popular = await files.PutAsync(new MemoryStream(new byte[40]), null, cancel);
        var rare = await files.PutAsync(new MemoryStream(new byte[41]), null, cancel);
        for (var use = 0; use < ModelShelf.PopularUses; use++) shelf.Note(popular, 40);
        shelf.Note(rare, 41);
        Assert.Equal([popular], shelf.Pinned);
        clock.Now += TimeSpan.FromDays(8);
        // Nobody has looked at the shelf: both are older than anything unpinned may be.
        files.Collect();
        Assert.True(files.Contains(popular));
        Assert.False(files.Contains(rare));
        shelf.Review();
        Assert.Empty(shelf.Pinned);
        files.Collect();
        Assert.False(files.Contains(popular));
    }

    [Fact]
    public void The_most_used_are_kept_first_and_no_more_than_their_part_of_the_disk()
    {
        var (first, second, third) = (new Digest(1, 0, 0, 0), new Digest(2, 0, 0, 0), new Digest(3, 0, 0, 0));
        for (var use = 0; use < 3; use++) shelf.Note(first, 60);
        for (var use = 0; use < 5; use++) shelf.Note(second, 50);
        for (var use = 0; use < 4; use++) shelf.Note(third, 50);
        Assert.Equal([second, third], shelf.Pinned);
        clock.Now += ModelShelf.Span - TimeSpan.FromSeconds(1);
        Assert.Equal([second, third], shelf.Pinned);
        for (var use = 0; use < 3; use++) shelf.Note(first, 60);
        clock.Now += TimeSpan.FromSeconds(2);
        shelf.Review();
        Assert.Equal([first], shelf.Pinned);
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
