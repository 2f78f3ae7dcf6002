using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Gateway;
using Xunit;

namespace Stun.Tests.OpenAi;

public sealed class QuestionTests
{
    /// <summary>Members in any order, with any space, names escaped or not: a slow second reader agrees.</summary>
    [Fact]
    public void What_is_read_of_a_question_is_what_a_document_reader_finds()
    {
        var dice = new Random(7);
        for (var turn = 0; turn < 3_000; turn++)
        {
            var text = Drawn(dice);
            var form = JsonNode.Parse(text)!.AsObject();
            var body = Encoding.UTF8.GetBytes(text);
            var question = Question.Read(body, QuestionKind.Chat);
            Assert.Equal((string)form["model"]!, question.Model);
            Assert.Equal(question.Model, JsonSerializer.Deserialize<string>(body[question.ModelAt]));
            Assert.Equal(question.ModelAt, Question.NameIn(body));
            Assert.Equal(form["stream"] is { } stream && (bool)stream, question.IsStream);
            var wants = form["stream_options"]?["include_usage"] is { } usage && (bool)usage;
            Assert.Equal(wants, question.WantsUsage);
            Assert.Equal((byte)'}', body[question.End]);

            var (asked, modelAt) = QuestionBody.AskForUsage(body, question);
            var after = JsonNode.Parse(asked, null, new JsonDocumentOptions { AllowDuplicateProperties = false })!;
            Assert.Equal(question.Model, JsonSerializer.Deserialize<string>(asked.AsSpan()[modelAt]));
            form["stream_options"] ??= new JsonObject();
            form["stream_options"]!["include_usage"] = true;
            Assert.True(JsonNode.DeepEquals(form, after), $"{text}\n{Encoding.UTF8.GetString(asked)}");
        }
    }

    private static string Drawn(Random dice)
    {
        string Space() => dice.Next(3) == 0 ? " \n\t"[..dice.Next(4)] : "";
        List<string> members =
        [
            $"\"{(dice.Next(4) == 0 ? "mod\\u0065l" : "model")}\":{Space()}"
                + $"\"{(dice.Next(2) == 0 ? "a" : "ü\\\"x\\u0041")}\"",
            $"\"messages\":{Space()}[{{\"content\":\"model\\\":\\\"z\"}}]",
        ];
        if (dice.Next(2) == 0) members.Add($"\"stream\":{Space()}{(dice.Next(2) == 0 ? "true" : "false")}");
        if (dice.Next(2) == 0)
            members.Add("\"stream_options\":" + Space() + ((string[])["null", "{}", "{ }", "{\"include_usage\" : true}",
                "{\"x\":{\"include_usage\":true}}", "{\"include_usage\":false,\"x\":[1]}"])[dice.Next(6)]);
        if (dice.Next(2) == 0) members.Add("\"x\":{\"model\":\"inner\",\"stream\":true,\"y\":[{},[]]}");
        if (dice.Next(2) == 0) members.Add("\"temperature\":0.0");
        if (dice.Next(2) == 0) members.Add("\"x\\u00e4\":\"\\ud83d\\ude00\"");
        return "{" + string.Join("," + Space(), members.OrderBy(_ => dice.Next())) + Space() + "}";
    }

    [Theory]
    [InlineData("\"temperature\":0", true)]
    [InlineData("\"temperature\":0.0e5", true)]
    [InlineData("\"temperature\":0.1", false)]
    [InlineData("\"temperature\":null", false)]
    [InlineData("\"seed\":-3", true)]
    [InlineData("\"seed\":null", false)]
    [InlineData("\"top_p\":0", false)]
    public void A_question_is_answered_alike_only_where_it_says_so(string member, bool isSo) => Assert.Equal(isSo,
        Question.Read(Encoding.UTF8.GetBytes($$"""{"model":"a","messages":[],{{member}}}"""), QuestionKind.Chat)
            .IsDeterministic);

    [Fact]
    public void Foreign_bytes_are_read_or_refused_and_nothing_else()
    {
        var dice = new Random(3);
        for (var turn = 0; turn < 20_000; turn++)
        {
            var bytes = Encoding.UTF8.GetBytes(Drawn(dice));
            for (var change = dice.Next(4); change >= 0; change--)
                bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
            // What is no UTF-8 does not come so far.
            if (!System.Text.Unicode.Utf8.IsValid(bytes)) continue;
            try
            {
                Question.Read(bytes, QuestionKind.Chat);
            }
            catch (Exception refused) when (refused is ApiException or JsonException)
            {
                // As it should be; the door turns both into a refusal. InvalidOperationException is none of them.
            }
        }
    }
}
