using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Gateway;
using Stun.Node.Operator.Results;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Bridge;

/// <summary>
/// What of the role is reached by HTTP: results that were too large for a chain, for everybody; and, where the owner
/// has given a word for it, what a stock Chainlink node's bridge calls instead of this node following the chain.
/// </summary>
/// <param name="trial">Says the data again whatever is asked for, at the usual price.</param>
/// <param name="tokenFile">The word is the outgoing token of the bridge; null where there is no bridge.</param>
public sealed class OperatorDoor(RequestDesk desk, RequestDesk trial, ResultShelf shelf, string? tokenFile)
{
    private const string Greeting = "<h2>Hello, World!</h2>";

    /// <summary>The chain is not told to a bridge; the ids of its requests are their own.</summary>
    private const ulong NoChain = 0;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/operator/results/{name}", ResultAsync);
        if (tokenFile is null) return;
        routes.MapGet("/hello", context => JsonAsync(context, JsonValue.Create(Greeting)));
        routes.MapPost("/api1", context => AnswerAsync(context, desk));
        routes.MapPost("/api1-handler", context => AnswerAsync(context, desk));
        routes.MapPost("/api1-test", context => AnswerAsync(context, trial));
    }

    private async Task AnswerAsync(HttpContext context, RequestDesk who)
    {
        RequireBridge(context);
        var body = await JsonNode.ParseAsync(
            context.Request.Body, null, new JsonDocumentOptions { MaxDepth = JsonText.DepthMax },
            context.RequestAborted).ConfigureAwait(false);
        var request = BridgeForm.Read(body);
        var reply = await who.AnswerAsync(NoChain, request, new PassingMemory(), context.RequestAborted)
            .ConfigureAwait(false);
        await JsonAsync(context, new JsonObject
        {
            ["tx0"] = Hex.Data(OperatorCalls.FulfillAndRefund(request, reply.Result.Span, reply.Refund)),
            ["tx1"] = Hex.Data(OperatorCalls.ProcessRefund(request, RefundTo(request))),
        }).ConfigureAwait(false);
    }

    private static Address RefundTo(OracleRequest request)
    {
        try
        {
            return RequestPairs.Read(request.Data.Span).RefundTo ?? request.CallbackAddress;
        }
        catch (RequestRefusedException)
        {
            return request.CallbackAddress;
        }
    }

    private async Task ResultAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var digest = ContentId.TryParse((string?)context.Request.RouteValues["name"] ?? "")?.Blob;
        using var content = digest is { } name ? shelf.TryOpen(name) : null;
        if (content is null) throw new ApiException("blob.unknown", "There is no result of this name here.");
        // Strangers' content: no browser is to show it as a page of this node.
        context.Response.Headers.ContentDisposition = "attachment";
        context.Response.Headers.CacheControl = "public, immutable, max-age=31536000";
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private void RequireBridge(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0) throw new ApiException("auth.missing", "A bridge says its token.");
        const string bearer = "Bearer ";
        var given = header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? header[bearer.Length..] : "";
        // Read each time: a bridge that is made anew has another.
        var token = File.ReadAllText(tokenFile!).Trim();
        if (token.Length == 0 || !CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(token))))
            throw new ApiException("auth.refused", "This is not the bridge's token.");
    }

    private static Task JsonAsync(HttpContext context, JsonNode value)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(JsonText.Bytes(value), context.RequestAborted).AsTask();
    }
}
