using Stun.Node;

namespace Stun.Tests.Hosting;

/// <summary>What forgets the oldest, and never more or less than it says.</summary>
public sealed class RecentTableTests
{
    private readonly RecentTable<int, string> table = new(3);

    [Fact]
    public void The_youngest_stay_and_the_oldest_goes()
    {
        for (var key = 1; key <= 5; key++) Assert.True(table.TryAdd(key, $"{key}", out _));
        Assert.Equal([false, false, true, true, true], Enumerable.Range(1, 5).Select(table.Has));
    }

    [Fact]
    public void Of_two_with_one_key_the_first_is_held_and_told()
    {
        table.TryAdd(1, "first", out _);
        Assert.False(table.TryAdd(1, "second", out var held));
        Assert.Equal("first", held);
    }

    [Fact]
    public void Adding_and_removing_makes_nothing_grow_and_pushes_nothing_young_out()
    {
        for (var count = 0; count < 1_000; count++)
        {
            table.TryAdd(1, $"{count}", out _);
            Assert.True(table.TryRemove(1, out _));
        }
        Assert.Equal(0, table.Count);
        // Two places in line are still those of entries that are gone; their turn must not cost the later one.
        table.TryAdd(1, "stays", out _);
        table.TryAdd(2, "two", out _);
        table.TryAdd(3, "three", out _);
        Assert.True(table.TryGet(1, out var held));
        Assert.Equal("stays", held);
    }
}
