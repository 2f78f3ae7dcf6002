using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Node.Configuration;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>The SHA-256 of a question, of its path and of the account that asked.</summary>
internal readonly record struct CacheKey(Digest Digest);

internal sealed record CachedAnswer(string ContentType, byte[] Bytes, long Until);

/// <summary>
/// Answers for who asks the same again and says so, with <c>stun-cache: on</c>. Only what is answered alike each time:
/// temperature 0 or a seed; <c>force</c> is for who knows better. An account sees no answers of others: that one was
/// asked before is nobody else's business.
/// </summary>
internal sealed class AnswerCache(ModelDoorSettings settings, TimeProvider clock)
{
    public const int AnswerBytesMax = 1 << 20;

    /// <summary>Of an entry, beside its bytes.</summary>
    private const int Overhead = 256;

    private const int DepthMax = 128;
    private readonly Lock gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<(CacheKey Key, CachedAnswer Answer)>> entries = [];
    private readonly LinkedList<(CacheKey Key, CachedAnswer Answer)> byUse = [];
    private long bytes;

    /// <summary>Null where nobody asked for it, or where it makes no sense.</summary>
    public static CacheKey? KeyOf(ApiCall call, QuestionKind kind, in Question question, ReadOnlySpan<byte> body)
    {
        var wish = call.Request.Headers[OpenAiHeaders.Cache];
        if (wish.Count == 0) return null;
        var isForced = false;
        switch (wish.ToString())
        {
            case "off":
                return null;
            case "on":
                break;
            case "force":
                isForced = true;
                break;
            default:
                throw ApiCall.Bad(OpenAiHeaders.Cache, "must be on, off or force");
        }
        // Embeddings are no draw.
        if (isForced || question.IsDeterministic || kind == QuestionKind.Embedding)
            return KeyOf($"{kind.Path} {call.Who.Account}\n", body);
        call.Response.Headers[OpenAiHeaders.Cache] = "none";
        return null;
    }

    public CachedAnswer? Find(CacheKey key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node)) return null;
            byUse.Remove(node);
            if (clock.GetUtcNow().Ticks >= node.Value.Answer.Until)
            {
                Forget(node);
                return null;
            }
            byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    public void Keep(CacheKey key, string contentType, ReadOnlySpan<byte> answer)
    {
        if (answer.Length > AnswerBytesMax || answer.Length + Overhead > (long)settings.CacheBytesMax) return;
        var until = clock.GetUtcNow().Ticks + (settings.CachedFor.Micros * TimeSpan.TicksPerMicrosecond);
        var entry = new CachedAnswer(contentType, answer.ToArray(), until);
        lock (gate)
        {
            if (entries.TryGetValue(key, out var old))
            {
                byUse.Remove(old);
                Forget(old);
            }
            entries[key] = byUse.AddFirst((key, entry));
            bytes += answer.Length + Overhead;
            while (bytes > (long)settings.CacheBytesMax && byUse.Last is { } last)
            {
                byUse.RemoveLast();
                Forget(last);
            }
        }
    }

    private void Forget(LinkedListNode<(CacheKey Key, CachedAnswer Answer)> node)
    {
        entries.Remove(node.Value.Key);
        bytes -= node.Value.Answer.Bytes.Length + Overhead;
    }

    /// <summary>The same for all ways to write the same document: members by name, no space between them.</summary>
    internal static CacheKey KeyOf(string place, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        using var document = JsonDocument.ParseValue(ref reader);
        var canonical = new ArrayBufferWriter<byte>(body.Length + 128);
        Encoding.UTF8.GetBytes(place, canonical);
        using (var json = new Utf8JsonWriter(canonical)) Write(document.RootElement, json);
        return new CacheKey(Digest.Read(SHA256.HashData(canonical.WrittenSpan)));
    }

    private static void Write(JsonElement value, Utf8JsonWriter json)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(each => each.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(member.Value, json);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(item, json);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}

/// <summary>What goes by, as long as it is worth keeping.</summary>
internal sealed class AnswerCopy
{
    private readonly ArrayBufferWriter<byte> kept = new();
    private bool isTooLong;

    /// <summary>Null where it became too long.</summary>
    public byte[]? Whole => isTooLong ? null : kept.WrittenSpan.ToArray();

    public void Add(ReadOnlySpan<byte> piece)
    {
        isTooLong |= kept.WrittenCount + piece.Length > AnswerCache.AnswerBytesMax;
        if (!isTooLong) kept.Write(piece);
    }
}
