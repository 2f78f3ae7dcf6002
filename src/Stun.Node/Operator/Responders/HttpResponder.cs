using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Node.Configuration;
using Stun.Node.Operator.Results;

namespace Stun.Node.Operator.Responders;

/// <summary>
/// Asks a web server that the owner has named. What a name means is looked up here, and the address that was looked at
/// is the one that is connected to; so no name leads into this node's own network, neither at first nor after the
/// server has sent the caller elsewhere.
/// </summary>
public sealed class HttpResponder : IResponder, IDisposable
{
    private const int RedirectsMax = 5;

    /// <summary>A server that says more about its answer than this has nothing to say.</summary>
    private const int HeaderKiBMax = 32;

    private readonly AllowedHosts hosts;
    private readonly HttpRules rules;
    private readonly IPNetwork[] mayReach;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> names;
    private readonly HttpClient http;

    /// <param name="names">The name service; null for the machine's own.</param>
    public HttpResponder(HttpRules rules, Func<string, CancellationToken, Task<IPAddress[]>>? names = null)
    {
        this.rules = rules;
        this.names = names ?? Dns.GetHostAddressesAsync;
        hosts = new AllowedHosts(rules.Hosts.Span.ToArray());
        mayReach = [.. rules.MayReach.Span.ToArray().Select(text => IPNetwork.Parse(text))];
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = HeaderKiBMax,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel)
    {
        var (url, body) = UrlOf(inquiry);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMicroseconds(rules.Within.Micros));
        try
        {
            return new Found.Said(await AskAsync(url, body, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"gave no answer within {rules.Within.SecondsStarted} s");
        }
        catch (HttpRequestException failure)
        {
            if (failure.InnerException is RequestRefusedException refused) throw refused;
            throw Failed("could not be reached, or broke off", failure);
        }
        catch (IOException failure)
        {
            throw Failed("broke off", failure);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<byte[]> AskAsync(Uri first, byte[]? body, CancellationToken cancel)
    {
        var url = first;
        for (var count = 0; count <= RedirectsMax; count++)
        {
            hosts.Require(url);
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, url);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
            var status = (int)answer.StatusCode;
            if (status is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is { } next)
            {
                // A form that was sent is not sent again elsewhere unless the server says so.
                if (status is not (307 or 308)) body = null;
                url = next.IsAbsoluteUri ? next : new Uri(url, next);
                continue;
            }
            if (status is < 200 or > 299) throw Failed($"answered {status}");
            return await ReadAsync(answer.Content, rules.BytesMax, cancel).ConfigureAwait(false);
        }
        throw Failed($"sent this node elsewhere more than {RedirectsMax} times");
    }

    internal static async Task<byte[]> ReadAsync(HttpContent content, ulong most, CancellationToken cancel)
    {
        var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var kept = new MemoryStream();
            var buffer = new byte[16 << 10];
            while (await stream.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
            {
                if ((ulong)(kept.Length + count) > most) throw Failed($"has more than {most} bytes to say");
                kept.Write(buffer, 0, count);
            }
            return kept.ToArray();
        }
    }

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) =>
        PublicAddresses.ConnectAsync(context.DnsEndPoint, mayReach, names, what => new RequestRefusedException(
            "operator.http-address", $"{what}: this node does not go there."), cancel);

    /// <summary>As the prototype's adapter has it: <c>url</c>, <c>extPath</c> and <c>queryParams</c>.</summary>
    private static (Uri Url, byte[]? Body) UrlOf(Inquiry inquiry)
    {
        var document = EchoResponder.DocumentOf(inquiry) as JsonObject ?? throw Bad();
        var text = TextOf(document["url"]) + TextOf(document["extPath"]);
        var isPost = inquiry.Pairs.ServiceName == "util/http-post";
        var query = document["queryParams"] as JsonObject;
        if (!isPost && query is { Count: > 0 })
        {
            var joint = !text.Contains('?') ? "?" : text[^1] is '?' or '&' ? "" : "&";
            text += joint + string.Join('&', query.Select(pair =>
                $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(PlainOf(pair.Value))}"));
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) throw Bad();
        return (url, isPost ? JsonText.Bytes(query ?? []) : null);
    }

    private static string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonValue leaf when leaf.TryGetValue(out string? text) => text,
        _ => throw Bad(),
    };

    private static string PlainOf(JsonNode? value) =>
        value is JsonValue leaf && leaf.TryGetValue(out string? text) ? text : JsonText.Of(value);

    private static RequestRefusedException Bad() => new("operator.bad-data",
        "Give the data as {\"url\": \"https://…\"}, with \"extPath\" and \"queryParams\" where needed.");

    private static RequestRefusedException Failed(string what, Exception? inner = null) =>
        new("operator.http", $"The server {what}.", inner);
}
