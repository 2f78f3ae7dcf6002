using System.Net;
using System.Net.Sockets;
using System.Text;
using Stun.Execution.Images;
using Stun.Node.Operator;
using Stun.Node.Operator.Responders;
using Stun.Node.Storage;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// Files that documents name by URLs. Ours are blobs of this node: <c>sha256:DIGEST</c>, <c>/v1/blobs/sha256:DIGEST</c>
/// or the same with a host before it; web servers that the owner has named are asked. Whatever else is named is
/// foreign: this node has no key to anybody's store.
/// </summary>
internal sealed class TesFiles : IDisposable
{
    /// <summary>What becomes of an output that is named so: a blob of this node.</summary>
    public const string OwnScheme = "stun:";

    private const string BlobPath = "/v1/blobs/";
    private const int RedirectsMax = 5, HeaderKiBMax = 32;
    private readonly Blobs blobs;
    private readonly TesSettings settings;
    private readonly AllowedHosts hosts;
    private readonly IPNetwork[] mayReach;
    private readonly HttpClient http;

    public TesFiles(Blobs blobs, TesSettings settings)
    {
        (this.blobs, this.settings) = (blobs, settings);
        hosts = new AllowedHosts(settings.HttpHosts);
        mayReach = [.. settings.MayReach.Select(text => IPNetwork.Parse(text))];
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = HeaderKiBMax,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>A blob of this node, by any of the names it has.</summary>
    public static bool TryOwn(string url, out Digest digest)
    {
        var text = url.StartsWith(OwnScheme, StringComparison.Ordinal) ? url[OwnScheme.Length..] : url;
        if (ImageDigest.TryParse(text, out digest)) return true;
        var at = text.IndexOf(BlobPath, StringComparison.Ordinal);
        if (at < 0 || !ImageDigest.TryParse(text[(at + BlobPath.Length)..], out digest)) return false;
        // The digest says all: whichever node is named, it is the same content.
        return at == 0 || (Uri.TryCreate(text, UriKind.Absolute, out var whole) && whole.Scheme is "http" or "https");
    }

    /// <summary>Null where an output can be left here under this url.</summary>
    public static string? FaultOfOutput(string url) =>
        url.StartsWith(OwnScheme, StringComparison.Ordinal) || url.StartsWith(BlobPath, StringComparison.Ordinal)
        || (Uri.TryCreate(url, UriKind.Absolute, out var whole) && whole.Scheme is "http" or "https"
            && whole.AbsolutePath.StartsWith(BlobPath, StringComparison.Ordinal))
            ? null
            : $"the url '{Sentence.Short(url)}' is of a store that this node has no key to; name the output "
                + $"'{OwnScheme}NAME' and fetch it from where logs.outputs says";

    /// <summary>Null where the url can be followed from here.</summary>
    public string? FaultOfInput(string url)
    {
        if (TryOwn(url, out var digest))
            return blobs.IsHere(digest) ? null : $"the blob sha256:{digest} is not here; upload it first";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var whole) || whole.Scheme is not ("http" or "https"))
            return $"the url '{Sentence.Short(url)}' is of a store that this node has no key to; upload the file as a "
                + "blob and name it as sha256:DIGEST";
        try
        {
            hosts.Require(whole);
            return null;
        }
        catch (RequestRefusedException refused)
        {
            return refused.Message.TrimEnd('.');
        }
    }

    /// <summary>Content of a document; durable when the pump has settled.</summary>
    public async Task<(Digest Digest, long Size)> KeepAsync(string content, CancellationToken cancel) =>
        await KeepAsync(Encoding.UTF8.GetBytes(content), cancel).ConfigureAwait(false);

    public async Task<(Digest Digest, long Size)> KeepAsync(byte[] bytes, CancellationToken cancel)
    {
        if (bytes.Length <= NodeLimits.SmallBlobMax)
            return (await blobs.KeepAsync(bytes, cancel).ConfigureAwait(false), bytes.Length);
        using var content = new MemoryStream(bytes, writable: false);
        return (await blobs.Files.PutAsync(content, null, cancel).ConfigureAwait(false), bytes.Length);
    }

    public long SizeOf(Digest digest)
    {
        using var content = blobs.TryOpen(digest)
            ?? throw new TesFailure("tes.foreign-url", $"The blob sha256:{digest} is not here any more.");
        return content.Length;
    }

    public async Task<(Digest Digest, long Size)> FetchAsync(Uri first, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.FetchWithin);
        try
        {
            var url = first;
            for (var count = 0; count <= RedirectsMax; count++)
            {
                hosts.Require(url);
                using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                    .ConfigureAwait(false);
                if ((int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is { } next)
                {
                    url = next.IsAbsoluteUri ? next : new Uri(url, next);
                    continue;
                }
                if (!answer.IsSuccessStatusCode) throw Failed(first, $"answered {(int)answer.StatusCode}");
                return await KeepAsync(first, answer.Content, limit.Token).ConfigureAwait(false);
            }
            throw Failed(first, $"sent this node elsewhere more than {RedirectsMax} times");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed(first, $"was not done within {settings.FetchWithin.TotalSeconds:0} s");
        }
        catch (RequestRefusedException refused)
        {
            throw Failed(first, refused.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Failed(first, (failure.InnerException as RequestRefusedException)?.Message ?? failure.Message);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<(Digest Digest, long Size)> KeepAsync(Uri from, HttpContent content, CancellationToken cancel)
    {
        var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var bounded = new BoundedStream(stream, settings.InputBytesMax,
                () => throw Failed(from, $"has more than {settings.InputBytesMax} bytes"));
            var digest = await blobs.Files.PutAsync(bounded, null, cancel).ConfigureAwait(false);
            return (digest, SizeOf(digest));
        }
    }

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) =>
        PublicAddresses.ConnectAsync(context.DnsEndPoint, mayReach, Dns.GetHostAddressesAsync,
            what => new HttpRequestException(what), cancel);

    private static TesFailure Failed(Uri url, string what) =>
        new("tes.fetch", $"{Sentence.Short(url.GetLeftPart(UriPartial.Path))} {what.TrimEnd('.')}.");
}
