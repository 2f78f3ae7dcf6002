using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What became of one question of a batch: its line, and what is charged once the line is kept.</summary>
internal sealed class BatchAnswer(bool isError, ReadOnlyMemory<byte> line, Action? settle, IDisposable? held)
    : IDisposable
{
    public bool IsError => isError;

    public ReadOnlyMemory<byte> Line => line;

    /// <summary>To be called where the line is new in the book; what is not settled was free.</summary>
    public void Settle() => settle?.Invoke();

    public void Dispose() => held?.Dispose();
}

/// <summary>One try: an answer, or how long to wait before the next.</summary>
internal sealed record BatchTry(BatchAnswer? Answer, TimeSpan Pause);

/// <summary>
/// Asks one question of a batch and writes the line about it. What comes right by waiting is waited for; what fails
/// again and again is told in its line. Whoever asks waits himself: he may have a place that others need meanwhile.
/// </summary>
internal sealed class BatchAsking(ModelMeter meter, string endpoint, BatchQuestion question, ApiPrincipal who)
{
    private const int TriesMax = 3;
    private static readonly TimeSpan PauseMost = TimeSpan.FromSeconds(30);
    private readonly QuestionKind kind = QuestionKind.All.First(each => each.Path == endpoint);
    private int tries;

    public async Task<BatchTry> TryAsync(IModelRoute route, CancellationToken cancel)
    {
        try
        {
            return new BatchTry(await OnceAsync(route, cancel).ConfigureAwait(false), TimeSpan.Zero);
        }
        catch (ApiException refused) when (!cancel.IsCancellationRequested)
        {
            if (!IsPause(refused.Code) && (!IsChance(refused.Code) || ++tries >= TriesMax))
                return new BatchTry(Told(question, refused), TimeSpan.Zero);
            var pause = refused.RetryAfter ?? TimeSpan.FromSeconds(1);
            return new BatchTry(null, pause < PauseMost ? pause : PauseMost);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            // One line that nobody foresaw must not stop the others.
            return new BatchTry(Told(question, new ApiException("request.malformed", wrong.Message)), TimeSpan.Zero);
        }
    }

    /// <summary>It comes right by waiting.</summary>
    internal static bool IsPause(string code) => code is "model.throttled" or "model.busy" or "node.busy"
        or "quota.requests" or "quota.tokens" or "service.overloaded" or "service.no-replica";

    /// <summary>It may come right when it is asked again.</summary>
    internal static bool IsChance(string code) => code is "model.broken" or "model.silent" or "service.no-answer";

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
        return Unpaid(Line(question, status, OpenAiRefusal.Body(entry, refused).Span));
    }

    private static BatchAnswer Unpaid(ReadOnlyMemory<byte> line) => new(true, line, null, null);

    private async Task<BatchAnswer> OnceAsync(IModelRoute route, CancellationToken cancel)
    {
        var read = Question.Read(question.Body, kind);
        var ticket = meter.Enter(who, route.Model, read, question.Body.Length);
        try
        {
            var answer = await OnceAsync(route, read, ticket, cancel).ConfigureAwait(false);
            if (answer.IsError) ticket.Dispose();
            return answer;
        }
        catch
        {
            ticket.Dispose();
            throw;
        }
    }

    private async Task<BatchAnswer> OnceAsync(
        IModelRoute route, Question read, ModelMeter.Ticket ticket, CancellationToken cancel)
    {
        var isTranslated = kind == QuestionKind.Response && !route.Speaks(kind.Path);
        var form = isTranslated ? ResponseForm.Parse(question.Body) : null;
        var asked = form is null
            ? new ModelQuestion(kind.Path, question.Body) { ModelAt = read.ModelAt }
            : new ModelQuestion(QuestionKind.Chat.Path, Encoding.UTF8.GetBytes(
                ResponseForm.ChatOf(form, isStream: false, tellsUsage: false).ToJsonString()));
        if (!route.Speaks(asked.Path))
            throw new ApiException("model.path", $"'{read.Model}' does not answer at {kind.Path}.");
        using var answer = await QuestionDesk.AskAsync(route, asked, cancel).ConfigureAwait(false);
        using var whole = await QuestionDesk.WholeAsync(answer, ticket.Answers, cancel).ConfigureAwait(false);
        var scan = Utf8.IsValid(whole.Memory.Span) ? AnswerScan.Of(whole.Memory.Span) : default;
        var by = answer.By.Name;
        if (answer.Status >= 400)
            return scan.IsError
                ? Unpaid(Line(question, answer.Status, whole.Memory.Span))
                : throw new ApiException("model.rejects", $"{by} answered {answer.Status} and no reason.");
        if (!scan.IsObject || scan.IsError) throw BackEndFault.Broken(by, "gave no answer");
        var bill = ticket.BillOf(by, scan.Usage, whole.Length);
        var said = form is null
            ? whole.Memory
            : OpenAiJson.Bytes(json => new ResponseView(form, WallTime.Now(TimeProvider.System))
                .OfChat(ResponseDesk.ChatOf(whole.Memory.Span, by), bill.Usage).WriteTo(json));
        return new BatchAnswer(false, Line(question, 200, said.Span), () => ticket.Settle(by, bill), ticket);
    }

    private static void Head(Utf8JsonWriter json, BatchQuestion question)
    {
        json.WriteStartObject();
        json.WriteString("id", FileRoutes.NewId("batch_req_"));
        json.WriteString("custom_id", question.CustomId);
    }

    /// <param name="body">A document in UTF-8 that was looked through.</param>
    internal static ReadOnlyMemory<byte> Line(BatchQuestion question, int status, ReadOnlySpan<byte> body)
    {
        // A document may span lines, and a line of the file may not. Breaks stand between its parts only, so that
        // nothing of it need be read and written anew: halves of pairs, which are no text, stay as they are.
        var flat = body.ToArray();
        flat.AsSpan().Replace((byte)'\n', (byte)' ');
        flat.AsSpan().Replace((byte)'\r', (byte)' ');
        return OpenAiJson.Bytes(json =>
        {
            Head(json, question);
            json.WriteStartObject("response");
            json.WriteNumber("status_code", status);
            json.WriteString("request_id", FileRoutes.NewId("req_"));
            json.WritePropertyName("body");
            json.WriteRawValue(flat, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteNull("error");
            json.WriteEndObject();
        });
    }
}
