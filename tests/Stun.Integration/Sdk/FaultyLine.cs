using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Stun.Integration.Sdk;

/// <summary>A line to a node that answers in its place, or breaks, as often as it is told.</summary>
internal sealed class FaultyLine : IAsyncDisposable
{
    private readonly WebApplication door;
    private readonly HttpClient target;
    private readonly Lock gate = new();
    private readonly List<Fault> faults = [];
    private readonly List<Asked> asked = [];

    private FaultyLine(WebApplication door, Uri node)
    {
        this.door = door;
        target = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = node,
            Timeout = SdkProgram.Patience,
        };
    }

    /// <param name="On">A method and a path, in which * stands for one part.</param>
    /// <param name="What">As the suite says it.</param>
    private sealed record Fault(string On, JsonObject What);

    private sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Headers);

    public string Address => door.Urls.Single();

    public static async Task<FaultyLine> StartAsync(Uri node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Limits.MaxRequestBodySize = null;
        });
        var line = new FaultyLine(builder.Build(), node);
        line.door.Run(line.CarryAsync);
        await line.door.StartAsync();
        return line;
    }

    public void BeginAnew()
    {
        lock (gate)
        {
            faults.Clear();
            asked.Clear();
        }
    }

    public void Break(string on, JsonObject what)
    {
        lock (gate) faults.Add(new Fault(on, what));
    }

    /// <summary>How many faults have not come yet.</summary>
    public int Left
    {
        get { lock (gate) return faults.Count; }
    }

    public int CountOf(string on)
    {
        lock (gate) return asked.Count(each => Fits(on, each));
    }

    /// <summary>The values that a header had in requests of a kind.</summary>
    public IReadOnlyList<string> ValuesOf(string on, string header)
    {
        lock (gate)
            return [.. asked.Where(each => Fits(on, each))
                .Select(each => each.Headers.GetValueOrDefault(header, "")).Distinct()];
    }

    public async ValueTask DisposeAsync()
    {
        target.Dispose();
        await door.DisposeAsync();
    }

    private static bool Fits(string on, Asked request) =>
        Regex.IsMatch($"{request.Method} {request.Path}", $"^{Regex.Escape(on).Replace(@"\*", "[^/]+")}$");

    private JsonObject? Take(HttpContext context)
    {
        var headers = context.Request.Headers.ToDictionary(
            each => each.Key, each => each.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new Asked(context.Request.Method, context.Request.Path.Value ?? "", headers);
        lock (gate)
        {
            asked.Add(request);
            var found = faults.FirstOrDefault(each => Fits(each.On, request));
            if (found is not null) faults.Remove(found);
            return found?.What;
        }
    }

    private async Task CarryAsync(HttpContext context)
    {
        var fault = Take(context);
        var breaks = (string?)fault?["break"];
        if (breaks == "before")
        {
            context.Abort();
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (fault?["status"] is not null)
        {
            await AnswerAsync(context, fault);
            return;
        }
        using var request = Copy(context.Request, body.ToArray());
        using var answer = await target.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        if (breaks == "after")
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name != "Transfer-Encoding") context.Response.Headers[name] = values.ToArray();
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var content = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        await WriteAsync(context, content, (int?)fault?["cut"]);
    }

    private static async Task AnswerAsync(HttpContext context, JsonObject fault)
    {
        var status = (int)fault["status"]!;
        context.Response.StatusCode = status;
        foreach (var (name, value) in fault["headers"]?.AsObject() ?? [])
            context.Response.Headers[name] = (string?)value;
        var (type, text) = ((string?)fault["code"], fault["document"]) switch
        {
            ({ } code, _) => ("application/problem+json", Problem(status, code)),
            (null, { } document) => ("application/json", document.ToJsonString()),
            _ => ("text/plain", (string?)fault["text"] ?? ""),
        };
        context.Response.ContentType = type;
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await WriteAsync(context, new MemoryStream(bytes), (int?)fault["cut"]);
    }

    private static string Problem(int status, string code) => new JsonObject
    {
        ["type"] = "urn:stun:error:" + code,
        ["title"] = "A title.",
        ["status"] = status,
        ["code"] = code,
        ["detail"] = "The detail.",
        ["cure"] = "The cure.",
        ["request_id"] = "r1",
    }.ToJsonString();

    /// <summary>All of it, or so many bytes and then nothing more.</summary>
    private static async Task WriteAsync(HttpContext context, Stream content, int? cut)
    {
        if (cut is null)
        {
            await content.CopyToAsync(context.Response.Body, context.RequestAborted);
            return;
        }
        var bytes = new byte[cut.Value];
        var size = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, size));
        await context.Response.Body.FlushAsync();
        // An abort could overtake what was written; a failure closes the line behind it.
        throw new InvalidOperationException("The line is cut here.");
    }

    private static HttpRequestMessage Copy(HttpRequest from, byte[] body)
    {
        var path = from.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(from.Method), path);
        if (body.Length > 0 || from.ContentLength is not null) request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in from.Headers)
            if (name is not ("Host" or "Connection" or "Transfer-Encoding" or "Content-Length")
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        return request;
    }
}
