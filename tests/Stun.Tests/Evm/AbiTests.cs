using System.Numerics;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;

namespace Stun.Tests.Evm;

public sealed class AbiTests
{
    private const ulong Seed = 20_261_126;

    [Theory]
    // The examples of the specification of the contract ABI.
    [InlineData("baz(uint32,bool)", 0xcdcd77c0)]
    [InlineData("bar(bytes3[2])", 0xfce353f6)]
    [InlineData("sam(bytes,bool,uint256[])", 0xa5643bf2)]
    [InlineData("f(uint256,uint32[],bytes10,bytes)", 0x8be65246)]
    [InlineData("g(uint256[][],string[])", 0x2289b18c)]
    [InlineData("transfer(address,uint256)", 0xa9059cbb)]
    public void Published_selectors_are_met(string signature, uint selector)
    {
        Assert.Equal(selector, AbiSignature.Parse(signature).Selector);
        Assert.Equal(signature, AbiSignature.Parse(signature).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("uint")]
    [InlineData("int")]
    [InlineData("uint0")]
    [InlineData("uint08")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("int257")]
    [InlineData("uint 8")]
    [InlineData("bytes0")]
    [InlineData("bytes33")]
    [InlineData("bytes01")]
    [InlineData("byte")]
    [InlineData("Bool")]
    [InlineData("fixed128x18")]
    [InlineData("uint8[0]")]
    [InlineData("uint8[-1]")]
    [InlineData("uint8[01]")]
    [InlineData("uint8[")]
    [InlineData("uint8]")]
    [InlineData("uint8[2049]")]
    [InlineData("uint8[2048][2]")]
    [InlineData("uint8[99999999999]")]
    [InlineData("()")]
    [InlineData("(uint8")]
    [InlineData("(uint8,)")]
    [InlineData("(,uint8)")]
    [InlineData("uint8)")]
    [InlineData("uint8,uint8")]
    [InlineData("uint8[][][][][][][][][][][][][][][][][]")]
    public void What_is_no_type_is_refused(string text) =>
        Assert.Equal("abi.type", Assert.Throws<ChainException>(() => AbiType.Parse(text)).Code);

    [Fact]
    public void A_type_of_any_depth_is_refused_and_not_a_crash()
    {
        var brackets = string.Concat(Enumerable.Repeat("[]", 50_000));
        foreach (var text in new[] { new string('(', 100_000), "uint8" + brackets })
            Assert.Equal("abi.type", Assert.Throws<ChainException>(() => AbiType.Parse(text)).Code);
    }

    [Theory]
    [InlineData("transfer")]
    [InlineData("(address)")]
    [InlineData("1f()")]
    [InlineData("f g()")]
    [InlineData("f()[]")]
    [InlineData("f(uint256)x")]
    public void What_is_no_signature_is_refused(string text) =>
        Assert.StartsWith("abi.", Assert.Throws<ChainException>(() => AbiSignature.Parse(text)).Code);

    [Theory]
    // Words are written as their last digits; each line is one word.
    [InlineData("uint8", "100", "abi.range")]
    [InlineData("int8", "80", "abi.range")]
    [InlineData("bool", "2", "abi.range")]
    [InlineData("address", "10000000000000000000000000000000000000000", "abi.range")]
    [InlineData("bytes4", "1", "abi.padding")]
    [InlineData("uint8", "1 2", "abi.trailing")]
    [InlineData("uint8", "", "abi.short")]
    [InlineData("bytes", "20", "abi.short")]
    [InlineData("bytes", "20 1", "abi.short")]
    [InlineData("bytes", "20 1 1", "abi.padding")]
    [InlineData("bytes", "0", "abi.offset")]
    [InlineData("bytes", "40 0 0", "abi.offset")]
    [InlineData("bytes", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0 0", "abi.offset")]
    [InlineData("bytes", "20 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "abi.short")]
    [InlineData("bytes", "20 100000000 0", "abi.short")]
    [InlineData("uint256[]", "20 2 7", "abi.short")]
    [InlineData("uint256[]", "20 7fffffff", "abi.short")]
    // Two arrays that share their elements; an array that holds itself.
    [InlineData("uint256[][]", "20 2 40 40 1 7", "abi.offset")]
    [InlineData("uint256[][]", "20 1 0 0", "abi.offset")]
    public void What_is_not_the_one_encoding_is_refused_by_name(string type, string words, string code)
    {
        var hex = string.Concat(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.PadLeft(64, '0')));
        var refusal = Assert.Throws<ChainException>(
            () => AbiCodec.Decode([AbiType.Parse(type)], Convert.FromHexString(hex)));
        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public void A_string_that_is_no_text_and_data_without_end_are_refused()
    {
        var bytes = AbiCodec.Encode([AbiType.Parse("bytes")], [new AbiValue.Bytes([0xff, 0xfe])]);
        Assert.Equal("abi.text",
            Assert.Throws<ChainException>(() => AbiCodec.Decode([AbiType.Parse("string")], bytes)).Code);
        Assert.Equal("abi.too-large", Assert.Throws<ChainException>(
            () => AbiCodec.Decode([AbiType.Parse("bytes")], new byte[AbiReader.SizeMax + 1])).Code);
    }

    [Theory]
    [InlineData("uint8", 256)]
    [InlineData("uint8", -1)]
    [InlineData("int8", 128)]
    [InlineData("int8", -129)]
    [InlineData("bool", 1)]
    [InlineData("string", 1)]
    [InlineData("uint8[]", 1)]
    public void A_value_of_another_type_is_refused(string type, int value) =>
        Assert.Equal("abi.value", Assert.Throws<ChainException>(
            () => AbiCodec.Encode([AbiType.Parse(type)], [new AbiValue.Number(value)])).Code);

    [Fact]
    public void Arrays_and_tuples_of_another_length_are_refused()
    {
        var two = new AbiValue.List([new AbiValue.Number(1), new AbiValue.Number(2)]);
        foreach (var type in new[] { "uint8[3]", "(uint8)", "(uint8,uint8,uint8)" })
            Assert.Equal("abi.value",
                Assert.Throws<ChainException>(() => AbiCodec.Encode([AbiType.Parse(type)], [two])).Code);
        Assert.Equal("abi.value", Assert.Throws<ChainException>(() => AbiCodec.Encode([], [two])).Code);
        Assert.Equal("abi.value", Assert.Throws<ChainException>(
            () => AbiCodec.Encode([AbiType.Parse("bytes4")], [new AbiValue.Bytes([1, 2, 3])])).Code);
    }

    [Fact]
    public void Foreign_bytes_are_refused_or_are_the_one_encoding_of_what_they_say()
    {
        var prng = new Prng(Seed);
        var vectors = EvmVectors.Read("abi").Select(vector =>
            (Types: EvmVectors.Types(vector!["types"]), Encoded: EvmVectors.Bytes(vector["encoded"]))).ToList();
        var (taken, refused) = (0, 0);
        for (var turn = 0; turn < 40_000; turn++)
        {
            var (types, encoded) = vectors[(int)prng.Below((ulong)vectors.Count)];
            var bytes = Bent(encoded, prng);
            try
            {
                Assert.Equal(bytes, AbiCodec.Encode(types, AbiCodec.Decode(types, bytes)));
                taken++;
            }
            catch (ChainException refusal)
            {
                Assert.StartsWith("abi.", refusal.Code);
                refused++;
            }
        }
        Assert.True(taken > 1_000 && refused > 1_000, $"{taken} taken, {refused} refused");
    }

    [Fact]
    public void Another_event_is_no_event_and_a_broken_one_is_refused()
    {
        var transfer = new AbiEvent(AbiSignature.Parse("Transfer(address,address,uint256)"), [true, true, false]);
        var (topic, who) = (transfer.Signature.Topic, new Digest(0, 0, 0, 7));
        var log = new AbiLog(default, [topic, who, who], new byte[32]);
        Assert.Equal(3, transfer.TryDecode(log)!.Value.Count);
        Assert.Null(transfer.TryDecode(log with { Topics = [] }));
        Assert.Null(transfer.TryDecode(log with { Topics = [who, who, who] }));
        // What a token of single things logs: the same hash, with the thing as a topic.
        Assert.Null(transfer.TryDecode(new AbiLog(default, [topic, who, who, who], default)));
        Assert.Equal("abi.short",
            Assert.Throws<ChainException>(() => transfer.TryDecode(log with { Data = new byte[31] })).Code);
        Assert.Equal("abi.range", Assert.Throws<ChainException>(
            () => transfer.TryDecode(log with { Topics = [topic, who, new Digest(1, 0, 0, 0)] })).Code);
    }

    [Fact]
    public void A_refusal_says_in_words_why()
    {
        var balance = AbiSignature.Parse("InsufficientBalance(address,uint256)");
        var who = new Address(1, 2, 3);
        var data = balance.EncodeCall([new AbiValue.Account(who), new AbiValue.Number(5)]);
        var known = Revert.Read(data, [balance]);
        Assert.Equal(("InsufficientBalance", $"The contract refused: InsufficientBalance({who}, 5)"),
            (known.Name, known.Message));
        Assert.Contains("not known here: 0x", Revert.Read(data, []).Message);
        Assert.Contains("gave no reason", Revert.Read([], [balance]).Message);
        Assert.Null(Revert.Read(data.AsSpan(0, 20), [balance]).Name);
        Assert.Null(Revert.Read([1, 2], [balance]).Name);
    }

    [Theory]
    [InlineData("too early", "The contract refused: too early")]
    [InlineData("a\u001b[31m\nb\u202e", "The contract refused: a\ufffd[31m\ufffdb\ufffd")]
    public void A_reason_is_shown_without_what_terminals_obey(string reason, string message)
    {
        var data = AbiSignature.Parse("Error(string)").EncodeCall([new AbiValue.Text(reason)]);
        Assert.Equal(("Error", message), (Revert.Read(data, []).Name, Revert.Read(data, []).Message));
    }

    [Fact]
    public void A_reason_that_is_too_long_or_no_text_is_still_shown()
    {
        var error = AbiSignature.Parse("Error(bytes)");
        var head = AbiSignature.Parse("Error(string)").EncodeCall([new AbiValue.Text("")])[..4];
        byte[] Reason(byte[] text) => [.. head, .. AbiCodec.Encode(error.Types, [new AbiValue.Bytes([.. text])])];
        Assert.Equal("The contract refused: \ufffdx", Revert.Read(Reason([0xff, (byte)'x']), []).Message);
        Assert.InRange(Revert.Read(Reason([.. Enumerable.Repeat((byte)'x', 9_000)]), []).Message.Length, 500, 530);
    }

    [Theory]
    [InlineData(0x11, "a number that does not fit its type (panic 0x11)")]
    [InlineData(0x32, "an index beyond the end of an array (panic 0x32)")]
    [InlineData(0x99, "an unknown fault (panic 0x99)")]
    [InlineData(0x111, "an unknown fault (panic 0x111)")]
    public void A_panic_is_told_in_words(int code, string what)
    {
        var data = AbiSignature.Parse("Panic(uint256)").EncodeCall([new AbiValue.Number(code)]);
        Assert.Equal(("Panic", $"The contract failed: {what}."),
            (Revert.Read(data, []).Name, Revert.Read(data, []).Message));
    }

    [Fact]
    public void Signed_numbers_keep_their_sign_at_every_width()
    {
        for (var bits = 8; bits <= 256; bits += 8)
        {
            var half = BigInteger.One << (bits - 1);
            ValueList<AbiType> types = [AbiType.Parse($"int{bits}")];
            foreach (var value in new[] { -half, -half + 1, -1, 0, 1, half - 1 })
                Assert.Equal([new AbiValue.Number(value)],
                    AbiCodec.Decode(types, AbiCodec.Encode(types, [new AbiValue.Number(value)])));
        }
    }

    /// <summary>Bent where it hurts: offsets and lengths are small numbers at the end of their word.</summary>
    private static byte[] Bent(byte[] bytes, Prng prng)
    {
        bytes = [.. bytes];
        for (var times = prng.Below(3); times > 0 && bytes.Length > 0; times--)
        {
            var word = (int)prng.Below((ulong)(bytes.Length / 32)) * 32;
            switch (prng.Below(5))
            {
                case 0:
                    bytes[word + 31] = (byte)(prng.Next() & 0xff);
                    break;
                case 1:
                    bytes[word + 31] ^= 0x20;
                    break;
                case 2:
                    bytes.AsSpan(word, 32).Fill((byte)(prng.Next() & 0xff));
                    break;
                case 3:
                    bytes = bytes[..(int)prng.Below((ulong)bytes.Length)];
                    if (bytes.Length < 32) return bytes;
                    break;
                default:
                    bytes[(int)prng.Below((ulong)bytes.Length)] ^= (byte)(1 + prng.Below(255));
                    break;
            }
        }
        return bytes;
    }
}
