using System.Net;
using System.Net.Http.Headers;
using Stun.Node.Storage;
using Stun.Node.Transport;

namespace Stun.Node.Provider;

/// <summary>The blobs of the hub that a process is linked to, over the hub's own API.</summary>
/// <param name="hub">Where it is and what opens it, at this moment; null while there is no link.</param>
public sealed class RemoteBlobs(Func<(Uri Door, string Token)?> hub, HubTrust trust) : IBlobPeer, IDisposable
{
    /// <summary>A link that was lost is back within the longest pause of a dialer; a run need not fail for
    /// it.</summary>
    private static readonly TimeSpan LinkWithin = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Large blobs take hours; a hub that says nothing at all is noticed by the transfer's own
    /// limits.</summary>
    private readonly HttpClient http = new(trust.Handler())
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<Stream> FetchAsync(Digest digest, CancellationToken cancel)
    {
        using var request = await RequestAsync(HttpMethod.Get, digest, cancel).ConfigureAwait(false);
        var response = await SendAsync(request, digest, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
    }

    public async Task GiveAsync(Digest digest, Func<Stream> open, CancellationToken cancel)
    {
        using var request = await RequestAsync(HttpMethod.Put, digest, cancel).ConfigureAwait(false);
        var content = open();
        await using (content.ConfigureAwait(false))
        {
            request.Content = new StreamContent(content);
            request.Content.Headers.ContentLength = content.Length;
            using var response = await SendAsync(request, digest, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, Digest digest, CancellationToken cancel)
    {
        var until = DateTime.UtcNow + LinkWithin;
        while (true)
        {
            if (hub() is { } linked)
            {
                var request = new HttpRequestMessage(method, new Uri(linked.Door, $"/v1/blobs/sha256:{digest}"));
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", linked.Token);
                return request;
            }
            if (DateTime.UtcNow > until)
                throw new StorageException(
                    "blob.no-hub", $"The blob sha256:{digest} is at the hub, and there is no link to it.",
                    "Look at the hub's address and at whether it runs.");
            await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Digest digest, CancellationToken cancel)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
        }
        catch (HttpRequestException lost)
        {
            throw new StorageException("blob.no-hub", $"The hub did not move sha256:{digest}: {lost.Message}",
                "Look at whether it runs, and at the way there.", lost);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response)
            throw response.StatusCode == HttpStatusCode.NotFound
                ? new StorageException("blob.missing", $"The hub has no blob sha256:{digest}.", "Upload it first.")
                : new StorageException("blob.refused",
                    $"The hub answered {(int)response.StatusCode} for sha256:{digest}.", "Look at the hub's log.");
    }
}
