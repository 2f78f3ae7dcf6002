using System.Net;
using System.Text;
using System.Text.Json;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Somebody outside of the network that speaks like OpenAI. The owner's key goes there and nowhere else: no redirect is
/// followed, and what is refused is told without quoting it.
/// </summary>
internal sealed class OutsideProvider : IDisposable
{
    /// <summary>Who failed is asked last for this long, doubled each time up to the second figure.</summary>
    private const long RestMs = 500;
    private const long RestMsMax = 30_000;

    /// <summary>Who waits for a place here. Beyond it, coming again later is better than waiting.</summary>
    private const int WaitersMax = 1_000;

    private const int RefusalBytesMax = 64 << 10;

    private readonly HttpMessageInvoker http;
    private readonly OutsideSecret secret;
    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource<OutsideProvider>> waiting = [];
    private readonly Dictionary<string, Uri> addresses = [];
    private readonly Dictionary<string, byte[]> names = new(StringComparer.Ordinal);
    private int inFlight;
    private int failures;
    private long restUntil;

    public OutsideProvider(OutsideSettings settings, TimeSpan connectWithin)
    {
        Settings = settings;
        Within = TimeSpan.FromMicroseconds(settings.Within.Micros);
        secret = new OutsideSecret(settings);
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // The key would go along.
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = connectWithin,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
        foreach (var kind in QuestionKind.All)
        {
            var word = kind.Path.Split('/')[2];
            if (settings.Paths.Contains(word))
                addresses[kind.Path] = new Uri(settings.Url.TrimEnd('/') + kind.Path["/v1".Length..]);
        }
        foreach (var model in settings.Models)
            names[model.Id] = model.Id == model.Outside
                ? [] : Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(model.Outside)}\"");
    }

    public OutsideSettings Settings { get; }

    public TimeSpan Within { get; }

    public int InFlight => Volatile.Read(ref inFlight);

    public int Room => Math.Max(0, (int)Settings.AtOnce - InFlight);

    public bool IsResting => Environment.TickCount64 < Volatile.Read(ref restUntil);

    public bool Speaks(string path) => addresses.ContainsKey(path);

    public bool Lets(Address account) => Settings.Accounts.Count == 0 || Settings.Accounts.Contains(account);

    public bool TryEnter()
    {
        while (true)
        {
            var before = Volatile.Read(ref inFlight);
            if (before >= Settings.AtOnce) return false;
            if (Interlocked.CompareExchange(ref inFlight, before + 1, before) == before) return true;
        }
    }

    /// <summary>Whoever leaves hands the place to the one who waits longest.</summary>
    public bool TryWait(TaskCompletionSource<OutsideProvider> waiter)
    {
        lock (gate)
        {
            if (waiting.Count >= WaitersMax) return false;
            waiting.AddLast(waiter);
        }
        // A place that came free in between has told nobody.
        if (TryEnter() && !waiter.TrySetResult(this)) Leave();
        return true;
    }

    public void StopWaiting(TaskCompletionSource<OutsideProvider> waiter)
    {
        lock (gate) waiting.Remove(waiter);
    }

    public void Leave()
    {
        if (waiting.Count > 0)
            lock (gate)
                while (waiting.First is { } first)
                {
                    waiting.RemoveFirst();
                    if (first.Value.TrySetResult(this)) return;
                }
        Interlocked.Decrement(ref inFlight);
        // Who began to wait between the look and the leaving would be left alone.
        if (waiting.Count > 0) WakeOne();
    }

    /// <summary>To be called with a place, which the answer takes along and a failure gives back.</summary>
    public async Task<ModelAnswer> AskAsync(ModelQuestion question, string model, CancellationToken cancel)
    {
        var call = new OutsideCall(this);
        try
        {
            call.Begin(cancel);
            using var request = new HttpRequestMessage(HttpMethod.Post, addresses[question.Path])
            {
                Content = new QuestionContent(question, names[model]),
            };
            if (secret.Header is { } key) request.Headers.TryAddWithoutValidation("Authorization", key);
            var response = await http.SendAsync(request, call.Token).ConfigureAwait(false);
            var body = await call.BeginBodyAsync(response).ConfigureAwait(false);
            return await AnswerAsync(call, response, body).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            var isLate = call.IsLate;
            call.Dispose();
            if (cancel.IsCancellationRequested || failure is ApiException) throw;
            if (isLate) throw BackEndFault.Silent(Settings.Name);
            // Neither the caller nor the clock has cancelled: that is how a connection that does not come ends.
            if (failure is HttpRequestException or IOException or OperationCanceledException)
                throw BackEndFault.Broken(Settings.Name, "could not be reached, or broke off");
            throw;
        }
    }

    public void Failed()
    {
        var count = Math.Min(Interlocked.Increment(ref failures), 16);
        Volatile.Write(ref restUntil,
            Environment.TickCount64 + Math.Min(RestMs << (count - 1), RestMsMax));
    }

    public void Dispose() => http.Dispose();

    private void WakeOne()
    {
        if (!TryEnter()) return;
        lock (gate)
            while (waiting.First is { } first)
            {
                waiting.RemoveFirst();
                if (first.Value.TrySetResult(this)) return;
            }
        Interlocked.Decrement(ref inFlight);
    }

    private async Task<ModelAnswer> AnswerAsync(OutsideCall call, HttpResponseMessage response, Stream? body)
    {
        var status = (int)response.StatusCode;
        if (BackEndFault.IsOfBackEnd(status)) throw BackEndFault.Of(Settings.Name, status, RetryAfter(response));
        if (body is null)
            throw BackEndFault.Broken(Settings.Name, $"gave an empty answer with status {status}");
        if (status >= 400) body = await PlainAsync(body).ConfigureAwait(false);
        Interlocked.Exchange(ref failures, 0);
        var headers = response.Content.Headers;
        return new ModelAnswer(
            status, headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString()
            : "application/json", body, new ServedBy(Settings.Name, null, "none"), call)
        {
            Length = status < 400 ? headers.ContentLength : null,
        };
    }

    /// <summary>What it says against a question goes to whoever asked it, unless it quotes the key.</summary>
    private async Task<Stream> PlainAsync(Stream body)
    {
        var bytes = new byte[RefusalBytesMax];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        return secret.IsIn(bytes.AsSpan(0, count)) ? new MemoryStream() : new MemoryStream(bytes, 0, count);
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } at } => at - DateTimeOffset.UtcNow is { Ticks: > 0 } wait ? wait : TimeSpan.FromSeconds(1),
        _ => null,
    };
}
