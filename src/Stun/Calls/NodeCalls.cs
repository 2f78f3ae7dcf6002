using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Transport;

namespace Stun.Calls;

/// <summary>The API of a node, as far as commands need it.</summary>
internal sealed class NodeCalls : IDisposable
{
    /// <summary>Longer than the longest wait that a node grants.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(90);

    private readonly HttpClient http;
    private readonly HubTrust trust;

    /// <param name="trust">Whose certificates are believed; null for those that this machine does.</param>
    public NodeCalls(Uri node, string? key, HubTrust? trust = null)
    {
        Node = new UriBuilder(node) { Scheme = node.Scheme is "wss" or "https" ? "https" : "http" }.Uri;
        this.trust = trust ?? HubTrust.OfMachine();
        http = new HttpClient(this.trust.Handler())
        {
            BaseAddress = Node,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (!string.IsNullOrEmpty(key))
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Node { get; }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await AskAsync<T>(request, cancel).ConfigureAwait(false);
    }

    public async Task<T> PostAsync<T>(string path, object body, CancellationToken cancel, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, body.GetType(), null, Screen.Json),
        };
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await AskAsync<T>(request, cancel).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await SendAsync(request, AnswerWithin, cancel).ConfigureAwait(false);
    }

    /// <summary>An answer that is read while it comes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string? accept, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        return await SendAsync(request, Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
    }

    public async Task<bool> HasBlobAsync(string digest, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/v1/blobs/{digest}");
        try
        {
            using var response = await SendAsync(request, AnswerWithin, cancel).ConfigureAwait(false);
            return true;
        }
        catch (CommandException missing) when (missing.Code is "blob.unknown" or "node.answer-404")
        {
            return false;
        }
    }

    public async Task PutBlobAsync(string digest, Stream content, Action<long> progress, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/blobs/{digest}")
        {
            Content = new StreamContent(new WatchedStream(content, progress), 1 << 16),
        };
        request.Content.Headers.ContentLength = content.Length;
        using var response = await SendAsync(request, Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
    }

    public void Dispose() => http.Dispose();

    private async Task<T> AskAsync<T>(HttpRequestMessage request, CancellationToken cancel)
    {
        using var response = await SendAsync(request, AnswerWithin, cancel).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Screen.Json, cancel).ConfigureAwait(false)
                ?? throw new JsonException("null");
        }
        catch (JsonException odd)
        {
            throw new CommandException("node.odd", $"{Node} answered something else than expected: {odd.Message}",
                "Look at whether this is a node of Stun, and of which version.");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, TimeSpan within, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(within);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                .ConfigureAwait(false);
        }
        catch (HttpRequestException away) when (trust.HasRefused)
        {
            throw new CommandException("node.certificate",
                $"The certificate of {Node} is not accepted: {away.InnerException?.Message ?? away.Message}",
                "Where nobody has signed it that this machine trusts: name the file with SSL_CERT_FILE; "
                + "'stun provider start' takes --hub-certificate.");
        }
        catch (HttpRequestException away)
        {
            throw Unreachable(away.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {within.TotalSeconds:0} s");
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusedAsync(response, cancel).ConfigureAwait(false);
    }

    private CommandException Unreachable(string why) => new("node.unreachable", $"No node answers at {Node}: {why}.",
        "Start one with 'stun dev', or name another with --node or STUN_NODE.");

    private async Task<CommandException> RefusedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ProblemView>(Screen.Json, cancel)
                .ConfigureAwait(false);
            if (problem is { Code: not null })
                return new CommandException(problem.Code, $"{problem.Title} {problem.Detail}".Trim(), problem.Cure)
                {
                    Places = [.. (problem.Errors ?? []).Select(fault => (fault.Path, fault.Message))],
                };
        }
        catch (JsonException)
        {
            // No node speaks like this; told below.
        }
        return new CommandException($"node.answer-{(int)response.StatusCode}",
            $"{Node} answered {(int)response.StatusCode} {response.ReasonPhrase}.",
            "Look at whether this is a node of Stun, and at what stands before it.");
    }

    /// <summary>Tells how much of it was read.</summary>
    private sealed class WatchedStream(Stream inner, Action<long> progress) : Stream
    {
        private long done;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => done; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            progress(done += read);
            return read;
        }
    }
}
