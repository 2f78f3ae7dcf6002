using System.Text.Json;
using Stun.Node.Doors.Tes;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Tests.Doors.Tes;

/// <summary>What the door takes in, keeps, and hands on.</summary>
public sealed class TesBookTests
{
    private static readonly Address Gateway = new(1, 1, 1), Anna = new(2, 2, 2);

    [Fact]
    public void A_provider_has_no_say_outside_of_the_documents_directories()
    {
        var task = Task("""
            ,"volumes":["/vol"],"inputs":[{"path":"/data/a","content":"x"},{"path":"/top","content":"y"}]
            """);
        var left = Manifest("/data/../usr/bin/sh", "/data/a", "/data/sub/b", "/etc/ld.so.preload", "/top",
            "/usr/bin/python3", "/vol", "/vol/c", "/volume/d", "exit");
        var given = new ResultManifest([new ResultFile("/data/a", default, 7), new ResultFile("/top", default, 7)]);
        var carried = TesOutputs.Carry(task, left, given);
        Assert.Equal(["/data/a", "/data/sub/b", "/top", "/vol/c"], carried.Select(file => file.Name));
        // Of a directory what was left there, of the root what was given.
        Assert.Equal([1UL, 1, 7, 1], carried.Select(file => file.Size));
    }

    [Theory]
    [InlineData(""","name":"a\u0000b" """, "name")]
    [InlineData(""","tags":{"a":"b\u0000"}""", "tags.a")]
    [InlineData(""","tags":{"a\u0000":"b"}""", "tags.a")]
    public void A_zero_character_in_what_is_searched_by_is_refused(string more, string place) =>
        Assert.StartsWith(place, Assert.Throws<ApiException>(() => Task(more)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_tag_has_at_most_a_thousand_bytes()
    {
        Task($$""","tags":{"a":"{{new string('b', 1_024)}}"}""");
        Assert.Throws<ApiException>(() => Task($$""","tags":{"a":"{{new string('b', 1_025)}}"}"""));
        Assert.Throws<ApiException>(() => Task($$""","tags":{"{{new string('é', 513)}}":""}"""));
    }

    [Fact]
    public void A_brief_page_has_no_documents_and_what_is_called_off_is_not_moved()
    {
        var book = new TesBook(NodeDatabase.Sqlite(
            Path.Combine(Directory.CreateTempSubdirectory("stun-tes").FullName, "node.db")));
        book.Add(new TesEntry("one", Anna, TesState.Queued, new Instant(5), null, Task(""","name":"n" """),
            ["image"], ["note"], null, []), Gateway);
        var filter = new TesFilter(Anna, null, null, [], null, 10);
        Assert.Equal("n", Assert.Single(book.List(filter).Items).Task.Name);
        var brief = Assert.Single(book.List(filter with { IsBrief = true }).Items);
        Assert.Equal(("one", TesState.Queued, Anna, new Instant(5)),
            (brief.Id, brief.State, brief.Owner, brief.CreatedAt));
        Assert.Null(brief.Task.Executors);
        Assert.Equal([("one", Anna)], book.Open(Gateway));
        Assert.True(book.Move("one", TesState.Canceling));
        Assert.False(book.Move("one", TesState.Running));
        Assert.Equal(TesState.Canceling, book.StateOf("one"));
        Assert.Null(book.StateOf("two"));
    }

    private static ResultManifest Manifest(params string[] names) =>
        new([.. names.Select(name => new ResultFile(name, default, 1))]);

    private static TesTask Task(string more) => TesReader.Clean(JsonSerializer.Deserialize(
        $$"""{"executors":[{"image":"a","command":["b"]}]{{more}}}""", TesJson.Default.TesTask)!);
}
