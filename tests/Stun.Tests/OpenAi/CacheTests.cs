using System.Text;
using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Protocol;
using Xunit;

namespace Stun.Tests.OpenAi;

public sealed class CacheTests
{
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(60);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static CacheKey Key(string json, string place = "x") =>
        AnswerCache.KeyOf(place, Encoding.UTF8.GetBytes(json));

    [Fact]
    public void One_document_has_one_key_however_it_is_written_and_another_has_another()
    {
        var key = Key("""{"a":[1,{"c":"ü","b":null}],"d":1.0}""");
        Assert.Equal(key, Key("""{ "d" : 1.0, "a":[ 1 , {"b":null,"c":"\u00fc"}] }"""));
        Assert.NotEqual(key, Key("""{"a":[{"c":"ü","b":null},1],"d":1.0}"""));
        Assert.NotEqual(key, Key("""{"a":[1,{"c":"ü","b":null}],"d":1.1}"""));
        Assert.NotEqual(key, Key("""{"a":[1,{"c":"ü","b":null}],"d":1.0}""", "y"));
    }

    [Fact]
    public void What_is_old_or_long_unused_makes_room()
    {
        var clock = new SetClock();
        var cache = new AnswerCache(new ModelDoorSettings { CacheBytesMax = 3_000, CachedFor = Duration.Seconds(60) },
            clock);
        for (var each = 0; each < 3; each++) cache.Keep(Key($"{each}"), "t", new byte[600]);
        Assert.NotNull(cache.Find(Key("0")));
        cache.Keep(Key("3"), "t", new byte[600]);
        Assert.Null(cache.Find(Key("1")));
        Assert.Equal([true, true, true], ((string[])["0", "2", "3"]).Select(each => cache.Find(Key(each)) is not null));
        cache.Keep(Key("0"), "t", new byte[10]);
        Assert.Equal(10, cache.Find(Key("0"))!.Bytes.Length);
        cache.Keep(Key("4"), "t", new byte[3_000]);
        Assert.Null(cache.Find(Key("4")));
        clock.Now += TimeSpan.FromSeconds(60);
        Assert.Null(cache.Find(Key("0")));
    }
}
