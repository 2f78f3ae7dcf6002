using System.Security.Cryptography;
using System.Text;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Operator;
using Stun.Node.Operator.Results;

namespace Stun.Tests.Operator;

/// <summary>What is made of answers, as the prototype's adapter makes it.</summary>
public sealed class ShapingTests
{
    private readonly List<byte[]> kept = [];

    [Theory]
    [InlineData("""{"foo":1024}""", "foo", "", "uint256",
        "0000000000000000000000000000000000000000000000000000000000000400")]
    [InlineData("""{"foo":[1024,2048]}""", "foo", "", "uint256[]",
        "0000000000000000000000000000000000000000000000000000000000000020"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000400"
        + "0000000000000000000000000000000000000000000000000000000000000800")]
    [InlineData("""{"foo":[30,10530,"string"]}""", "foo", "", "(uint256, uint256, string)",
        "0000000000000000000000000000000000000000000000000000000000000020"
        + "000000000000000000000000000000000000000000000000000000000000001e"
        + "0000000000000000000000000000000000000000000000000000000000002922"
        + "0000000000000000000000000000000000000000000000000000000000000060"
        + "0000000000000000000000000000000000000000000000000000000000000006"
        + "737472696e670000000000000000000000000000000000000000000000000000")]
    [InlineData("-1", "", "", "int", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("true", "", "", "bool", "0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("\"0x0102\"", "", "", "bytes2", "0102000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("\"0x2abeb7afc86612a6d9a1727abc677270adc2422a\"", "", "", "address",
        "0000000000000000000000002abeb7afc86612a6d9a1727abc677270adc2422a")]
    [InlineData("3.14159265358979323846", "", "1000000000000000000", "uint256",
        "0000000000000000000000000000000000000000000000002b992ddfa23249d6")]
    public async Task Types_of_Solidity_are_encoded(string answer, string path, string times, string abi, string hex) =>
        Assert.Equal("0x" + hex, Hex.Data(await ShapeAsync(answer, path, times, abi)));

    [Theory]
    [InlineData("""{"a":{"b":[1,{"c":"d"}]}}""", "a.b.1.c", "\"d\"")]
    [InlineData("""{"a.b":[5]}""", "a.b,0", "5")]
    [InlineData("""{"l":[{"id":"x","v":1},{"id":"y","v":2},{"id":"y","v":3}]}""", "l.id=y.v", "2")]
    [InlineData(""" { "a" : 1, "ü" : "ß" } """, "", """{"a":1,"ü":"ß"}""")]
    [InlineData("12345678901234567890123.5", "", "12345678901234567890123.5")]
    public async Task A_path_leads_to_a_part(string answer, string path, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(await ShapeAsync(answer, path)));

    [Theory]
    [InlineData("1.005", "100", "\"101\"")]
    [InlineData("-2.5", "1", "\"-3\"")]
    [InlineData("\"2.4\"", "1e3", "\"2400\"")]
    [InlineData("[1.5,\"0x10\",3]", "2", "[\"3\",\"32\",\"6\"]")]
    [InlineData("123456789012345678901234567890", "1000000000000000000",
        "\"123456789012345678901234567890000000000000000000\"")]
    public async Task Products_are_exact_and_rounded_halves_away_from_zero(string answer, string times, string expected)
        => Assert.Equal(expected, Encoding.UTF8.GetString(await ShapeAsync(answer, "", times)));

    [Theory]
    [InlineData("""{"a":1}""", "b", "", "", "operator.no-such-key")]
    [InlineData("""[{"id":"x"}]""", "id=y", "", "", "operator.no-such-key")]
    [InlineData("plain words", "a", "", "", "operator.no-such-key")]
    [InlineData("\"words\"", "", "10", "", "operator.no-number")]
    [InlineData("1", "", "ten", "", "operator.no-number")]
    [InlineData("1e999", "", "1", "", "operator.no-number")]
    [InlineData("1.5", "", "", "uint256", "operator.bad-abi")]
    [InlineData("-1", "", "", "uint256", "operator.bad-abi")]
    [InlineData("256", "", "", "uint8", "operator.bad-abi")]
    [InlineData("[1]", "", "", "(uint256,uint256)", "operator.bad-abi")]
    [InlineData("[1,2,3]", "", "", "(uint256,uint256)", "operator.bad-abi")]
    [InlineData("1", "", "", "uint257", "operator.bad-abi")]
    [InlineData("1", "", "", "ipfs/xml", "operator.bad-abi")]
    public async Task What_cannot_be_made_is_refused(string answer, string path, string times, string abi, string code)
    {
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => ShapeAsync(answer, path, times, abi));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Documents_become_canonical_CBOR()
    {
        Assert.Equal("0x83181e1929226673" + "7472696e67", Hex.Data(await ShapeAsync("""[30,10530,"string"]""", "", "",
            "cbor")));
        Assert.Equal("0xa26161f93e006162f5",
            Hex.Data(await ShapeAsync("""{"b":true,"a":1.5}""", "", "", "cbor")));
    }

    [Theory]
    [InlineData("ipfs", """{"a":1}""")]
    [InlineData("ipfs/json", """{"a":1}""")]
    public async Task Content_is_kept_under_an_id_that_is_its_digest(string abi, string content)
    {
        var name = Encoding.ASCII.GetString(await ShapeAsync("""{"a": 1}""", "", "", abi));
        Assert.Equal(content, Encoding.UTF8.GetString(Assert.Single(kept)));
        Assert.Equal(Digest.Read(SHA256.HashData(kept[0])), ContentId.TryParse(name)?.Blob);
    }

    [Fact]
    public void Content_ids_are_those_of_IPFS()
    {
        // As 'ipfs block put' names the five bytes "hello".
        const string hello = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";
        var digest = Digest.Read(SHA256.HashData("hello"u8));
        Assert.Equal(hello, ContentId.Of(digest));
        Assert.Equal(new ContentName(digest, false), ContentId.TryParse(hello));
        Assert.Equal(digest, ContentId.TryParse($"sha256:{digest}")?.Blob);
        Assert.Null(ContentId.TryParse(hello[..^1]));
        Assert.Null(ContentId.TryParse(hello[..^1] + "r"));
        Assert.Null(ContentId.TryParse("b" + hello[..^1]));
        Assert.Null(ContentId.TryParse("QmPuQCKrxf6CUwdB4mUghgR9qKZ89DV5Frrjg5ZPAYyvQF"));
        // As 'ipfs dag put' names the document {}, kept as CBOR and as JSON.
        Assert.Equal(new ContentName(Digest.Read(SHA256.HashData([0xa0])), true),
            ContentId.TryParse("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"));
        Assert.Equal(new ContentName(Digest.Read(SHA256.HashData("{}"u8)), false),
            ContentId.TryParse("baguqeeraiqjw7i2vwntyuekgvulpp2det2kpwt6cd7tx5ayqybqpmhfk76fa"));
    }

    [Fact]
    public void Documents_that_others_wrote_in_CBOR_are_read_as_JSON()
    {
        // Numbers of 64 bits, as dag-cbor has them, and a list without a length.
        byte[] written =
        [
            0xa3, 0x61, 0x61, 0xfb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0, 0x61, 0x62, 0x9f, 0x20, 0xf5, 0xff, 0x62, 0xc3, 0xa4,
            0x6e, 0xf6,
        ];
        Assert.ThrowsAny<Exception>(() => CborDocument.Decode(written));
        written[^2] = 0xf6;
        Assert.Equal("""{"a":0.5,"b":[-1,true],"ä":null}""", JsonText.Of(CborDocument.Decode(written.AsSpan(..^1))));
        // Bytes, links and names that stand twice are nothing that a service could read.
        foreach (var bad in (byte[][])
            [
                [0x41, 0x00], [0xd8, 0x2a, 0x41, 0x00], [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02],
                [0xa1, 0x01, 0x01], [],
            ])
            Assert.ThrowsAny<Exception>(() => CborDocument.Decode(bad));
    }

    [Fact]
    public async Task A_text_that_looks_like_digits_stays_a_text_unless_the_owner_serves_old_contracts()
    {
        var plain = new Shaping("", "", "");
        Assert.Equal("0x1000"u8.ToArray(), plain.Plain("0x1000"u8.ToArray()));
        var old = plain with { HexBecomesBytes = true };
        Assert.Equal([0x10, 0x00], old.Plain("0x1000"u8.ToArray()));
        Assert.Equal("foo"u8.ToArray(), old.Plain("foo"u8.ToArray()));
        Assert.Equal("0x1000\n"u8.ToArray(), old.Plain("0x1000\n"u8.ToArray()));
        Assert.Equal([0x10, 0x00], await old.ApplyAsync("0x1000"u8.ToArray(), KeepAsync));
    }

    [Fact]
    public async Task What_a_program_wrote_is_passed_on_as_it_is_or_as_a_value()
    {
        Assert.Equal("two words\n"u8.ToArray(), await new Shaping("", "", "").ApplyAsync(
            "two words\n"u8.ToArray(), KeepAsync));
        Assert.Equal("42"u8.ToArray(), await new Shaping("", "", "").ApplyAsync("42\n"u8.ToArray(), KeepAsync));
        Assert.EndsWith("74776f20776f726473" + new string('0', 46), Hex.Data(
            await new Shaping("", "", "string").ApplyAsync("two words\n"u8.ToArray(), KeepAsync)));
    }

    private async Task<byte[]> ShapeAsync(string answer, string path, string times = "", string abi = "") =>
        await new Shaping(path, times, abi).ApplyAsync(Encoding.UTF8.GetBytes(answer), KeepAsync);

    private Task<Digest> KeepAsync(byte[] content)
    {
        kept.Add(content);
        return Task.FromResult(Digest.Read(SHA256.HashData(content)));
    }
}
