using System.Text;
using Stun.Chain;
using Stun.Chain.Evm.Rpc;

namespace Stun.Tests.Evm;

/// <summary>What nodes answer, taken apart: foreign bytes.</summary>
public sealed class RpcAnswersTests
{
    private static RpcCall<ulong>[] Calls(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => RpcCalls.BlockNumber(default))];

    private static void Hand(string body, RpcCall[] calls, long firstId = 10) =>
        RpcAnswers.Hand(Encoding.UTF8.GetBytes(body), firstId, calls);

    [Fact]
    public async Task Answers_in_any_order_reach_the_calls_that_they_belong_to()
    {
        var calls = Calls(3);
        Hand("""
            [{"id":12,"jsonrpc":"2.0","result":"0x3"},{"result":"0x1","extra":[{"id":99}],"id":10},
             {"jsonrpc":"2.0","error":null,"id":11,"result":"0x2"}]
            """, calls);
        ulong[] values = await Task.WhenAll(calls.Select(each => each.Task));
        Assert.Equal([1UL, 2UL, 3UL], values);
    }

    [Fact]
    public async Task What_was_not_answered_is_still_open_and_what_was_answered_before_a_fault_is_not()
    {
        var calls = Calls(3);
        Hand("""[{"id":11,"result":"0xff"}]""", calls);
        Assert.Equal(255u, await calls[1].Task);
        Assert.Throws<TransportFault>(() => Hand("""[{"id":10,"result":"0x5"},{"id":12,"resu""", calls));
        Assert.Equal([true, true, false], calls.Select(each => each.IsAnswered));
    }

    [Theory]
    [InlineData("""{"id":9,"result":"0x1"}""")]
    [InlineData("""{"id":11,"result":"0x1"}""")]
    [InlineData("""[{"id":10,"result":"0x1"},{"id":10,"result":"0x2"}]""")]
    [InlineData("""{"id":"10","result":"0x1"}""")]
    [InlineData("""{"result":"0x1"}""")]
    [InlineData("""{"id":10}""")]
    [InlineData("""{"id":10,"result":null}""")]
    [InlineData("""{"id":10,"result":"0x"}""")]
    [InlineData("""{"id":10,"result":"17"}""")]
    [InlineData("""{"id":10,"result":"0x10000000000000000"}""")]
    [InlineData("""{"id":10,"result":"0x1g"}""")]
    [InlineData("""{"id":10,"error":"no"}""")]
    [InlineData("""[10]""")]
    [InlineData("""10""")]
    [InlineData("")]
    public void What_fits_no_call_or_has_no_form_is_a_fault_of_the_endpoint(string body) =>
        Assert.Throws<TransportFault>(() => Hand(body, Calls(1)));

    [Fact]
    public void Every_cut_and_every_flipped_byte_of_an_answer_gives_a_value_or_a_fault_and_nothing_else()
    {
        var whole = Encoding.UTF8.GetBytes(
            """[{"id":10,"result":{"number":"0x1","hash":"0x"""
            + new string('a', 64) + "\",\"parentHash\":\"0x" + new string('b', 64)
            + "\",\"timestamp\":\"0x2\",\"baseFeePerGas\":\"0x7\",\"transactions\":[]}}]");
        for (var at = 0; at < whole.Length; at++)
        {
            Try(whole[..at]);
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = whole.ToArray();
                flipped[at] ^= (byte)(1 << bit);
                Try(flipped);
            }
        }
        Assert.True(Try(whole));
    }

    private static bool Try(byte[] body)
    {
        var call = RpcCalls.Block(default, default);
        try
        {
            RpcAnswers.Hand(body, 10, [call]);
        }
        catch (TransportFault)
        {
            return false;
        }
        return call.Task.IsCompletedSuccessfully;
    }

    [Theory]
    [InlineData(3, "execution reverted", "chain.reverted")]
    [InlineData(-32000, "execution reverted: VM Exception", "chain.reverted")]
    [InlineData(-32000, "nonce too low: next nonce 5, tx nonce 3", "chain.nonce-too-low")]
    [InlineData(-32000, "already known", "chain.already-known")]
    [InlineData(-32003, "transaction already imported", "chain.already-known")]
    [InlineData(-32000, "replacement transaction underpriced", "chain.replacement-underpriced")]
    [InlineData(-32000, "transaction underpriced: gas tip cap 0", "chain.underpriced")]
    [InlineData(-32000, "max fee per gas less than block base fee", "chain.underpriced")]
    [InlineData(-32003, "Insufficient funds for gas * price + value", "chain.insufficient-funds")]
    [InlineData(-32005, "daily request count exceeded", "chain.rate-limited")]
    [InlineData(-32001, "header not found", "chain.block-unknown")]
    [InlineData(-32601, "the method does not exist", "chain.rpc-error")]
    public void What_nodes_say_gets_the_code_of_what_they_mean(int code, string message, string expected) =>
        Assert.Equal(expected, RpcFault.From("eth_sendRawTransaction", code, message, null).Code);

    [Theory]
    [InlineData(-32005, "limit exceeded")]
    [InlineData(-32602, "query returned more than 10000 results")]
    [InlineData(-32000, "exceed maximum block range: 5000")]
    public void A_range_that_is_too_long_is_known_whatever_it_is_called(int code, string message) =>
        Assert.Equal("chain.range-refused", RpcFault.From("eth_getLogs", code, message, null).Code);

    [Fact]
    public async Task Foreign_text_comes_short_and_without_what_moves_a_terminal()
    {
        var calls = Calls(1);
        Hand("""{"id":10,"error":{"code":1,"message":"a\u001b[2Jb LONG"}}""".Replace("LONG", new string('x', 5_000)),
            calls);
        var failure = await Assert.ThrowsAsync<ChainException>(() => calls[0].Task);
        Assert.DoesNotContain('\u001b', failure.Message);
        Assert.InRange(failure.Message.Length, 10, 600);
    }

    [Fact]
    public void An_error_about_a_whole_batch_asks_for_smaller_ones() =>
        Assert.True(Assert.Throws<TransportFault>(() => Hand(
            """{"id":null,"error":{"code":-32600,"message":"batch too large"}}""", Calls(5))).TooLarge);

    [Fact]
    public void A_request_says_exactly_what_is_asked()
    {
        Assert.Equal(
            "\"method\":\"eth_getLogs\",\"params\":[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x1f\","
            + "\"address\":[\"0x000000000000000100000000000000020000000a\"],"
            + "\"topics\":[null,[\"0x" + new string('0', 63) + "7\"]]}]",
            Encoding.UTF8.GetString(RpcCalls.Logs(
                new LogFilter([new Address(1, 2, 10)], [[], [new Digest(0, 0, 0, 7)]]), 0, 31,
                TestContext.Current.CancellationToken).Fragment));
        Assert.Equal(
            "\"method\":\"eth_call\",\"params\":[{\"data\":\"0x01ff\",\"to\":\"0x"
            + new string('0', 40) + "\",\"value\":\"0x64\"},\"finalized\"]",
            Encoding.UTF8.GetString(RpcCalls.Call(
                new CallRequest(default(Address), new byte[] { 1, 255 }) { Value = new Amount(100) },
                BlockTag.Finalized,
                TestContext.Current.CancellationToken).Fragment));
        Assert.Equal(
            "\"method\":\"eth_getBlockByHash\",\"params\":[\"0x" + new string('0', 63) + "1\",false]",
            Encoding.UTF8.GetString(RpcCalls.Block(
                BlockTag.At(new Digest(0, 0, 0, 1)), TestContext.Current.CancellationToken).Fragment));
    }
}
