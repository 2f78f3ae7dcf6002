using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Answers at /v1/responses for a back end that knows conversations only.</summary>
internal sealed class ResponseDesk(ApiCall call, IModelRoute route, ModelMeter.Ticket ticket)
{
    public async Task AskAsync(ReadOnlyMemory<byte> body)
    {
        var form = ResponseForm.Parse(body.Span);
        var isStream = form["stream"] is JsonValue value && value.TryGetValue(out bool wanted) && wanted;
        var chat = Encoding.UTF8.GetBytes(
            ResponseForm.ChatOf(form, isStream, route.TellsUsage).ToJsonString());
        using var answer = await QuestionDesk.AskAsync(
            route, new ModelQuestion(QuestionKind.Chat.Path, chat), call.Cancel).ConfigureAwait(false);
        var view = new ResponseView(form, WallTime.Now(TimeProvider.System));
        if (answer.Status >= 400) await QuestionDesk.RefuseAsync(call, answer, ticket.Answers).ConfigureAwait(false);
        else if (isStream && answer.ContentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase))
            await StreamAsync(answer, new ResponseEvents(view), body.Length).ConfigureAwait(false);
        else await PlainAsync(answer, view).ConfigureAwait(false);
    }

    private async Task PlainAsync(ModelAnswer answer, ResponseView view)
    {
        using var whole = await QuestionDesk.WholeAsync(answer, ticket.Answers, call.Cancel).ConfigureAwait(false);
        var scan = AnswerScan.Of(whole.Memory.Span);
        if (!scan.IsObject || scan.IsError) throw BackEndFault.Broken(answer.By.Name, "gave no answer");
        var chat = ChatOf(whole.Memory.Span, answer.By.Name);
        var bill = ticket.BillOf(answer.By.Name, scan.Usage, whole.Length);
        var response = call.Response;
        QuestionDesk.Tell(response, answer);
        response.Headers[OpenAiHeaders.Price] = bill.Price.Units.ToString(CultureInfo.InvariantCulture);
        var bytes = OpenAiJson.Bytes(json => view.OfChat(chat, bill.Usage).WriteTo(json));
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        try
        {
            await response.BodyWriter.WriteAsync(bytes, call.Cancel).ConfigureAwait(false);
        }
        finally
        {
            ticket.Settle(answer.By.Name, bill);
        }
    }

    internal static JsonObject ChatOf(ReadOnlySpan<byte> said, string by)
    {
        try
        {
            return PlainJson.Parse(said)!;
        }
        catch (JsonException)
        {
            throw BackEndFault.Broken(by, "gave a document that cannot be translated");
        }
    }

    private async Task StreamAsync(ModelAnswer answer, ResponseEvents events, int asked)
    {
        var (response, cancel) = (call.Response, call.Cancel);
        QuestionDesk.Tell(response, answer);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        events.Begin(response.BodyWriter);
        var relay = new EventRelay(hidesUsage: false) { Instead = events.Translate };
        var usage = default(TokenUsage);
        try
        {
            await relay.RunAsync(answer.Body, response.BodyWriter, cancel).ConfigureAwait(false);
            usage = relay.Usage ?? TokenUsage.Counted(asked, 0, relay.Pieces);
            if (relay is { IsWhole: true, IsError: false }) events.End(response.BodyWriter, usage);
            else Break(events, "model.broken", $"{answer.By.Name} broke off in the middle of its answer.");
        }
        catch (ApiException late) when (!cancel.IsCancellationRequested)
        {
            Break(events, late.Code, late.Message);
        }
        catch (Exception failure) when (QuestionDesk.IsBreak(failure) && !cancel.IsCancellationRequested)
        {
            Break(events, "model.broken", $"{answer.By.Name} broke off in the middle of its answer.");
        }
        finally
        {
            QuestionDesk.Settle(ticket, answer.By.Name, relay, cancel.IsCancellationRequested);
        }
        await response.BodyWriter.FlushAsync(cancel).ConfigureAwait(false);
    }

    private void Break(ResponseEvents events, string code, string detail) => events.Fail(
        call.Response.BodyWriter, OpenAiRefusal.Body(ErrorBook.Of(code), new ApiException(code, detail)).Span);
}
