using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Stun.Node.Site;

/// <summary>
/// Serves the console where no endpoint answers. Its pages may load nothing from anywhere else, be framed by nobody and
/// run no script that is not a file of their own.
/// </summary>
public sealed class SiteDoor(SiteFiles files)
{
    /// <summary>Paths below these are the API's: what is not there is told as the API tells it.</summary>
    private static readonly string[] OfOthers =
        ["/v1", "/ga4gh", "/healthz", "/readyz", "/metrics", "/assets", "/.well-known"];

    /// <summary>Under a name with the digest of its content a file never changes.</summary>
    private const string Hashed = "assets/";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "font-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        + "form-action 'none'; require-trusted-types-for 'script'; trusted-types stun";

    private const string Absent =
        "This node runs, and was built without its console: the API is at /v1, its document at /v1/openapi.json.\n"
        + "To have the console, run 'npm ci && npm run build' in web/ and build again; ./stun does both.\n"
        + "[console.absent]\n";

    /// <summary>Leaves what it has not to whoever comes after it.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!isRead || context.GetEndpoint() is not null || !IsPage(context.Request, out var path))
            await next(context).ConfigureAwait(false);
        else if (files.IsEmpty) await SayAbsentAsync(context).ConfigureAwait(false);
        else await SendAsync(context, path, files.Find(path)!).ConfigureAwait(false);
    }

    /// <summary>Whether it is a file, or a place in the console: then the page finds the way itself.</summary>
    private bool IsPage(HttpRequest request, out string path)
    {
        path = request.Path.Value is { Length: > 1 } given ? given[1..] : SiteFiles.Index;
        if (files.Find(path) is not null) return true;
        path = SiteFiles.Index;
        if (request.Path.Value is null or "" or "/") return true;
        if (files.IsEmpty || OfOthers.Any(other => request.Path.StartsWithSegments(other, StringComparison.Ordinal)))
            return false;
        var isNavigation = request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        return isNavigation && !Path.HasExtension(request.Path.Value);
    }

    private static async Task SendAsync(HttpContext context, string path, SiteFile file)
    {
        var headers = context.Response.Headers;
        Guard(headers);
        headers.ETag = $"\"{file.Tag}\"";
        headers.CacheControl = path.StartsWith(Hashed, StringComparison.Ordinal)
            ? "public, max-age=31536000, immutable" : "no-cache";
        if (file.HasForms) headers.Vary = HeaderNames.AcceptEncoding;
        if (HasAlready(context.Request, file.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var body = FormFor(context.Request, file, out var encoding);
        if (encoding is not null) headers.ContentEncoding = encoding;
        headers.ContentType = file.MediaType;
        headers.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task SayAbsentAsync(HttpContext context)
    {
        Guard(context.Response.Headers);
        // No endpoint, and yet an answer: a problem document would replace one that has not started.
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = Absent.Length;
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.WriteAsync(Absent, context.RequestAborted).ConfigureAwait(false);
    }

    private static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] =
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
            + "microphone=(), midi=(), payment=(), serial=(), usb=()";
    }

    private static bool HasAlready(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(each => each.Tag == "*" || each.Tag == $"\"{tag}\"");

    private static byte[] FormFor(HttpRequest request, SiteFile file, out string? encoding)
    {
        var taken = Taken(request.Headers.AcceptEncoding);
        (encoding, var body) = file switch
        {
            { Brotli: { } packed } when taken("br") => ("br", packed),
            { Gzip: { } packed } when taken("gzip") => ("gzip", packed),
            _ => (null, file.Plain),
        };
        return body;
    }

    /// <summary>What is not named, or named with a weight of nothing, is not taken.</summary>
    private static Func<string, bool> Taken(Microsoft.Extensions.Primitives.StringValues accepted) =>
        StringWithQualityHeaderValue.TryParseList(accepted, out var codings)
            ? name => codings.Any(coding => coding.Value.Equals(name, StringComparison.OrdinalIgnoreCase)
                && coding.Quality is not 0)
            : _ => false;
}
