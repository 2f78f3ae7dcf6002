using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stun.Node.Hosting;

namespace Stun.Node.Gateway;

/// <summary>The REST API. It translates between HTTP and the gateway's role, and decides nothing.</summary>
public sealed class FrontDoor(Pump pump, Doorkeeper doorkeeper, Intake intake, TaskBoard board)
{
    /// <summary>Longer than any proxy between keeps a silent connection open by default.</summary>
    private const int WaitSecondsMax = 55;

    /// <summary>The order that a requester handed in under a key in an earlier life of this node.</summary>
    public Func<Address, ulong, TaskOrder?> Earlier { get; init; } = (_, _) => null;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/tasks", SubmitAsync);
        routes.MapGet("/v1/tasks/{id}", GetAsync);
    }

    /// <summary>Turns what a handler throws into a problem document. Outermost, so that nothing escapes it.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ApiException refused)
        {
            await ProblemAsync(context, refused).ConfigureAwait(false);
        }
        catch (JsonException malformed)
        {
            await ProblemAsync(context, new ApiException("request.malformed", malformed.Message))
                .ConfigureAwait(false);
        }
        catch (BadHttpRequestException bad)
        {
            var code = bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? "request.too-large"
                : "request.malformed";
            await ProblemAsync(context, new ApiException(code, bad.Message)).ConfigureAwait(false);
        }
    }

    private static async Task ProblemAsync(HttpContext context, ApiException refused)
    {
        if (context.Response.HasStarted) return;
        var entry = ErrorBook.Of(refused.Code);
        context.Response.StatusCode = entry.Status;
        if (refused.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = $"{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}";
        var problem = new ProblemView(
            $"urn:stun:error:{entry.Code}", entry.Title, entry.Status, entry.Code, refused.Message, entry.Cure,
            refused.Faults.Count == 0 ? null : refused.Faults, context.TraceIdentifier);
        await context.Response.WriteAsJsonAsync(
            problem, ApiJson.Default.ProblemView, "application/problem+json", context.RequestAborted)
            .ConfigureAwait(false);
    }

    private ApiPrincipal Who(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0) throw new ApiException("auth.missing", "There is no Authorization header.");
        const string bearer = "Bearer ";
        var key = header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(bearer.Length) : "";
        return doorkeeper.Find(key) ?? throw new ApiException("auth.refused", "The key is not known here.");
    }

    private async Task SubmitAsync(HttpContext context)
    {
        var who = Who(context);
        var form = await context.Request.ReadFromJsonAsync(ApiJson.Default.TaskForm, context.RequestAborted)
            .ConfigureAwait(false) ?? throw new ApiException("request.malformed", "The body is null.");
        var follow = await intake.SubmitAsync(OrderOf(who, form, context.Request), context.RequestAborted)
            .ConfigureAwait(false);
        await AnswerAsync(context, follow, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    private SignedOrder OrderOf(ApiPrincipal who, TaskForm form, HttpRequest request)
    {
        if (form.Order is { } signed) return Decode(signed);
        var header = request.Headers["Idempotency-Key"].ToString();
        if (header.Length > 255)
            throw new ApiException("request.invalid", "Idempotency-Key has more than 255 characters.");
        var key = header.Length == 0 ? Intake.NewKey() : Intake.KeyOf(header);
        var order = OrderDesk.Read(form, who.Account, key, pump.Now);
        if (header.Length > 0) order = intake.SameAsBefore(order, () => Earlier(who.Account, key));
        return intake.Sign(order);
    }

    private static SignedOrder Decode(string text)
    {
        try
        {
            return ProtocolWire.DecodeSignedOrder(Convert.FromBase64String(text));
        }
        catch (Exception bad) when (bad is FormatException or WireException)
        {
            throw new ApiException("request.invalid", $"order: {bad.Message}");
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        var who = Who(context);
        if (!FormReader.TryTaskId(context.Request.RouteValues["id"] as string, out var task)
            || board.Find(task) is not { } follow || follow.Order.Order.Requester != who.Account)
            throw new ApiException("task.unknown", "No task of yours has this id.");
        await AnswerAsync(context, follow, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>With <c>?wait=SECONDS</c> the answer comes when there is a result, or when the time is over.</summary>
    private static async Task AnswerAsync(HttpContext context, TaskFollow follow, int status)
    {
        if (context.Request.Query.TryGetValue("wait", out var text))
        {
            if (!int.TryParse(text, out var seconds) || seconds is < 0 or > WaitSecondsMax)
                throw new ApiException("request.invalid", $"wait must be 0 to {WaitSecondsMax} seconds.");
            await Intake.WithinAsync(follow.Delivered, TimeSpan.FromSeconds(seconds), context.RequestAborted)
                .ConfigureAwait(false);
        }
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            TaskView.Of(follow), ApiJson.Default.TaskView, cancellationToken: context.RequestAborted)
            .ConfigureAwait(false);
    }
}
