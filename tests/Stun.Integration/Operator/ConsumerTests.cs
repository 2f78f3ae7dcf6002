using System.Text;
using System.Text.Json.Nodes;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Node.Operator;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Responders;

namespace Stun.Integration.Operator;

/// <summary>
/// Consumers that know nothing of us: written on the client libraries that Chainlink publishes, with the interfaces of
/// the prototype's. And what its programs do with them: pay and ask, wait for the event, read, divide again.
/// </summary>
public sealed class ConsumerTests
{
    private const ulong Flat = 10_000_000_000_000_000, Usual = 155_844_155_844_155_840,
        Bought = 389_610_389_610_389_632;

    /// <summary>As the prototype's first example: a flat fee, a type and a factor that a ping has no use for.</summary>
    [Theory]
    [InlineData(true, "{}", Flat)]
    [InlineData(false, "{\"error\": \"fee too small\"}", 0UL)]
    public async Task The_first_example_gets_its_data_for_the_flat_fee_and_its_money_back_under_the_older_one(
        bool isFlat, string answer, ulong cost)
    {
        await using var scene = await StartAsync(
            isFlat ? new FeeSchedule.PrototypeFlat() : new FeeSchedule.Prototype());
        var consumer = await SampleAsync(scene, Flat);
        var before = await BalanceAsync(scene, scene.Owner.Address);
        await CallAsync(scene, scene.Token, "approve(address,uint256)", consumer, Flat);
        var request = await CallAsync(
            scene, consumer, "doTransferAndRequest(string,string,string,string,string,uint256)", "ping", "{}", "",
            "cbor", "10000000000000000000", Flat);
        Assert.Equal(answer, Encoding.UTF8.GetString(await ResultAsync(scene, consumer, request)));
        Assert.Equal(before - cost, await BalanceAsync(scene, scene.Owner.Address));
        Assert.Equal((UInt256)0UL, await BalanceAsync(scene, consumer));
    }

    /// <summary>As the prototype's library for programs: the consumer pays, and what is not spent is its own.</summary>
    [Theory]
    [InlineData("uint256", "100", "{\"foo\": 10.245}", "foo")]
    [InlineData("json", "100", "{\"foo\": 10.245}", "foo")]
    [InlineData("cbor", "100", "[[1, {\"foo\": \"10.245\"}]]", "0,1,foo")]
    public async Task A_program_waits_for_the_event_reads_the_type_it_asked_for_and_divides_again(
        string type, string multiplier, string data, string path)
    {
        await using var scene = await StartAsync(new FeeSchedule.Prototype());
        var consumer = await SampleAsync(scene, 2 * Usual);
        await CallAsync(scene, scene.Token, "transfer(address,uint256)", consumer, 2 * Usual);
        var request = await CallAsync(
            scene, consumer, "doRequest(string,string,string,string,string)", "echo", data, path, type, multiplier);
        var said = await ResultAsync(scene, consumer, request);
        Assert.Equal(1_025m, type switch
        {
            "uint256" => (decimal)((AbiValue.Number)AbiCodec.Decode([AbiType.Parse(type)], said)[0]).Value,
            "json" => decimal.Parse((string)JsonNode.Parse(said)!),
            // The text 1025, and its length before it.
            _ => decimal.Parse(Encoding.ASCII.GetString(said.AsSpan(1))),
        });
        Assert.Equal((UInt256)Usual, await BalanceAsync(scene, consumer));
    }

    [Fact]
    public async Task A_signed_number_is_read_by_the_contract_itself()
    {
        await using var scene = await StartAsync(new FeeSchedule.PrototypeFlat());
        var consumer = await SampleAsync(scene, Flat);
        await CallAsync(scene, scene.Token, "transfer(address,uint256)", consumer, Flat);
        var request = await CallAsync(scene, consumer, "doRequest(string,string,string,string,string)",
            "echo", "-2.5", "", "int256", "10");
        await ResultAsync(scene, consumer, request);
        var number = await ViewAsync(scene, consumer, "getInt256(bytes32)", request);
        Assert.Equal(-25, ((AbiValue.Number)AbiCodec.Decode([AbiType.Parse("int256")], number)[0]).Value);
    }

    /// <summary>Data that were bought cost more; the pairs that the consumer leaves out are nothing.</summary>
    [Theory]
    [InlineData("requestYoyInflation()", "yoyInflation()", "string")]
    [InlineData("requestInflationWei()", "inflationWei()", "uint256")]
    public async Task A_figure_comes_as_text_or_as_a_number_to_the_function_that_was_named(
        string ask, string read, string type)
    {
        await using var scene = await StartAsync(new FeeSchedule.Prototype());
        const ulong pays = 500_000_000_000_000_000;
        var consumer = await DeployAsync(scene, "FigureConsumer", pays);
        await CallAsync(scene, scene.Token, "transfer(address,uint256)", consumer, pays);
        var before = await BalanceAsync(scene, scene.Owner.Address);
        var request = await CallAsync(scene, consumer, ask);
        await FulfilledAsync(scene, consumer, request);
        var said = AbiCodec.Decode([AbiType.Parse(type)], await ViewAsync(scene, consumer, read))[0];
        Assert.Equal(type == "string" ? "3.25" : "3250000000000000000",
            said is AbiValue.Text text ? text.Value : $"{((AbiValue.Number)said).Value}");
        Assert.Equal(before + (UInt256)(pays - Bought), await BalanceAsync(scene, scene.Owner.Address));
    }

    private static async Task<OperatorScene> StartAsync(FeeSchedule fees)
    {
        var scene = await OperatorScene.StartAsync();
        await scene.NodeAsync(desk: plan => plan with
        {
            Fees = fees,
            Responders = new Dictionary<string, IResponder>(plan.Responders)
            {
                ["truflation/current"] = new Figures(),
            },
        });
        return scene;
    }

    private sealed class Figures : IResponder
    {
        public Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel) => Task.FromResult<Found>(
            new Found.Document(new JsonObject { ["yearOverYearInflation"] = 3.25m, ["currentInflationIndex"] = 121 }));
    }

    private static Task<Address> SampleAsync(OperatorScene scene, ulong fee) =>
        DeployAsync(scene, "SampleConsumer", fee);

    private static async Task<Address> DeployAsync(OperatorScene scene, string name, ulong fee)
    {
        var arguments = AbiCodec.Encode(
            [.. ((string[])["address", "string", "uint256", "address"]).Select(AbiType.Parse)],
            [.. Values([scene.Local.Contract, LocalOperator.SpecName, fee, scene.Token])]);
        var made = await scene.Owner.SendAsync(
            new TransactionRequest(null, (byte[])[.. FederationScene.Code(name), .. arguments]), OperatorScene.Cancel);
        Assert.True(made.Succeeded);
        return made.ContractAddress!.Value;
    }

    /// <returns>The request that it made; zero where it made none.</returns>
    private static async Task<Digest> CallAsync(
        OperatorScene scene, Address to, string signature, params object[] values)
    {
        var receipt = await scene.Owner.SendAsync(
            new TransactionRequest(to, AbiSignature.Parse(signature).EncodeCall([.. Values(values)])),
            OperatorScene.Cancel);
        Assert.True(receipt.Succeeded, signature);
        return receipt.Logs.Select(log => ExampleConsumer.Event.TryDecode(log.ToAbi()))
            .OfType<ExampleConsumer.Event.ChainlinkRequested>().SingleOrDefault()?.Id ?? Digest.Zero;
    }

    private static async Task<byte[]> ViewAsync(
        OperatorScene scene, Address to, string signature, params object[] values) =>
        [.. await scene.Chain.Rpc.CallAsync(new CallRequest(
            to, AbiSignature.Parse(signature).EncodeCall([.. Values(values)])), default, OperatorScene.Cancel)];

    private static IEnumerable<AbiValue> Values(object[] values) => values.Select(value => value switch
    {
        Address account => (AbiValue)new AbiValue.Account(account),
        ulong number => new AbiValue.Number(number),
        Digest word => new AbiValue.Bytes(FederationScene.BytesOf(word)),
        _ => new AbiValue.Text((string)value),
    });

    /// <summary>By the consumer's own event: nothing that a program could not see.</summary>
    private static Task FulfilledAsync(OperatorScene scene, Address consumer, Digest request) =>
        ChainScene.UntilAsync(async () =>
        {
            var head = await scene.Chain.Rpc.GetBlockNumberAsync(OperatorScene.Cancel);
            var logs = await scene.Chain.Rpc.GetLogsAsync(
                new LogFilter([consumer], []), 0, head, OperatorScene.Cancel);
            return logs.Select(log => ExampleConsumer.Event.TryDecode(log.ToAbi()))
                .OfType<ExampleConsumer.Event.ChainlinkFulfilled>().Any(each => each.Id == request);
        }, $"the answer ({string.Join(", ", scene.Said)})");

    private static async Task<byte[]> ResultAsync(OperatorScene scene, Address consumer, Digest request)
    {
        await FulfilledAsync(scene, consumer, request);
        var answer = await ViewAsync(scene, consumer, "results(bytes32)", request);
        return [.. ((AbiValue.Bytes)AbiCodec.Decode([AbiType.Parse("bytes")], answer)[0]).Value];
    }

    private static async Task<UInt256> BalanceAsync(OperatorScene scene, Address account) =>
        StunToken.Answers.BalanceOf(await scene.Chain.Rpc.CallAsync(
            new CallRequest(scene.Token, StunToken.Calls.BalanceOf(account)), default, OperatorScene.Cancel));
}
