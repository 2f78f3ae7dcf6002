using System.Globalization;
using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Takes a question in, finds who answers, and passes the answer on. An answer that is no stream is whole or an error,
/// and charged when it was handed over. A stream that breaks says so and is free; one that its caller leaves is charged
/// by what was passed on until then.
/// </summary>
internal sealed class QuestionDesk(DoorPlan plan, ModelMeter meter, AnswerCache cache, BatchRunner batches)
{
    private const string EventStream = "text/event-stream";

    public async Task AskAsync(ApiCall call, QuestionKind kind)
    {
        using var body = await BodyBytes.ReadJsonAsync(
            call.Request, plan.ModelSettings.BodyBytesMax, plan.Settings.BodyWithin).ConfigureAwait(false);
        var question = Question.Read(body.Memory.Span, kind);
        var route = Find(question.Model, call.Who.Account);
        call.Response.Headers[OpenAiHeaders.RequestId] = call.Http.TraceIdentifier;
        var key = AnswerCache.KeyOf(call, kind, question, body.Memory.Span);
        if (key is { } asked && await TryCachedAsync(call, route, question, asked).ConfigureAwait(false)) return;
        using var ticket = meter.Enter(call.Who, route.Model, question, body.Length);
        if (route.Room == 0) batches.MakeRoom(question.Model);
        if (!route.Speaks(kind.Path))
        {
            if (kind != QuestionKind.Response || !route.Speaks(QuestionKind.Chat.Path))
                throw new ApiException("model.path", $"'{question.Model}' does not answer at {kind.Path}.");
            await new ResponseDesk(call, route, ticket).AskAsync(body.Memory).ConfigureAwait(false);
            return;
        }
        var asksUsage = question is { IsStream: true, WantsUsage: false } && kind.HasUsageOption && route.TellsUsage;
        var (sent, modelAt) = asksUsage
            ? QuestionBody.AskForUsage(body.Memory.Span, question)
            : (body.Memory, question.ModelAt);
        using var answer = await AskAsync(
            route, new ModelQuestion(kind.Path, sent) { ModelAt = modelAt }, call.Cancel).ConfigureAwait(false);
        var asking = new Asking(call, ticket, key);
        if (answer.Status >= 400) await RefuseAsync(call, answer, ticket.Answers).ConfigureAwait(false);
        else if (question.IsStream && answer.ContentType.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase))
            await StreamAsync(asking, answer, asksUsage).ConfigureAwait(false);
        else await PlainAsync(asking, answer).ConfigureAwait(false);
    }

    public IModelRoute Find(string model, Address account) => Find(plan.Models, model, account);

    internal static IModelRoute Find(IReadOnlyList<IModelHost> hosts, string model, Address account)
    {
        foreach (var host in hosts)
            if (host.Find(model, account) is { } route) return route;
        throw new ApiException("model.unknown", $"There is no model '{Sentence.Short(model)}' for this account.")
        {
            Faults = [new FormFault("model", "is not known here")],
        };
    }

    /// <summary>One question on its way, with what is needed to settle it.</summary>
    private sealed record Asking(ApiCall Call, ModelMeter.Ticket Ticket, CacheKey? Key);

    /// <summary>What a host cannot do becomes one of this door's refusals, whatever it throws.</summary>
    internal static async Task<ModelAnswer> AskAsync(
        IModelRoute route, ModelQuestion question, CancellationToken cancel)
    {
        try
        {
            var answer = await route.AskAsync(question, cancel).ConfigureAwait(false);
            if (!BackEndFault.IsOfBackEnd(answer.Status)) return answer;
            answer.Dispose();
            throw BackEndFault.Of(answer.By.Name, answer.Status, answer.RetryAfter);
        }
        catch (Exception failure) when (IsBreak(failure) && !cancel.IsCancellationRequested)
        {
            throw BackEndFault.Broken($"Who answers for '{route.Model.Id}'", "could not be reached, or broke off");
        }
    }

    internal static bool IsBreak(Exception failure) => failure is HttpRequestException or IOException
        or OperationCanceledException or TimeoutException;

    internal static void Tell(HttpResponse response, ModelAnswer answer)
    {
        var headers = response.Headers;
        headers[OpenAiHeaders.Provider] = answer.By.Name;
        headers[OpenAiHeaders.Verification] = answer.By.Verification;
        if (answer.By.Task is { } task) headers[OpenAiHeaders.Task] = task.ToString();
    }

    private async Task<bool> TryCachedAsync(ApiCall call, IModelRoute route, Question question, CacheKey key)
    {
        var kept = cache.Find(key);
        call.Response.Headers[OpenAiHeaders.Cache] = kept is null ? "miss" : "hit";
        if (kept is null) return false;
        // The quota of questions holds for these as well: they are free, not unlimited.
        using var ticket = meter.Enter(call.Who, Free(route.Model), question, 0);
        call.Response.ContentType = kept.ContentType;
        call.Response.ContentLength = kept.Bytes.Length;
        call.Response.Headers[OpenAiHeaders.Price] = "0";
        await call.Response.BodyWriter.WriteAsync(kept.Bytes, call.Cancel).ConfigureAwait(false);
        ticket.SettleCached();
        return true;
    }

    private static ServedModel Free(ServedModel model) => model with { Prices = TokenPrices.Free };

    /// <summary>What a back end says against the question itself is for who asked it, as it stands.</summary>
    internal static async Task RefuseAsync(ApiCall call, ModelAnswer answer, ByteBudget budget)
    {
        using var said = await WholeAsync(answer, budget, call.Cancel).ConfigureAwait(false);
        if (AnswerScan.Of(said.Memory.Span) is not { IsError: true })
            throw new ApiException("model.rejects", $"{answer.By.Name} answered {answer.Status} and no reason.");
        var response = call.Response;
        Tell(response, answer);
        response.StatusCode = answer.Status;
        response.Headers[OpenAiHeaders.Code] = "model.rejects";
        response.ContentType = "application/json";
        response.ContentLength = said.Length;
        await response.BodyWriter.WriteAsync(said.Memory, call.Cancel).ConfigureAwait(false);
    }

    private async Task PlainAsync(Asking asking, ModelAnswer answer)
    {
        using var whole = await WholeAsync(answer, asking.Ticket.Answers, asking.Call.Cancel).ConfigureAwait(false);
        var scan = AnswerScan.Of(whole.Memory.Span);
        if (!scan.IsObject) throw BackEndFault.Broken(answer.By.Name, "gave no document of JSON");
        if (scan.IsError) throw BackEndFault.Broken(answer.By.Name, "answered with an error that it called a success");
        var bill = asking.Ticket.BillOf(answer.By.Name, scan.Usage, whole.Length);
        var response = asking.Call.Response;
        Tell(response, answer);
        response.Headers[OpenAiHeaders.Price] = bill.Price.IsZero
            ? "0" : bill.Price.Units.ToString(CultureInfo.InvariantCulture);
        response.ContentType = answer.ContentType;
        response.ContentLength = whole.Length;
        try
        {
            await response.BodyWriter.WriteAsync(whole.Memory, asking.Call.Cancel).ConfigureAwait(false);
        }
        finally
        {
            // Whoever hangs up over the last byte has read the others.
            asking.Ticket.Settle(answer.By.Name, bill);
        }
        if (asking.Key is { } key) cache.Keep(key, answer.ContentType, whole.Memory.Span);
    }

    internal static async Task<AnswerBytes> WholeAsync(
        ModelAnswer answer, ByteBudget budget, CancellationToken cancel)
    {
        try
        {
            return await AnswerBytes.ReadAsync(answer, budget, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsBreak(failure) && !cancel.IsCancellationRequested)
        {
            throw BackEndFault.Broken(answer.By.Name, "broke off in the middle of its answer");
        }
    }

    private async Task StreamAsync(Asking asking, ModelAnswer answer, bool hidesUsage)
    {
        var (response, cancel) = (asking.Call.Response, asking.Call.Cancel);
        Tell(response, answer);
        response.ContentType = answer.ContentType;
        response.Headers.CacheControl = "no-cache";
        var copy = asking.Key is null ? null : new AnswerCopy();
        var relay = new EventRelay(hidesUsage) { Passed = copy is null ? null : copy.Add };
        try
        {
            await relay.RunAsync(answer.Body, response.BodyWriter, cancel).ConfigureAwait(false);
            if (!relay.IsWhole && !relay.IsError)
                await BreakAsync(response, "model.broken",
                    $"{answer.By.Name} broke off in the middle of its answer.", cancel).ConfigureAwait(false);
        }
        catch (ApiException late) when (!cancel.IsCancellationRequested)
        {
            await BreakAsync(response, late.Code, late.Message, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsBreak(failure) && !cancel.IsCancellationRequested)
        {
            await BreakAsync(response, "model.broken", $"{answer.By.Name} broke off in the middle of its answer.",
                cancel).ConfigureAwait(false);
        }
        finally
        {
            Settle(asking.Ticket, answer.By.Name, relay, cancel.IsCancellationRequested);
        }
        if (relay is { IsWhole: true, IsError: false } && asking.Key is { } key && copy!.Whole is { } kept)
            cache.Keep(key, answer.ContentType, kept);
    }

    internal static void Settle(ModelMeter.Ticket ticket, string by, EventRelay relay, bool isLeft)
    {
        if (relay.IsError || (!relay.IsWhole && !isLeft)) return;
        if (ticket.TryBill(relay.Usage, relay.Bytes, relay.Pieces) is { } bill) ticket.Settle(by, bill);
    }

    /// <summary>An end that no client takes for the end of the answer.</summary>
    internal static async Task BreakAsync(
        HttpResponse response, string code, string detail, CancellationToken cancel) =>
        await response.BodyWriter.WriteAsync(OpenAiRefusal.Event(code, detail), cancel).ConfigureAwait(false);
}
