using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Stun.Chain.Evm.Rpc;

/// <summary>JSON-RPC by HTTP: one request, one answer.</summary>
internal sealed class HttpTransport : IRpcTransport
{
    private const int FirstBufferSize = 16 << 10;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly int responseBytesMax;

    public HttpTransport(Uri address, EvmRpcOptions options)
    {
        this.address = address;
        responseBytesMax = options.ResponseBytesMax;
        Name = $"{address.Scheme}://{address.Authority}";
        http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would carry a key in the address to whoever the endpoint names.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.Timeout,
            // Endpoints behind a name move; an old connection would hold on to what was.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxConnectionsPerServer = options.InFlightMax + 2,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Name { get; }

    public async Task<RpcBody> ExchangeAsync(RpcRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address);
        message.Content = new ReadOnlyMemoryContent(request.Text);
        message.Content.Headers.ContentType = Json;
        try
        {
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                throw new TransportFault($"It answered with HTTP status {(int)answer.StatusCode}.")
                {
                    TooLarge = answer.StatusCode == HttpStatusCode.RequestEntityTooLarge,
                };
            return await ReadAsync(answer.Content, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new TransportFault($"It cannot be spoken to: {failure.Message}.", failure)
            {
                MaybeSent = failure.HttpRequestError is not (HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError),
            };
        }
        catch (IOException failure)
        {
            throw new TransportFault($"The connection broke: {failure.Message}.", failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RpcBody> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        var said = content.Headers.ContentLength;
        if (said > responseBytesMax) throw TooLarge();
        var body = new RpcBody(ArrayPool<byte>.Shared.Rent((int)Math.Max(said ?? 0, FirstBufferSize)));
        try
        {
            var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            while (true)
            {
                var room = body.Room(responseBytesMax) ?? throw TooLarge();
                var count = await stream.ReadAsync(room, cancel).ConfigureAwait(false);
                if (count == 0) return body;
                body.Length += count;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private TransportFault TooLarge() =>
        new($"Its answer is longer than {responseBytesMax} bytes.") { TooLarge = true };
}
