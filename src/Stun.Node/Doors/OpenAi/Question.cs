using System.Text.Json;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// What a door has to know of a question. All else is the back end's business: it is passed on byte by byte, so that a
/// field that was invented yesterday works today.
/// </summary>
internal readonly record struct Question
{
    /// <summary>Schemas of answers are deep; the reader allocates nothing for depth.</summary>
    private const int DepthMax = 128;

    /// <summary>No model gives more; whoever asks for it means "all there is".</summary>
    private const long TokensMaxBelieved = 10_000_000;

    public string Model { get; private init; }

    /// <summary>Where its name stands, quotes and all.</summary>
    public Range ModelAt { get; private init; }

    public bool IsStream { get; private init; }

    /// <summary>Whether the caller wants to be told the usage at the end of a stream.</summary>
    public bool WantsUsage { get; private init; }

    /// <summary>Where the value of stream_options stands; empty where there is none.</summary>
    public Range StreamOptions { get; private init; }

    /// <summary>Where the value of include_usage stands in it; empty where there is none.</summary>
    public Range UsageAt { get; private init; }

    /// <summary>Where the object ends: before its last brace.</summary>
    public int End { get; private init; }

    /// <summary>Asked twice it is answered alike, as far as the back end keeps its word.</summary>
    public bool IsDeterministic { get; private init; }

    /// <summary>So many tokens come back at most; zero where the caller left it open.</summary>
    public long TokensMax { get; private init; }

    /// <summary>Answers to one question.</summary>
    public long Count { get; private init; }

    /// <summary>Tokens that come back at most, of all answers together; null where the caller left it open.</summary>
    public long? OutMax => TokensMax == 0 ? null : Math.Min(TokensMax, TokensMaxBelieved) * Count;

    public static Question Read(ReadOnlySpan<byte> body, QuestionKind kind)
    {
        try
        {
            return Members(body, kind);
        }
        catch (InvalidOperationException half)
        {
            // Half of a pair, written as an escape: the reader takes it for JSON, and it is no text.
            throw new ApiException("request.malformed", half.Message);
        }
    }

    private static Question Members(ReadOnlySpan<byte> body, QuestionKind kind)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        if (!reader.Read()) throw new ApiException("request.malformed", "The body is empty.");
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ApiException("request.malformed", "The body is no object of JSON.");
        var question = new Question { Model = "", Count = 1 };
        var seen = default(Seen);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            question = question.With(ref reader, body, kind, ref seen);
        question = question with { End = (int)reader.TokenStartIndex };
        // Something behind the object throws here.
        reader.Read();
        if (question.Model.Length == 0) throw ApiCall.Bad("model", "must name a model; GET /v1/models lists them");
        if (!seen.HasMain) throw ApiCall.Bad(kind.Main, $"must be {kind.MainForm}");
        return question;
    }

    /// <summary>Where the model's name stands, for whoever gets a body that nobody has looked through.</summary>
    public static Range NameIn(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals("model"u8);
            reader.Read();
            if (isModel) return (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
            reader.Skip();
        }
        throw ApiCall.Bad("model", "must name a model; GET /v1/models lists them");
    }

    private struct Seen
    {
        public bool HasMain;
        public bool HasStream;
        public bool HasOptions;
    }

    private Question With(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, QuestionKind kind, ref Seen seen)
    {
        if (reader.ValueTextEquals("model"u8)) return WithModel(ref reader);
        if (reader.ValueTextEquals(kind.MainName))
        {
            reader.Read();
            seen.HasMain = kind.Takes(reader.TokenType);
            reader.Skip();
            return this;
        }
        if (reader.ValueTextEquals("stream"u8))
        {
            reader.Read();
            if (seen.HasStream) throw ApiCall.Bad("stream", "is given twice");
            seen.HasStream = true;
            return this with
            {
                IsStream = reader.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False or JsonTokenType.Null => false,
                    _ => throw ApiCall.Bad("stream", "must be true or false"),
                },
            };
        }
        if (reader.ValueTextEquals("stream_options"u8))
        {
            if (seen.HasOptions) throw ApiCall.Bad("stream_options", "is given twice");
            seen.HasOptions = true;
            return WithOptions(ref reader);
        }
        return WithNumbers(ref reader);
    }

    private Question WithModel(ref Utf8JsonReader reader)
    {
        reader.Read();
        // A second name could be the one that the back end believes.
        if (Model.Length > 0) throw ApiCall.Bad("model", "is given twice");
        if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 0 and <= 256 } name)
            throw ApiCall.Bad("model", "must be a text of 1 to 256 characters");
        return this with { Model = name, ModelAt = (int)reader.TokenStartIndex..(int)reader.BytesConsumed };
    }

    private Question WithOptions(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var wants = false;
        var usageAt = default(Range);
        if (reader.TokenType == JsonTokenType.StartObject)
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueTextEquals("include_usage"u8);
                reader.Read();
                var valueStart = (int)reader.TokenStartIndex;
                if (isUsage) wants = reader.TokenType == JsonTokenType.True;
                reader.Skip();
                if (isUsage) usageAt = valueStart..(int)reader.BytesConsumed;
            }
        else if (reader.TokenType != JsonTokenType.Null)
            throw ApiCall.Bad("stream_options", "must be an object");
        return this with
        {
            WantsUsage = wants,
            StreamOptions = start..(int)reader.BytesConsumed,
            UsageAt = usageAt,
        };
    }

    private Question WithNumbers(ref Utf8JsonReader reader)
    {
        var isTokens = reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8)
            || reader.ValueTextEquals("max_output_tokens"u8);
        var isTemperature = reader.ValueTextEquals("temperature"u8);
        var isSeed = reader.ValueTextEquals("seed"u8);
        var isCount = reader.ValueTextEquals("n"u8);
        reader.Read();
        var isNumber = reader.TokenType == JsonTokenType.Number;
        if (isTokens && isNumber && reader.TryGetInt64(out var most) && most > 0)
            return this with { TokensMax = Math.Max(TokensMax, most) };
        if (isCount && isNumber && reader.TryGetInt64(out var count) && count is > 0 and <= 1_000)
            return this with { Count = count };
        if (isTemperature && isNumber && reader.TryGetDouble(out var heat) && heat == 0)
            return this with { IsDeterministic = true };
        if (isSeed && isNumber) return this with { IsDeterministic = true };
        if ((isTokens || isTemperature || isSeed) && !isNumber && reader.TokenType != JsonTokenType.Null)
            throw ApiCall.Bad(isTokens ? "max_tokens" : isSeed ? "seed" : "temperature", "must be a number");
        reader.Skip();
        return this;
    }
}

/// <summary>One of the endpoints that ask a model.</summary>
internal sealed record QuestionKind(string Path, string Main, string MainForm, JsonTokenType[] MainTypes)
{
    private readonly byte[] mainName = System.Text.Encoding.UTF8.GetBytes(Main);

    public static QuestionKind Chat { get; } =
        new("/v1/chat/completions", "messages", "an array of messages", [JsonTokenType.StartArray]);

    public static QuestionKind Completion { get; } =
        new("/v1/completions", "prompt", "a text, or an array", [JsonTokenType.String, JsonTokenType.StartArray]);

    public static QuestionKind Embedding { get; } =
        new("/v1/embeddings", "input", "a text, or an array", [JsonTokenType.String, JsonTokenType.StartArray]);

    public static QuestionKind Response { get; } =
        new("/v1/responses", "input", "a text, or an array", [JsonTokenType.String, JsonTokenType.StartArray]);

    public static IReadOnlyList<QuestionKind> All { get; } = [Chat, Completion, Embedding, Response];

    public ReadOnlySpan<byte> MainName => mainName;

    /// <summary>Whether a stream of it ends with a chunk of usage when it is asked to.</summary>
    public bool HasUsageOption => this != Response && this != Embedding;

    public bool Takes(JsonTokenType type) => MainTypes.AsSpan().Contains(type);
}
