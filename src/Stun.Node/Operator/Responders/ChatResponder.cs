using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Node.Configuration;
using Stun.Node.Operator.Results;

namespace Stun.Node.Operator.Responders;

/// <summary>
/// Asks a model behind an endpoint that speaks like OpenAI's. The owner's key goes there and nowhere else: not into
/// lines of a log, not into answers, not to another server.
/// </summary>
public sealed class ChatResponder : IResponder, IDisposable
{
    private const ulong AnswerBytesMax = 4 << 20;
    private const int MessagesMax = 256;

    /// <summary>What is asked is paid for by the owner, by the word.</summary>
    private const int QuestionBytesMax = 256 << 10;

    /// <summary>What a payer may say about how it is answered; which model it is, the owner says.</summary>
    private static readonly string[] Passed = ["temperature", "top_p", "seed", "stop", "response_format"];

    private readonly ModelSettings settings;
    private readonly HttpClient http;
    private readonly Uri address;

    public ChatResponder(ModelSettings settings)
    {
        this.settings = settings;
        address = new Uri(settings.Url.TrimEnd('/') + "/chat/completions");
        http = new HttpClient(new SocketsHttpHandler
        {
            // The key would go along.
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel)
    {
        var secret = SecretOf();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMicroseconds(settings.Within.Micros));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            if (secret.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            request.Content = new ByteArrayContent(JsonText.Bytes(BodyOf(inquiry)));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                .ConfigureAwait(false);
            // What else it says may quote the key.
            if (!answer.IsSuccessStatusCode) throw Failed($"answered {(int)answer.StatusCode}");
            var said = await HttpResponder.ReadAsync(answer.Content, AnswerBytesMax, limit.Token).ConfigureAwait(false);
            if (secret.Length > 0 && said.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0)
                throw Failed("gave an answer that holds this node's own secret, which stays here");
            if (!JsonText.TryParse(said, out var document)) throw Failed("gave no document of JSON");
            return new Found.Document(document);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"gave no answer within {settings.Within.SecondsStarted} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Failed("could not be reached, or broke off");
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Read each time: keys are changed, and none should lie about in memory.</summary>
    private string SecretOf() => OwnerSecret.TryRead(settings.KeyVariable, settings.KeyFile)
        ?? throw new RequestRefusedException("operator.model", "This node cannot open the model's key just now.");

    /// <summary>A text is one question of a user; a document has <c>messages</c>.</summary>
    private JsonObject BodyOf(Inquiry inquiry)
    {
        if (inquiry.Data.Length > QuestionBytesMax)
            throw new RequestRefusedException("operator.too-large",
                $"The question has {inquiry.Data.Length} bytes; {QuestionBytesMax} are taken.");
        var said = JsonText.TryParse(inquiry.Data.Span, out var document) ? document
            : JsonValue.Create(Encoding.UTF8.GetString(inquiry.Data.Span));
        var form = said as JsonObject;
        var tokens = form?["max_tokens"] is JsonValue most && most.TryGetValue(out uint wanted)
            ? Math.Min(wanted, settings.TokensMax) : settings.TokensMax;
        var body = new JsonObject
        {
            ["model"] = settings.Model,
            ["messages"] = form is null ? new JsonArray(Message("user", PlainOf(said))) : MessagesOf(form),
            ["max_tokens"] = tokens,
        };
        foreach (var name in Passed)
            if (form is not null && form.TryGetPropertyValue(name, out var value) && value is not null)
                body[name] = value.DeepClone();
        return body;
    }

    private static JsonArray MessagesOf(JsonObject form)
    {
        if (form["messages"] is not JsonArray { Count: > 0 and <= MessagesMax } given) throw Bad();
        var messages = new JsonArray();
        foreach (var each in given)
        {
            if (each is not JsonObject message || message["role"] is not JsonValue role
                || message["content"] is not JsonValue content || !role.TryGetValue(out string? who)
                || !content.TryGetValue(out string? text)) throw Bad();
            messages.Add((JsonNode)Message(who, text));
        }
        return messages;
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string PlainOf(JsonNode? value) =>
        value is JsonValue leaf && leaf.TryGetValue(out string? text) ? text : JsonText.Of(value);

    private static RequestRefusedException Bad() => new("operator.bad-data",
        "Give a question as text, or {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}.");

    private static RequestRefusedException Failed(string what) => new("operator.model", $"The model's server {what}.");
}
