using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Turns what an endpoint throws into a problem document. Outermost, so that nothing escapes it.</summary>
internal static class Problems
{
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && OfStatus(context) is { } plain)
                await WriteAsync(context, plain).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception failure) when (Of(failure) is { } refused)
        {
            await WriteAsync(context, refused).ConfigureAwait(false);
        }
    }

    /// <summary>What routing and the file answers say by a status alone.</summary>
    private static ApiException? OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound when context.GetEndpoint() is null =>
            new ApiException("request.not-found", $"There is nothing at {Shown(context)}."),
        StatusCodes.Status405MethodNotAllowed =>
            new ApiException("request.method", $"{Shown(context)} does not take {context.Request.Method}."),
        StatusCodes.Status416RangeNotSatisfiable =>
            new ApiException("request.range", "The range begins behind the end."),
        _ => null,
    };

    private static ApiException? Of(Exception failure) => failure switch
    {
        ApiException refused => refused,
        StorageException stored when ErrorBook.CodeOf(stored) is { } code => new ApiException(code, stored.Message),
        JsonException malformed => new ApiException("request.malformed", malformed.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } large =>
            new ApiException("request.too-large", large.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } slow =>
            new ApiException("request.too-slow", slow.Message),
        BadHttpRequestException bad => new ApiException("request.malformed", bad.Message),
        NodeException { Code: "node.ended" } => new ApiException("node.draining", "It has stopped."),
        // The pump has ended, and what waited for it with it.
        TaskCanceledException => new ApiException("node.draining", "It is stopping."),
        _ => new ApiException("node.failed", $"{failure.GetType().Name} stopped it."),
    };

    private static string Shown(HttpContext context) => Sentence.Short(context.Request.Path.Value ?? "/");

    private static async Task WriteAsync(HttpContext context, ApiException refused)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }
        LetBodyEnd(context);
        var entry = ErrorBook.Of(refused.Code);
        var response = context.Response;
        response.Headers.ContentLength = null;
        response.StatusCode = entry.Status;
        if (entry.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (refused.RetryAfter is { } wait)
            response.Headers.RetryAfter = $"{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}";
        try
        {
            var form = context.Features.Get<IRefusalForm>();
            await (form is null ? ProblemAsync(context, entry, refused) : form.WriteAsync(context, entry, refused))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As above.
        }
    }

    /// <summary>Who is still sending reads the answer only if the connection outlives what they send. The server takes
    /// the rest of a body once it has answered, in bounded time, but none that is above its limit.</summary>
    private static void LetBodyEnd(HttpContext context)
    {
        if (context.Request.ContentLength is not { } length || length > DoorLimits.UnheardBytesMax) return;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size
            && size.MaxRequestBodySize < length)
            size.MaxRequestBodySize = length;
    }

    private static Task ProblemAsync(HttpContext context, ErrorEntry entry, ApiException refused)
    {
        var problem = new ProblemView(
            $"urn:stun:error:{entry.Code}", entry.Title, entry.Status, entry.Code, refused.Message, entry.Cure,
            refused.Faults.Count == 0 ? null : refused.Faults, context.TraceIdentifier);
        return context.Response.WriteAsJsonAsync(
            problem, ApiJson.Default.ProblemView, "application/problem+json", context.RequestAborted);
    }
}
