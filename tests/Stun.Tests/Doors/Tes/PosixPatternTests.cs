using Stun.Execution.Containers;
using Stun.Node.Doors.Tes;

namespace Stun.Tests.Doors.Tes;

public sealed class PosixPatternTests
{
    [Theory]
    [InlineData("/d/*.txt", "/d/a.txt", true)]
    [InlineData("/d/*.txt", "/d/.txt", false)]
    [InlineData("/d/.*", "/d/.txt", true)]
    [InlineData("/d/*", "/d/a/b", false)]
    [InlineData("/d/*/b", "/d/a/b", true)]
    [InlineData("/d/?", "/d/ü", true)]
    [InlineData("/d/?", "/d/𝄞", true)]
    [InlineData("/d/?", "/d/ab", false)]
    [InlineData("/d/[abc]", "/d/b", true)]
    [InlineData("/d/[a-c]x", "/d/bx", true)]
    [InlineData("/d/[a-c]x", "/d/dx", false)]
    [InlineData("/d/[!a-c]", "/d/b", false)]
    [InlineData("/d/[!a-c]", "/d/z", true)]
    [InlineData("/d/[]a]", "/d/]", true)]
    [InlineData("/d/[a-]", "/d/-", true)]
    [InlineData("/d/[a", "/d/[a", true)]
    [InlineData("/d/[!.]*", "/d/.a", false)]
    [InlineData(@"/d/\*", "/d/*", true)]
    [InlineData(@"/d/\*", "/d/a", false)]
    [InlineData(@"/d/\[a]", "/d/[a]", true)]
    [InlineData("/d/***a*", "/d/bca", true)]
    [InlineData("/d/A", "/d/a", false)]
    public void A_pattern_matches_as_posix_says(string pattern, string path, bool matches) =>
        Assert.Equal(matches, PosixPattern.Parse(pattern).Matches(path));

    [Fact]
    public void The_wider_pattern_takes_all_that_the_exact_one_takes()
    {
        string[] patterns =
        [
            "/d/*.t[x-z]t", @"/d/\*\?", "/d/[!a]b*", "/d/[", "/d/x?y", "/d/a\\b", "/d/\"<>", "/d/é[é-ü]", "/d/\\\\x",
            "/d/?",
        ];
        string[] names =
            ["/d/a.txt", "/d/*?", "/d/cb", "/d/[", "/d/xzy", "/d/ab", "/d/\"<>", "/d/éö", "/d/\\x", "/d/𝄞", "/d/a.tyt"];
        var count = 0;
        foreach (var pattern in patterns.Select(PosixPattern.Parse))
            foreach (var name in names.Where(pattern.Matches))
            {
                count++;
                Assert.True(new OutputPattern(pattern.Wider).Matches(name), $"{pattern.Wider} {name}");
            }
        Assert.True(count > 9, $"{count}");
    }

    [Theory]
    [InlineData("/a/b/*.c", "/a/b")]
    [InlineData("/a/b?/c/*", "/a")]
    [InlineData("/a/b/c", "/a/b")]
    [InlineData("/*/b", "")]
    public void The_place_of_a_pattern_is_where_all_of_it_lies(string pattern, string place) =>
        Assert.Equal(place, PosixPattern.Parse(pattern).Place);

    [Fact]
    public void A_pattern_that_could_take_for_ever_does_not()
    {
        var pattern = PosixPattern.Parse("/d/" + string.Concat(Enumerable.Repeat("*a", 100)) + "b");
        Assert.False(pattern.Matches("/d/" + new string('a', 200)));
    }
}
