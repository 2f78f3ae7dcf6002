using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Node;
using Stun.Node.Configuration;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Gateway;
using Stun.Node.Serving;
using Stun.Node.Storage;
using Stun.Protocol;
using Xunit;

namespace Stun.Tests.OpenAi;

public sealed class BatchLineTests
{
    private static readonly Address Anna = new(1, 2, 3);
    private static readonly ApiPrincipal Who = new("k", Anna, ApiRole.Requester);
    private static readonly BatchQuestion Asked = new(
        1, "q1", Encoding.UTF8.GetBytes("""{"model":"m","messages":[]}"""));

    private sealed class Route(Func<ModelAnswer> answer) : IModelRoute
    {
        public ServedModel Model { get; } = new("m", "somebody", new Address(9, 9, 9), default,
            new TokenPrices(new Amount(7), Amount.Zero, Amount.Zero));

        public Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancel) =>
            Task.FromResult(answer());
    }

    private static ModelAnswer Saying(string text) => new(
        200, "application/json", new MemoryStream(Encoding.UTF8.GetBytes(text)), new ServedBy("p", null, "none"),
        new MemoryStream());

    private static (ModelMeter Meter, UsageBook Book) Open()
    {
        var book = new UsageBook(NodeDatabase.Sqlite(
            Path.Combine(Directory.CreateTempSubdirectory("stun-batch").FullName, "node.db")));
        return (new ModelMeter(book, new ModelDoorSettings(), TimeProvider.System, _ => { }), book);
    }

    [Fact]
    public async Task A_line_is_written_before_it_is_charged_and_half_a_pair_stays_as_it_came()
    {
        var (meter, book) = Open();
        await using (meter)
        {
            var asking = new BatchAsking(meter, QuestionKind.Chat.Path, Asked, Who);
            var route = new Route(() => Saying("{\n \"choices\": [],\r\n \"text\": \"\\ud83d \\n\"\n}"));
            foreach (var isNew in (bool[])[false, true])
            {
                using (var answer = (await asking.TryAsync(route, CancellationToken.None)).Answer!)
                {
                    Assert.False(answer.IsError);
                    var line = Encoding.UTF8.GetString(answer.Line.Span);
                    Assert.Contains("\"text\": \"\\ud83d \\n\"", line, StringComparison.Ordinal);
                    Assert.Equal(-1, line.AsSpan().IndexOfAny('\n', '\r'));
                    Assert.Equal(200, JsonDocument.Parse(line).RootElement.GetProperty("response")
                        .GetProperty("status_code").GetInt32());
                    meter.Flush();
                    Assert.Equal(Amount.Zero, book.Charged(Anna, null, default));
                    if (isNew) answer.Settle();
                }
                meter.Flush();
                Assert.Equal(new Amount(isNew ? 7u : 0u), book.Charged(Anna, null, default));
            }
            Assert.Equal(0, meter.Answers.Taken);
        }
    }

    [Theory]
    [InlineData("service.overloaded", 9)]
    [InlineData("service.no-replica", 9)]
    [InlineData("model.busy", 9)]
    [InlineData("service.no-answer", 2)]
    [InlineData("model.silent", 2)]
    [InlineData("model.refused", 0)]
    public async Task What_comes_right_by_waiting_is_waited_for_and_what_fails_is_tried_thrice(string code, int pauses)
    {
        var (meter, _) = Open();
        await using (meter)
        {
            var asking = new BatchAsking(meter, QuestionKind.Chat.Path, Asked, Who);
            var route = new Route(() => throw new ApiException(code, "so it is"));
            for (var turn = 0; turn < pauses; turn++)
                Assert.Null((await asking.TryAsync(route, CancellationToken.None)).Answer);
            var last = (await asking.TryAsync(route, CancellationToken.None)).Answer;
            Assert.Equal(pauses == 9, last is null);
            if (last is not null) Assert.True(last.IsError);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(120)]
    public async Task A_question_as_deep_as_is_read_is_written_again(int depth)
    {
        var deep = string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
        var line = """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":"""
            + deep + "}}";
        BatchInput Input() => new(new MemoryStream(Encoding.UTF8.GetBytes(line)), QuestionKind.Chat.Path);
        var (count, faults) = await Input().CheckAsync(CancellationToken.None);
        Assert.Equal((1, 0), (count, faults.Count));
        var question = await Input().NextAsync(CancellationToken.None);
        Assert.Contains(deep, Encoding.UTF8.GetString(question!.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"metadata":null}""", true)]
    [InlineData("""{"metadata":{"a":"b"}}""", true)]
    [InlineData("""{"metadata":{"a":1}}""", false)]
    [InlineData("""{"metadata":{"a":null}}""", false)]
    [InlineData("""{"metadata":{"a":{"b":"c"}}}""", false)]
    [InlineData("""{"metadata":["a"]}""", false)]
    public void Metadata_of_a_batch_are_texts_and_nothing_else(string form, bool isGood)
    {
        var read = (JsonObject)JsonNode.Parse(form)!;
        if (isGood) BatchRoutes.MetadataOf(read);
        else Assert.Equal("request.invalid", Assert.Throws<ApiException>(() => BatchRoutes.MetadataOf(read)).Code);
    }

    [Fact]
    public void Answers_are_read_together_by_their_bytes()
    {
        Assert.Equal([3], BatchOutput.Pages([1, 2, 3]));
        Assert.Equal([1, 1, 2], BatchOutput.Pages([30 << 20, 4 << 20, 1, 2]));
        Assert.Equal([2, 1], BatchOutput.Pages([2 << 20, 2 << 20, 1]));
    }

    [Fact]
    public async Task An_answer_is_held_whole_up_to_its_limit_and_to_that_of_all_together()
    {
        var budget = new ByteBudget(1 << 20);
        using (var held = await AnswerBytes.ReadAsync(
            Saying(new string('x', 300_000)), budget, CancellationToken.None))
        {
            Assert.Equal(300_000, held.Length);
            Assert.InRange(budget.Taken, 300_000, 1 << 20);
            var refused = await Assert.ThrowsAsync<ApiException>(() => AnswerBytes.ReadAsync(
                Saying(new string('x', 900_000)), budget, CancellationToken.None));
            Assert.Equal("model.busy", refused.Code);
        }
        Assert.Equal(0, budget.Taken);
        var large = Saying("") with { Body = new MemoryStream(new byte[AnswerBytes.BytesMax + 1]) };
        var broken = await Assert.ThrowsAsync<ApiException>(() => AnswerBytes.ReadAsync(
            large, new ByteBudget(AnswerBytes.AllBytesMax), CancellationToken.None));
        Assert.Equal("model.broken", broken.Code);
    }

    [Fact]
    public void A_name_with_a_character_of_code_zero_is_refused() =>
        Assert.Equal("request.invalid", Assert.Throws<ApiException>(() => ApiCall.Plain("file", "a\0b")).Code);
}
