using System.Text.Json.Nodes;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Encoding;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Operator;
using Stun.Node.Operator.Wire;

namespace Stun.Tests.Operator;

/// <summary>What is read from an operator's contract, and what it is told: byte for byte.</summary>
public sealed class WireTests
{
    private const string Tx0 =
        "0xde40f8837177d8e016d4d507166ce563e68da73a867f100a43014006b147c6819fcb02b9"
        + "0000000000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000002abeb7afc86612a6d9a1727abc677270adc2422a"
        + "c2fb852300000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000063271e84"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000080"
        + "7177d8e016d4d507166ce563e68da73a867f100a43014006b147c6819fcb02b9"
        + "0000000000000000000000000000000000000000000000000000000000000040"
        + "000000000000000000000000000000000000000000000000000000000000001a"
        + "7b226572726f72223a202266656520746f6f20736d616c6c227d000000000000";

    [Fact]
    public void The_published_answer_is_written_byte_for_byte()
    {
        var reply = Reply.Refused(new RequestRefusedException(Reply.FeeTooSmall, "fee too small"), 0);
        Assert.Equal(Tx0, Hex.Data(OperatorCalls.FulfillAndRefund(
            Requests.Published, reply.Result.Span, reply.Refund)));
        Assert.Equal("0xae5f0d02" + Requests.Id[2..] + new string('0', 24) + Requests.Requester[2..],
            Hex.Data(OperatorCalls.ProcessRefund(Requests.Published, Requests.Published.Requester)));
    }

    [Fact]
    public void The_other_verbs_begin_with_the_words_of_the_commitment()
    {
        var head = Tx0[10..(10 + (5 * 64))];
        Assert.Equal("0xa5926c0d" + head + new string('0', 24) + Requests.Requester[2..],
            Hex.Data(OperatorCalls.Reject(Requests.Published, Requests.Published.Requester)));
        Assert.StartsWith("0x6ae0bc76" + head + new string('0', 62) + "c0",
            Hex.Data(OperatorCalls.Fulfill(Requests.Published, "x"u8)));
        Assert.Equal(
            Hex.Data(Chain.Evm.Contracts.Operator.Calls.ExpireOracleRequest(Requests.Published.RequestId, 0,
                Requests.Published.CallbackAddress, Bytes(Requests.Published), 1663508100UL)),
            Hex.Data(OperatorCalls.Expire(Requests.Published)));
        Assert.Equal(
            Hex.Data(Chain.Evm.Contracts.Operator.Calls.ExtendOracleRequest(Requests.Published.RequestId, 0,
                Requests.Published.CallbackAddress, Bytes(Requests.Published), 1663508100UL, 7UL)),
            Hex.Data(OperatorCalls.Extend(Requests.Published, 7UL)));
    }

    [Fact]
    public void A_log_of_the_contract_is_a_request()
    {
        var request = Requests.Asking("echo", "[1]", payment: 12);
        var log = LogOf(request);
        Assert.Equal(request, OracleRequest.TryRead(log));
        Assert.Equal("5db955dabd334024861406858e1fbbe2", OracleRequest.TryRead(log)!.SpecName);
        Assert.Null(OracleRequest.TryRead(log with { Data = log.Data[..^32] }));
        Assert.Null(OracleRequest.TryRead(log with { Topics = [OperatorTopics.Response, log.Topics[1]] }));
    }

    [Fact]
    public void The_published_pairs_are_read()
    {
        var pairs = RequestPairs.Read(Requests.Published.Data.Span);
        Assert.Equal(("echo", "1024", "", "", ""),
            (pairs.ServiceName, pairs.Data, pairs.KeyPath, pairs.Abi, pairs.Multiplier));
        Assert.Null(pairs.RefundTo);
        Assert.False(pairs.IsPolled);
    }

    [Fact]
    public void Pairs_may_have_other_kinds_of_values_and_the_last_of_two_counts()
    {
        byte[] body = [.. Requests.Text("a"), 0x18, 0x2a, .. Requests.Text("b"), 0x42, 1, 2, .. Requests.Text("c"),
            0x82, .. Requests.Text("x"), .. Requests.Text("y"), .. Requests.Text("a"), 0x20];
        var pairs = RequestPairs.Read(body);
        Assert.Equal(("-1", "0x0102", "x,y", ""), (pairs["a"], pairs["b"], pairs["c"], pairs["d"]));
    }

    [Theory]
    [InlineData("61")]
    [InlineData("6161")]
    [InlineData("616161ff")]
    [InlineData("01616161")]
    [InlineData("6161f6")]
    [InlineData("6161a0")]
    [InlineData("6161818181818161")]
    [InlineData("a1616161ff")]
    [InlineData("61617f6161ff")]
    [InlineData("7b7fffffffffffffff61")]
    public void What_is_no_pairs_is_refused_with_the_reason(string hex)
    {
        var refused = Assert.Throws<RequestRefusedException>(() => RequestPairs.Read(Convert.FromHexString(hex)));
        Assert.Equal("operator.malformed", refused.Code);
    }

    [Fact]
    public void Any_bytes_are_pairs_or_refused()
    {
        var dice = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var data = new byte[dice.Next(60)];
            dice.NextBytes(data);
            if (round % 2 == 0) Requests.Published.Data.Span[..Math.Min(data.Length, 49)].CopyTo(data);
            if (data.Length > 0) data[dice.Next(data.Length)] = (byte)dice.Next(256);
            try
            {
                RequestPairs.Read(data);
            }
            catch (RequestRefusedException refused)
            {
                Assert.Equal("operator.malformed", refused.Code);
            }
        }
    }

    [Fact]
    public void Nobody_sensible_to_refund_is_nobody()
    {
        Assert.Null(RequestPairs.Read(Requests.Of(0, "refundTo", "0xdeadbeef").Data.Span).RefundTo);
        // As the contract reads it, so that nobody names one address to it and another to the owner's policy.
        foreach (var text in (string[])[Requests.Requester, Requests.Requester[2..], Requests.Requester.ToUpper()])
            Assert.Equal(Requests.Published.Requester,
                RequestPairs.Read(Requests.Of(0, "refundTo", text).Data.Span).RefundTo);
    }

    [Fact]
    public void Calls_topics_and_pairs_are_those_of_the_contracts_vectors()
    {
        var vectors = JsonNode.Parse(File.ReadAllText(Repository.PathOf("contracts/spec/vectors/operator.json")))!;
        Assert.Equal((string)vectors["topics"]!["OracleRequestExtended(bytes32,address,uint256)"]!,
            $"0x{OperatorTopics.Extended}");
        Assert.Equal((string)vectors["topics"]!["OracleRequestExpired(bytes32,address,uint256)"]!,
            $"0x{OperatorTopics.Expired}");
        Assert.Equal((string)vectors["topics"]!["CancelOracleRequest(bytes32)"]!, $"0x{OperatorTopics.Cancelled}");
        Assert.Equal((string)vectors["topics"]!["OracleResponse(bytes32)"]!, $"0x{OperatorTopics.Response}");
        var quorum = RequestPairs.Read(Hex.ParseData((string)vectors["quorum"]!["data"]!, "pairs"));
        Assert.True(quorum.IsPolled);
        Assert.Equal(2, quorum.Nodes.Count);
        var requests = vectors["requests"]!.AsArray();
        foreach (var (index, answer) in vectors["answers"]!.AsArray().Index())
        {
            var (asked, told) = (requests[index]!, answer!);
            var pairs = RequestPairs.Read(Hex.ParseData((string)asked["data"]!, "pairs"));
            Assert.All(asked["pairs"]!.AsObject(), pair => Assert.Equal((string)pair.Value!, pairs[pair.Key]));
            var who = AddressText.Parse((string)asked["requester"]!, "requester");
            var request = new OracleRequest(default, who, Hex.ParseDigest((string)asked["requestId"]!, "id"),
                UInt256.TryParse((string)asked["payment"]!)!.Value, who,
                Convert.ToUInt32((string)asked["callback"]!, 16),
                UInt256.TryParse((string)told["expiration"]!)!.Value, 1UL, []);
            Assert.Equal((string)told["tx0"]!, Hex.Data(OperatorCalls.FulfillAndRefund(request,
                Hex.ParseData((string)told["result"]!, "result"),
                UInt256.TryParse((string)told["refund"]!)!.Value)));
        }
    }

    private static ValueList<byte> Bytes(OracleRequest request) => ValueList.Create<byte>(
        [(byte)(request.CallbackFunction >> 24), (byte)((request.CallbackFunction >> 16) & 255),
        (byte)((request.CallbackFunction >> 8) & 255), (byte)(request.CallbackFunction & 255)]);

    private static EvmLog LogOf(OracleRequest request)
    {
        var words = new AbiWriter(8 * AbiWriter.WordSize);
        words.Account(request.Requester);
        words.Bytes32(request.RequestId);
        words.Number(request.Payment);
        words.Account(request.CallbackAddress);
        words.FixedBytes(Bytes(request).Span, 4);
        words.Number(request.Expiration);
        words.Number(request.DataVersion);
        words.Bytes(request.Data.Span);
        return new EvmLog(Address.Zero, [OracleRequest.Topic, request.SpecId], words.ToArray());
    }
}
