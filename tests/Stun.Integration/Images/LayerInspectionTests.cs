using System.IO.Compression;
using System.Security.Cryptography;
using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Integration.Images;

/// <summary>What is in a layer, and what must not be.</summary>
public sealed class LayerInspectionTests
{
    [Fact]
    public void A_plain_and_a_packed_layer_have_the_digests_of_their_bytes()
    {
        var tar = new RawTar().Add("a/", '5').Add("a/b", content: "hello").Add("c", '2', "a/b")
            .Add("d", '1', "a/b").Add("e", content: "x", mode: 0x9ED).Finish();
        var packed = Gzip(tar);
        var facts = Inspect(packed);
        Assert.Equal(Digest.Read(SHA256.HashData(packed)), facts.Digest);
        Assert.Equal(Digest.Read(SHA256.HashData(tar)), facts.DiffId);
        Assert.Equal((5, 1, (long)tar.Length, (long)packed.Length),
            (facts.EntryCount, facts.SetUidCount, facts.UnpackedBytes, facts.Bytes));
        Assert.Equal(facts.DiffId, Inspect(tar).Digest);
    }

    public static TheoryData<string, string, byte[]> Hostile() => new()
    {
        { "climbs", "image.path-escape", new RawTar().Add("../evil", content: "x").Finish() },
        { "climbs inside", "image.path-escape", new RawTar().Add("a/../../evil", content: "x").Finish() },
        { "absolute", "image.path-escape", new RawTar().Add("/etc/passwd", content: "x").Finish() },
        { "absolute by pax", "image.path-escape", new RawTar().Pax("path", "/etc/passwd").Add("fine").Finish() },
        { "climbs by a long name", "image.path-escape",
            new RawTar().Add("l", 'L', content: "../evil\0").Add("fine").Finish() },
        { "the root as a file", "image.path-escape", new RawTar().Add("./", '2', "usr").Finish() },
        { "hard link out", "image.link-escape", new RawTar().Add("a", '1', "../../etc/shadow").Finish() },
        { "hard link absolute", "image.link-escape", new RawTar().Add("a", '1', "/etc/shadow").Finish() },
        { "hard link by pax", "image.link-escape",
            new RawTar().Pax("linkpath", "../x").Add("a", '1', "fine").Finish() },
        { "hard link through a link", "image.link-escape",
            new RawTar().Add("up", '2', "../..").Add("a", '1', "up/etc/shadow").Finish() },
        { "through a climbing link", "image.path-escape",
            new RawTar().Add("up", '2', "../../etc").Add("up/passwd", content: "x").Finish() },
        { "through an absolute link", "image.path-escape",
            new RawTar().Add("etc", '2', "/etc").Add("etc/passwd", content: "x").Finish() },
        { "through a link to a link", "image.path-escape",
            new RawTar().Add("a", '2', "..").Add("b", '2', "a").Add("b/x", content: "x").Finish() },
        { "through a hard link to a link", "image.path-escape",
            new RawTar().Add("a", '2', "/etc").Add("b", '1', "a").Add("b/x", content: "x").Finish() },
        { "links in a circle", "image.path-escape",
            new RawTar().Add("a", '2', "b").Add("b", '2', "a").Add("a/x", content: "x").Finish() },
        { "a disk", "image.device", new RawTar().Add("a", '4').Finish() },
        { "a device beside dev", "image.device", new RawTar().Add("dev", '2', "usr").Add("dev/a", '3').Finish() },
        { "100 GB sparse", "image.sparse", new RawTar().Add("a", 'S', claimed: 0).Finish() },
        { "100 GB sparse by pax", "image.sparse",
            new RawTar().Pax("GNU.sparse.realsize", "107374182400").Add("a", content: "x").Finish() },
        { "100 GB claimed", "image.too-large", new RawTar().Add("a", claimed: 100L << 30).Finish() },
        { "100 GB claimed by pax", "image.too-large",
            new RawTar().Pax("size", "107374182400").Add("a", content: "x").Finish() },
        { "a header of 2 GB", "image.too-large", new RawTar().Add("a", 'x', claimed: 2L << 30).Finish() },
        { "cut off", "image.layer-broken", new RawTar().Add("a", content: "x").Finish()[..600] },
        { "without an end", "image.layer-broken", new RawTar().Add("a", content: "x").Finish()[..1024] },
        { "something after the end", "image.layer-broken",
            [.. new RawTar().Add("a").Finish(), .. new RawTar().Add("../b").Finish()] },
        { "two names", "image.layer-broken",
            new RawTar().Pax("path", "x").Add("l", 'L', content: "y\0").Add("a").Finish() },
        { "an unknown type", "image.layer-broken", new RawTar().Add("a", 'Z').Finish() },
        { "a size that is negative", "image.layer-broken", new RawTar().Pax("size", "-1").Add("a").Finish() },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_layer_is_refused_with_its_reason(string what, string code, byte[] tar)
    {
        foreach (var layer in new[] { tar, Gzip(tar) })
        {
            var failure = Assert.Throws<ExecutionException>(() => Inspect(layer));
            Assert.True(code == failure.Code, $"{what}: {failure.Code}: {failure.Message}");
        }
    }

    [Theory]
    [InlineData("usr/lib/a", "lib", "usr/lib", "lib/b")]
    [InlineData("a/b/c", "a/up", "../x", "a/up/y")]
    public void A_link_that_stays_inside_may_be_written_through(
        string first, string link, string target, string second) =>
        Assert.Equal(3, Inspect(new RawTar().Add(first).Add(link, '2', target).Add(second).Finish()).EntryCount);

    [Fact]
    public void A_link_of_a_lower_layer_counts_until_it_is_replaced()
    {
        var lower = new RawTar().Add("a", '2', "/etc").Finish();
        var through = new RawTar().Add("a/passwd", content: "x").Finish();
        var replaced = new RawTar().Add("a/", '5').Add("a/passwd", content: "x").Finish();
        var removed = new RawTar().Add(".wh.a").Add("a/passwd", content: "x").Finish();
        Assert.Throws<ExecutionException>(() => InspectAll(lower, through));
        InspectAll(lower, replaced);
        InspectAll(lower, removed);
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void A_bomb_of_eight_gigabytes_of_zeros_is_refused_early_and_in_little_memory(CompressionLevel level)
    {
        // Twice packed by hand would take as long as the bomb: one packed block of zeros, repeated as members.
        var zeros = new byte[64 << 20];
        var member = Gzip(zeros, level);
        var head = Gzip(new RawTar().Add("zeros", claimed: 8L << 30).Finish()[..512]);
        using var bomb = new MemoryStream([.. head, .. Enumerable.Repeat(member, 128).SelectMany(bytes => bytes)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<ExecutionException>(() =>
            new LayerInspection(new ImageLimits()).Inspect(bomb, ImageWorkshop.Stop));
        Assert.True("image.bomb" == failure.Code, failure.Message);
        // What was read says how long it takes on any machine, whatever else it does: two members at the most.
        Assert.InRange(bomb.Position, 0, 3L * member.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Bytes_entries_and_names_have_limits()
    {
        var limits = new ImageLimits
        {
            EntriesMax = 2,
            UnpackedBytesMax = 8192,
            CompressedBytesMax = 8192,
            PathBytesMax = 20,
            NameBytesMax = 10,
        };
        Assert.Equal("image.too-many-entries", CodeOf(limits, new RawTar().Add("a").Add("b").Add("c").Finish()));
        Assert.Equal("image.too-large", CodeOf(limits, new RawTar().Add("a", content: new string('x', 9000)).Finish()));
        Assert.Equal("image.too-large", CodeOf(limits with { UnpackedBytesMax = 1 << 20 },
            new RawTar().Add("a", content: new string('x', 9000)).Finish()));
        Assert.Equal("image.path-escape", CodeOf(limits, new RawTar().Add("12345678901").Finish()));
        Assert.Equal("image.path-escape", CodeOf(limits, new RawTar().Add("1234567/1234567/1234567").Finish()));
    }

    [Fact]
    public void A_layer_of_random_bytes_is_refused_and_never_crashes()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var tar = new RawTar().Pax("path", "a/b").Add("x", content: "hello").Add("c", '2', "d").Finish();
            for (var change = 0; change < 4; change++) tar[random.Next(tar.Length)] = (byte)random.Next(256);
            try
            {
                Inspect(tar);
            }
            catch (ExecutionException failure)
            {
                Assert.StartsWith("image.", failure.Code);
            }
        }
    }

    private static LayerFacts Inspect(byte[] layer) =>
        new LayerInspection(new ImageLimits()).Inspect(new MemoryStream(layer), ImageWorkshop.Stop);

    private static void InspectAll(params byte[][] layers)
    {
        var inspection = new LayerInspection(new ImageLimits());
        foreach (var layer in layers) inspection.Inspect(new MemoryStream(layer), ImageWorkshop.Stop);
    }

    private static string CodeOf(ImageLimits limits, byte[] layer) =>
        Assert.Throws<ExecutionException>(() =>
            new LayerInspection(limits).Inspect(new MemoryStream(layer), ImageWorkshop.Stop)).Code;

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
