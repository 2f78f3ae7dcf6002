using System.Text;
using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What became of one question of a batch.</summary>
internal sealed record BatchAnswer(bool IsError, ReadOnlyMemory<byte> Line);

/// <summary>
/// Asks one question of a batch and writes the line about it. What comes right by waiting is waited for; what fails
/// again and again is told in its line.
/// </summary>
internal sealed class BatchAsking(ModelMeter meter, StoredBatch batch, IModelRoute route, ApiPrincipal who)
{
    private const int TriesMax = 3;
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 128 };
    private static readonly TimeSpan PauseMost = TimeSpan.FromSeconds(30);
    private readonly QuestionKind kind = QuestionKind.All.First(each => each.Path == batch.Endpoint);

    public async Task<BatchAnswer> AskAsync(BatchQuestion question, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await OnceAsync(question, cancel).ConfigureAwait(false);
            }
            catch (ApiException refused) when (!cancel.IsCancellationRequested)
            {
                var isPause = refused.Code is "model.throttled" or "model.busy" or "quota.requests" or "quota.tokens";
                var isChance = refused.Code is "model.broken" or "model.silent" && tries < TriesMax;
                if (!isPause && !isChance) return Told(question, refused);
                var pause = refused.RetryAfter ?? TimeSpan.FromSeconds(1);
                await Task.Delay(pause < PauseMost ? pause : PauseMost, cancel).ConfigureAwait(false);
                if (isPause) tries--;
            }
            catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
            {
                // One line that nobody foresaw must not stop the others.
                return Told(question, new ApiException("request.malformed", wrong.Message));
            }
        }
    }

    public static ReadOnlyMemory<byte> Refused(BatchQuestion question, string code, string message) =>
        OpenAiJson.Bytes(json =>
        {
            Head(json, question);
            json.WriteNull("response");
            json.WriteStartObject("error");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    public static BatchAnswer Told(BatchQuestion question, ApiException refused)
    {
        var entry = ErrorBook.Of(refused.Code);
        var status = entry.Status == 422 ? 400 : entry.Status;
        return new BatchAnswer(true, Line(question, status, OpenAiRefusal.Body(entry, refused).Span));
    }

    private async Task<BatchAnswer> OnceAsync(BatchQuestion question, CancellationToken cancel)
    {
        var read = Question.Read(question.Body, kind);
        using var ticket = meter.Enter(who, route.Model, read, question.Body.Length);
        var isTranslated = kind == QuestionKind.Response && !route.Speaks(kind.Path);
        var form = isTranslated ? ResponseForm.Parse(question.Body) : null;
        var asked = form is null
            ? new ModelQuestion(kind.Path, question.Body) { ModelAt = read.ModelAt }
            : new ModelQuestion(QuestionKind.Chat.Path, Encoding.UTF8.GetBytes(
                ResponseForm.ChatOf(form, isStream: false, tellsUsage: false).ToJsonString()));
        if (!route.Speaks(asked.Path))
            throw new ApiException("model.path", $"'{read.Model}' does not answer at {kind.Path}.");
        using var answer = await QuestionDesk.AskAsync(route, asked, cancel).ConfigureAwait(false);
        using var whole = await QuestionDesk.WholeAsync(answer, cancel).ConfigureAwait(false);
        var scan = AnswerScan.Of(whole.Memory.Span);
        if (answer.Status >= 400)
            return scan.IsError
                ? new BatchAnswer(true, Line(question, answer.Status, whole.Memory.Span))
                : throw new ApiException("model.rejects", $"{answer.By.Name} answered {answer.Status} and no reason.");
        if (!scan.IsObject || scan.IsError) throw BackEndFault.Broken(answer.By.Name, "gave no answer");
        var usage = scan.Usage ?? TokenUsage.Counted(question.Body.Length, whole.Length, 0);
        var said = form is null
            ? whole.Memory
            : OpenAiJson.Bytes(json => new ResponseView(form, WallTime.Now(TimeProvider.System))
                .OfChat(ResponseDesk.ChatOf(whole.Memory.Span, answer.By.Name), usage).WriteTo(json));
        ticket.Settle(answer.By.Name, usage, usage.PriceBy(route.Model.Prices));
        return new BatchAnswer(false, Line(question, 200, said.Span));
    }

    private static void Head(Utf8JsonWriter json, BatchQuestion question)
    {
        json.WriteStartObject();
        json.WriteString("id", FileRoutes.NewId("batch_req_"));
        json.WriteString("custom_id", question.CustomId);
    }

    private static ReadOnlyMemory<byte> Line(BatchQuestion question, int status, ReadOnlySpan<byte> body)
    {
        // A document may span lines, and a line of the file may not.
        using var document = JsonDocument.Parse(body.ToArray(), Reading);
        return OpenAiJson.Bytes(json =>
        {
            Head(json, question);
            json.WriteStartObject("response");
            json.WriteNumber("status_code", status);
            json.WriteString("request_id", FileRoutes.NewId("req_"));
            json.WritePropertyName("body");
            document.WriteTo(json);
            json.WriteEndObject();
            json.WriteNull("error");
            json.WriteEndObject();
        });
    }
}
