using System.Text;
using Stun.Chain.Evm;
using Stun.Node.Configuration;
using Stun.Node.Operator;
using Stun.Node.Operator.Fees;
using Stun.Node.Operator.Policies;
using Stun.Node.Operator.Responders;
using Stun.Node.Operator.Results;
using Stun.Node.Operator.Wire;

namespace Stun.Tests.Operator;

/// <summary>Which requests are answered, what they cost, and what goes back.</summary>
public sealed class DeskTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-desk-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("truflation/at-date", 389_610_389_610_389_632UL)]
    [InlineData("nft/top11", 389_610_389_610_389_632UL)]
    [InlineData("nft-index", 155_844_155_844_155_840UL)]
    [InlineData("ping", 155_844_155_844_155_840UL)]
    public void The_first_schedule_is_exact(string service, ulong fee)
    {
        Assert.Equal(new Amount(fee), new FeeSchedule.Prototype().FeeOf(service));
        // As it was reckoned, in floating point.
        var factor = fee > 200_000_000_000_000_000UL ? 5.0 : 2.0;
        Assert.Equal(fee, (ulong)(factor * 1e18 * 0.6 / 7.7));
        Assert.Equal(new Amount(10_000_000_000_000_000), new FeeSchedule.PrototypeFlat().FeeOf(service));
    }

    [Fact]
    public async Task Who_pays_enough_gets_the_answer_and_the_rest_back()
    {
        var reply = await AnswerAsync(Requests.Asking("ping", "anything", payment: 25));
        Assert.Equal(("anything", (UInt256)15UL, null), (TextOf(reply), reply.Refund, reply.Refusal));
        reply = await AnswerAsync(Requests.Asking("echo", """{"foo": [1, 2]}""", "foo", payment: 10));
        Assert.Equal(("[1,2]", (UInt256)0UL), (TextOf(reply), reply.Refund));
        Assert.Equal("{}", TextOf(await AnswerAsync(Requests.Asking("echo", " ", payment: 10))));
    }

    [Fact]
    public async Task Who_pays_too_little_gets_all_of_it_back()
    {
        var reply = await AnswerAsync(Requests.Asking("ping", "anything", payment: 9));
        Assert.Equal(("{\"error\": \"fee too small\"}", (UInt256)9UL), (TextOf(reply), reply.Refund));
    }

    [Fact]
    public async Task What_the_shipped_example_pays_is_enough_under_the_flat_fee_alone()
    {
        const ulong shipped = 10_000_000_000_000_000;
        var request = Requests.Asking("ping", "hello", payment: shipped);
        var reply = await AnswerAsync(request, plan => plan with { Fees = new FeeSchedule.PrototypeFlat() });
        Assert.Equal(("hello", (UInt256)0UL), (TextOf(reply), reply.Refund));
        reply = await AnswerAsync(request, plan => plan with { Fees = new FeeSchedule.Prototype() });
        Assert.Equal(("{\"error\": \"fee too small\"}", (UInt256)shipped), (TextOf(reply), reply.Refund));
    }

    [Theory]
    [InlineData("nothing", "operator.no-service", "ping")]
    [InlineData("container-pull", "operator.no-pull", "physics/mass (docker://r.example/m@sha256:aa)")]
    public async Task What_is_not_offered_is_refused_and_says_what_is(string service, string code, string words)
    {
        var reply = await AnswerAsync(Requests.Asking(service, "docker.example/evil", payment: 25));
        Assert.Equal((code, (UInt256)25UL), (reply.Refusal, reply.Refund));
        Assert.Contains(words, TextOf(reply));
        Assert.StartsWith("{\"error\": \"", TextOf(reply));
        Assert.True(JsonText.TryParse(reply.Result.Span, out _));
    }

    [Fact]
    public async Task Malformed_requests_and_failing_responders_give_the_money_back()
    {
        var malformed = Requests.Published with { Payment = 25UL, Data = ValueList.Create<byte>([0x61]) };
        Assert.Equal("operator.malformed", (await AnswerAsync(malformed)).Refusal);
        List<Exception> told = [];
        var reply = await AnswerAsync(Requests.Asking("broken", "", payment: 25), plan => plan with
        {
            Trouble = told.Add,
        });
        Assert.Equal(("operator.failed", (UInt256)25UL), (reply.Refusal, reply.Refund));
        Assert.DoesNotContain("secret", TextOf(reply));
        Assert.Equal("secret", Assert.Single(told).Message);
    }

    [Fact]
    public async Task The_owners_rules_refuse_with_the_reason()
    {
        var stranger = new Address(1, 2, 3);
        var request = Requests.Of(25, "service", "ping", "data", "x", "refundTo", stranger.ToString());
        Assert.Equal("operator.caller", (await AnswerAsync(request, rules: new() { Callers = [stranger] })).Refusal);
        Assert.Null((await AnswerAsync(request, rules: new() { Callers = [request.CallbackAddress] })).Refusal);
        Assert.Equal("operator.refund", (await AnswerAsync(request, rules: new()
        {
            RefundTo = [request.CallbackAddress],
        })).Refusal);
        Assert.Null((await AnswerAsync(request, rules: new() { RefundTo = [stranger] })).Refusal);
        Assert.Equal("operator.too-large", (await AnswerAsync(request, rules: new() { DataBytesMax = 8 })).Refusal);
    }

    [Fact]
    public async Task Who_asks_too_often_waits_and_others_do_not()
    {
        var desk = Desk(rules: new OperatorRules { PerSecond = 1 });
        var request = Requests.Asking("ping", "x", payment: 10);
        List<string?> refusals = [];
        for (var count = 0; count < 25; count++)
            refusals.Add((await desk.AnswerAsync(1, request, new PassingMemory(), CancellationToken.None)).Refusal);
        Assert.Equal(20, refusals.Count(each => each is null));
        Assert.All(refusals[20..], each => Assert.Equal("operator.too-often", each));
        var other = request with { CallbackAddress = new Address(1, 2, 3) };
        Assert.Null((await desk.AnswerAsync(1, other, new PassingMemory(), CancellationToken.None)).Refusal);
    }

    [Fact]
    public void Other_jobs_and_payments_below_the_price_of_gas_are_not_answered_at_all()
    {
        var policy = new OperatorPolicy(new OperatorRules
        {
            Specs = ["5db955dabd334024861406858e1fbbe2"],
            SilentBelow = new Amount(5),
        }, TimeProvider.System);
        Assert.True(policy.Concerns(Requests.Asking("ping", "", payment: 5)));
        Assert.False(policy.Concerns(Requests.Asking("ping", "", payment: 4)));
        Assert.False(policy.Concerns(Requests.Asking("ping", "", payment: 5) with { SpecId = new Digest(1, 2, 3, 4) }));
    }

    [Fact]
    public async Task A_large_result_stays_here_and_the_chain_gets_its_name()
    {
        var text = new string('x', 5_000);
        var shelf = new ResultShelf(folder, 6_000);
        var reply = await AnswerAsync(Requests.Asking("ping", text, payment: 10), plan => plan with
        {
            Shelf = shelf,
            Door = () => new Uri("https://node.example/"),
        });
        Assert.True(JsonText.TryParse(reply.Result.Span, out var note));
        var digest = ContentId.TryParse((string)note!["cid"]!)!.Value.Blob;
        Assert.Equal($"https://node.example/operator/results/{ContentId.Of(digest)}", (string)note["url"]!);
        Assert.Equal((digest.ToString(), 5_000), ((string)note["sha256"]!, (int)note["bytes"]!));
        using (var kept = new StreamReader(shelf.TryOpen(digest)!)) Assert.Equal(text, kept.ReadToEnd());
        // It is an input of other requests, until there is no room: then it goes.
        var again = Requests.Asking("ping", $"cid:{ContentId.Of(digest)}", payment: 10);
        reply = await AnswerAsync(again, plan => plan with
        {
            Shelf = shelf,
            ResultBytesMax = 10_000,
        });
        Assert.Equal(text, TextOf(reply));
        var other = Requests.Asking("ping", text + "y", payment: 10);
        Assert.Null((await AnswerAsync(other, plan => plan with { Shelf = shelf })).Refusal);
        Assert.Null(shelf.TryOpen(digest));
        var huge = Requests.Asking("ping", new string('z', 7_000), payment: 10);
        reply = await AnswerAsync(huge, plan => plan with { Shelf = shelf });
        Assert.Equal(("operator.no-room", (UInt256)10UL), (reply.Refusal, reply.Refund));
    }

    [Theory]
    [InlineData("a1636162631901f4", "{\"abc\":500}", null)]
    [InlineData("4100", "operator.bad-data", "operator.bad-data")]
    [InlineData("fb7ff0000000000000", "operator.bad-data", "operator.bad-data")]
    [InlineData("", "operator.bad-data", "operator.bad-data")]
    public async Task A_document_that_IPFS_keeps_in_CBOR_is_JSON_for_a_service(
        string content, string answer, string? refusal)
    {
        var bytes = Convert.FromHexString(content);
        var shelf = new ResultShelf(folder, 6_000);
        var raw = ContentId.Of(shelf.Keep(bytes));
        // The same digest with the codec of documents: "bafyrei" where raw bytes have "bafkrei".
        var named = Requests.Asking("ping", $"cid:bafyrei{raw["bafkrei".Length..]}", payment: 10);
        var reply = await AnswerAsync(named, plan => plan with { Shelf = shelf });
        Assert.Equal(refusal, reply.Refusal);
        Assert.Contains(answer, TextOf(reply));
    }

    /// <summary>Found by review: an answer could be had for nothing, in the reason why there is none.</summary>
    [Fact]
    public async Task Who_asks_for_what_cannot_be_made_of_the_answer_pays_for_the_answer()
    {
        var reply = await AnswerAsync(Requests.Asking("echo", "[1]", "nowhere", payment: 25));
        Assert.Equal(("operator.no-such-key", (UInt256)15UL), (reply.Refusal, reply.Refund));
    }

    [Theory]
    [InlineData("abi", "uint257", "operator.bad-abi")]
    [InlineData("multiplier", "ten", "operator.no-number")]
    public async Task What_can_be_made_of_no_answer_is_refused_before_the_work(string name, string value, string code)
    {
        var asked = Requests.Of(25, "service", "broken", "data", "x", name, value);
        var reply = await AnswerAsync(asked);
        Assert.Equal((code, (UInt256)25UL), (reply.Refusal, reply.Refund));
    }

    /// <summary>Found by review: each node named its own door and services, and no two votes were the same.</summary>
    [Fact]
    public async Task Nodes_that_vote_say_the_same_be_they_elsewhere_and_offer_other_things()
    {
        string[] polled = ["nodes", $"{new Address(1, 2, 3)},{new Address(1, 2, 4)}", "quorum", "2"];
        var large = Requests.Of(10, [.. polled, "service", "ping", "data", new string('x', 5_000)]);
        var unknown = Requests.Of(10, [.. polled, "service", "nothing", "data", ""]);
        foreach (var request in (OracleRequest[])[large, unknown])
        {
            var here = await AnswerAsync(request, plan => plan with { Door = () => new Uri("https://a.example/") });
            var there = await AnswerAsync(request, plan => plan with
            {
                Door = () => new Uri("https://b.example/"),
                Responders = new Dictionary<string, IResponder> { ["ping"] = new PingResponder() },
            });
            Assert.Equal(here, there);
        }
    }

    [Fact]
    public void A_stranger_to_a_node_that_names_its_callers_gets_no_word_of_it()
    {
        var asked = Requests.Asking("ping", "", payment: 5);
        Assert.False(
            new OperatorPolicy(new() { Callers = [new Address(1, 2, 3)] }, TimeProvider.System).Concerns(asked));
        Assert.True(
            new OperatorPolicy(new() { Callers = [asked.CallbackAddress] }, TimeProvider.System).Concerns(asked));
    }

    [Fact]
    public async Task What_was_admitted_in_an_earlier_life_is_not_counted_again()
    {
        var desk = Desk(rules: new() { PerSecond = 1 });
        var memory = new PassingMemory();
        await memory.KeepOrderAsync(new byte[] { 1 }, CancellationToken.None);
        var request = Requests.Asking("ping", "x", payment: 10);
        for (var count = 0; count < 40; count++)
            Assert.Null((await desk.AnswerAsync(1, request, memory, CancellationToken.None)).Refusal);
        var refusals = 0;
        for (var count = 0; count < 40; count++)
            if ((await desk.AnswerAsync(1, request, new PassingMemory(), CancellationToken.None)).Refusal is not null)
                refusals++;
        Assert.InRange(refusals, 15, 25);
    }

    [Theory]
    [InlineData("cid:QmPuQCKrxf6CUwdB4mUghgR9qKZ89DV5Frrjg5ZPAYyvQF", "operator.bad-cid")]
    [InlineData("cid:bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq", "operator.no-content")]
    public async Task Content_that_is_not_here_is_refused(string data, string code) =>
        Assert.Equal(code, (await AnswerAsync(Requests.Asking("ping", data, payment: 10))).Refusal);

    private sealed class BrokenResponder : IResponder
    {
        public Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel) =>
            throw new InvalidOperationException("secret");
    }

    private Task<Reply> AnswerAsync(
        Node.Operator.Wire.OracleRequest request, Func<DeskPlan, DeskPlan>? with = null, OperatorRules? rules = null) =>
        Desk(with, rules).AnswerAsync(1, request, new PassingMemory(), CancellationToken.None);

    private RequestDesk Desk(Func<DeskPlan, DeskPlan>? with = null, OperatorRules? rules = null)
    {
        var plan = new DeskPlan(
            new OperatorPolicy(rules ?? new OperatorRules(), TimeProvider.System),
            new FeeSchedule.Listed(new Amount(10), new Dictionary<string, Amount>()),
            new Dictionary<string, IResponder>
            {
                ["ping"] = new PingResponder(),
                ["echo"] = new EchoResponder(),
                ["broken"] = new BrokenResponder(),
                ["container-pull"] = new PullResponder(["physics/mass (docker://r.example/m@sha256:aa)"]),
            },
            new ResultShelf(folder, 1 << 20), (_, _, _) => Task.FromResult<byte[]?>(null));
        return new RequestDesk(with?.Invoke(plan) ?? plan);
    }

    private static string TextOf(Reply reply) => Encoding.UTF8.GetString(reply.Result.Span);
}
