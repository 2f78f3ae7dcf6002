using System.Numerics;
using System.Text.Json.Nodes;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Encoding;

namespace Stun.Tests.Bindings;

/// <summary>
/// The bindings of a contract that has one of everything, beside what viem makes of the same artifact
/// (eng/bindings-sample.mjs).
/// </summary>
public sealed class SampleTests
{
    private static readonly JsonNode Vectors =
        JsonNode.Parse(File.ReadAllText(Repository.PathOf("tests/Stun.Tests/Bindings/vectors.json")))!;

    private static readonly Address Alice = Address.Read([.. Enumerable.Repeat((byte)0x11, 20)]);
    private static readonly Address Bob = Address.Read([.. Enumerable.Repeat((byte)0xab, 20)]);

    private static readonly Sample.Route Route = new(
        new TaskId(0x0102030405060708, 0x0102030405060708), "grüße", [new(-1, 2), new(3, 4)],
        [0xde, 0xad, 0xbe, 0xef]);

    [Fact]
    public void A_deployment_carries_the_code_and_the_arguments() =>
        Assert.Equal(Text("deploy"), Hex.Data(Sample.Deploy(Alice, [5, UInt128.One << 100], "Stun")));

    [Fact]
    public void Calls_are_those_of_another_implementation()
    {
        Assert.Equal(Text("calls", "move"), Hex.Data(Sample.Calls.Move(Bob, (UInt128.One << 96) - 1)));
        Assert.Equal(Text("calls", "moveWithData"), Hex.Data(Sample.Calls.Move(Bob, 7, [1, 2, 3])));
        Assert.Equal(Text("calls", "route"), Hex.Data(Sample.Calls.Route(Route, [[new(1, 2), new(-3, 4)]], 1)));
        Assert.Equal(Text("calls", "at"), Hex.Data(Sample.Calls.At((1UL << 40) - 1)));
        Assert.Equal(Text("calls", "signedOnes"), Hex.Data(
            Sample.Calls.SignedOnes(-128, Int128.MinValue, (BigInteger.One << 255) - 1)));
        Assert.Equal(Text("calls", "names"), Hex.Data(Sample.Calls.Names(["", "b", new string('c', 40)])));
        Assert.Equal(Text("calls", "total"), Hex.Data(Sample.Calls.Total()));
    }

    [Fact]
    public void Answers_are_read_as_another_implementation_wrote_them()
    {
        Assert.True(Sample.Answers.Move(Bytes("answers", "move")));
        Assert.Equal((Route, 9ul, (byte)1), Sample.Answers.Route(Bytes("answers", "route")));
        var at = Sample.Answers.At(Bytes("answers", "at"));
        Assert.Equal((77UL, new string('2', 64)), (at.PayableAt, at.Root.ToString()));
        Assert.Equal((-1, 5, -(BigInteger.One << 255)), Sample.Answers.SignedOnes(Bytes("answers", "signedOnes")));
        Assert.Equal(["", "b", new string('c', 40)], Sample.Answers.Names(Bytes("answers", "names")));
        Assert.Equal([new(0, 0), new(-5, 0)], Sample.Answers.Sample(Bytes("answers", "sample")));
        Assert.Equal(Alice, Sample.Answers.Token(Bytes("answers", "token")));
        Assert.Equal(UInt128.MaxValue, Sample.Answers.Total(Bytes("answers", "total")));
    }

    [Fact]
    public void Events_are_read_as_another_implementation_wrote_them()
    {
        Assert.Equal(new Sample.Event.Moved(Alice, 5, new(-7, 8), [10, 11]), Sample.Event.TryDecode(Log("moved")));
        var tag = Keccak256.Hash("tag"u8);
        var root = Digest.Read([.. Enumerable.Repeat((byte)0x33, 32)]);
        Assert.Equal(new Sample.Event.Tagged(tag, root, true), Sample.Event.TryDecode(Log("tagged")));
        Assert.Equal(new Sample.Event.Moment(1UL << 40), Sample.Event.TryDecode(Log("moment")));
        Assert.Equal(new Sample.Event.Nothing(), Sample.Event.TryDecode(Log("nothing")));
    }

    [Fact]
    public void Another_log_is_no_event_and_a_broken_one_is_refused()
    {
        var moved = Log("moved");
        Assert.Null(Sample.Event.TryDecode(moved with { Topics = [] }));
        Assert.Null(Sample.Event.TryDecode(moved with { Topics = moved.Topics.Add(default) }));
        Assert.Null(Sample.Event.TryDecode(moved with { Topics = [default, .. moved.Topics.Span[1..]] }));
        Refused("abi.short", () => Sample.Event.TryDecode(moved with { Data = moved.Data[..31] }));
        Refused("abi.trailing", () => Sample.Event.TryDecode(
            moved with { Data = (byte[])[.. moved.Data.Span, .. new byte[32]] }));
        var many = new Digest(1, 0, 0, 0);
        Refused("abi.range", () => Sample.Event.TryDecode(
            moved with { Topics = [moved.Topics[0], moved.Topics[1], many] }));
    }

    [Fact]
    public void Errors_are_read_as_another_implementation_wrote_them()
    {
        Assert.Equal(new Sample.Error.Refused(), Sample.Error.TryDecode(Bytes("errors", "refused")));
        Assert.Equal(new Sample.Error.TooFar(Bob, 7, Route), Sample.Error.TryDecode(Bytes("errors", "tooFar")));
        Assert.Equal(new Sample.Error.Refusal(9), Sample.Error.TryDecode(Bytes("errors", "refusal")));
        Assert.Null(Sample.Error.TryDecode([1, 2, 3, 4]));
        Assert.Null(Sample.Error.TryDecode([1]));
        var revert = Revert.Read(Bytes("errors", "refusal"), Sample.Error.Signatures);
        Assert.Equal(("Refusal", "The contract refused: Refusal(9)"), (revert.Name, revert.Message));
    }

    [Fact]
    public void A_number_that_its_type_in_the_contract_cannot_hold_is_refused_before_it_is_sent()
    {
        Refused("abi.value", () => Sample.Calls.Move(Bob, UInt128.One << 96));
        Refused("abi.value", () => Sample.Calls.At(1UL << 40));
        Refused("abi.value", () => Sample.Calls.SignedOnes(128, 0, 0));
        Refused("abi.value", () => Sample.Calls.SignedOnes(0, 0, BigInteger.One << 255));
        Refused("abi.value", () => Sample.Deploy(Alice, [1], ""));
        Refused("abi.value", () => Sample.Calls.Route(Route, [[new(1, 2)]], 0));
        Refused("abi.value", () => Sample.Calls.Route(Route with { Event = [1] }, [], 0));
    }

    [Fact]
    public void An_answer_of_another_contract_is_refused()
    {
        Refused("abi.short", () => Sample.Answers.Token([]));
        Refused("abi.trailing", () => Sample.Answers.Token([.. Bytes("answers", "token"), .. new byte[32]]));
        Refused("abi.range", () => Sample.Answers.Move(Bytes("answers", "token")));
    }

    private static void Refused(string code, Func<object?> act) =>
        Assert.Equal(code, Assert.Throws<ChainException>(act).Code);

    private static void Refused(string code, Action act) => Assert.Equal(code, Assert.Throws<ChainException>(act).Code);

    private static string Text(params string[] path) =>
        (string)path.Aggregate(Vectors, (node, name) => node[name]!)!;

    private static byte[] Bytes(string group, string name) => Hex.ParseData(Text(group, name), name);

    private static AbiLog Log(string name)
    {
        var log = Vectors["logs"]![name]!;
        return new AbiLog(default,
            [.. log["topics"]!.AsArray().Select(topic => Hex.ParseDigest((string?)topic, name))],
            Hex.ParseData((string?)log["data"], name));
    }
}
