using System.Text.Json;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What an answer took, as its back end says, or counted here where it says nothing.</summary>
/// <param name="IsCounted">An estimate of this door: four bytes of a question, or a piece of a stream, are a
/// token.</param>
internal readonly record struct TokenUsage(long In, long Out, bool IsCounted)
{
    private const int BytesPerToken = 4;

    /// <summary>More than any model takes or gives; what claims it is a fault, not a bill.</summary>
    private const long TokensMax = 1_000_000_000;

    /// <summary>Where a product of figures that nobody has looked at ends: far beyond all money, also in millionths.
    /// </summary>
    private static readonly Amount Unpayable = new(UInt128.MaxValue / 4);

    public long Sum => In + Out;

    public static TokenUsage Counted(long bytesIn, long bytesOut, long pieces) =>
        new((bytesIn + BytesPerToken - 1) / BytesPerToken, pieces + ((bytesOut + BytesPerToken - 1) / BytesPerToken),
            true);

    /// <summary>Exact to the millionth; what is left of a unit is not charged.</summary>
    public Amount PriceBy(TokenPrices prices)
    {
        var millionths = prices.PerMillionIn.TimesUpTo((ulong)In, Unpayable)
            + prices.PerMillionOut.TimesUpTo((ulong)Out, Unpayable);
        return Amount.Min(prices.PerRequest, Unpayable) + millionths.DividedBy(1_000_000);
    }

    /// <summary>No more than these.</summary>
    public TokenUsage Within(long inMax, long outMax) =>
        this with { In = Math.Min(In, inMax), Out = Math.Min(Out, outMax) };

    /// <summary>Reads the members of a usage object, which stands next.</summary>
    public static TokenUsage? ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var (taken, given) = (-1L, 0L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIn = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8);
            var isOut = reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8);
            reader.Read();
            if ((isIn || isOut) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count)
                && count is >= 0 and <= TokensMax)
            {
                if (isIn) taken = count;
                else given = count;
            }
            reader.Skip();
        }
        return taken < 0 ? null : new TokenUsage(taken, given, false);
    }
}

/// <summary>What a document of a back end says of itself: an answer, or a piece of one.</summary>
/// <param name="IsObject">It is an object of JSON; anything else is no answer.</param>
/// <param name="HasNoChoices">Its list of choices is empty: a piece that tells the usage and nothing else.</param>
internal readonly record struct AnswerScan(bool IsObject, bool IsError, bool HasNoChoices, TokenUsage? Usage)
{
    private const int DepthMax = 128;

    public static AnswerScan Of(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            var scan = Members(ref reader, isInner: false) with { IsObject = true };
            reader.Read();
            return scan;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static AnswerScan Members(ref Utf8JsonReader reader, bool isInner)
    {
        var scan = default(AnswerScan);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                scan = scan with { Usage = TokenUsage.ReadValue(ref reader) ?? scan.Usage };
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                var before = reader.BytesConsumed;
                reader.Skip();
                scan = scan with { HasNoChoices = reader.BytesConsumed - before <= 2 };
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                scan = scan with { IsError = reader.TokenType is not JsonTokenType.Null };
                reader.Skip();
            }
            else if (!isInner && reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                // The last event of a stream of /v1/responses holds the whole answer.
                if (reader.TokenType == JsonTokenType.StartObject)
                    scan = scan with { Usage = Members(ref reader, isInner: true).Usage };
                else reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return scan;
    }
}
