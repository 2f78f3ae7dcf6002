using System.Text;
using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Takes the body of an answer apart and hands each part to the call it belongs to. A body is foreign bytes: ids may
/// be wrong, missing or doubled, values of any form. A result is read where it lies, without a tree of the whole.
/// </summary>
internal static class RpcAnswers
{
    private const int MessageLengthMax = 300;

    private ref struct Part
    {
        public long? Id;
        public ReadOnlySpan<byte> Result;
        public bool HasError;
        public long ErrorCode;
        public string ErrorMessage;
        public byte[]? ErrorData;
    }

    /// <summary>Calls that got no answer stay unanswered; they are asked again.</summary>
    public static void Hand(ReadOnlySpan<byte> body, long firstId, IReadOnlyList<RpcCall> calls)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read()) throw new FormatException("nothing");
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                HandOne(body, ref reader, firstId, calls);
                return;
            }
            RpcReading.StartArray(ref reader);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                HandOne(body, ref reader, firstId, calls);
        }
        catch (Exception bad) when (bad is JsonException or FormatException or InvalidOperationException
            or OverflowException)
        {
            throw new TransportFault($"It answered what cannot be read: {Clean(bad.Message)}.", bad);
        }
    }

    /// <summary>Any id in the message, or the subscription it belongs to; both null where it has neither.</summary>
    public static (long? Id, string? Subscription) Address(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read()) return default;
            if (reader.TokenType == JsonTokenType.StartArray && !reader.Read()) return default;
            if (reader.TokenType != JsonTokenType.StartObject) return default;
            while (RpcReading.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("id"u8)) return (ReadId(ref reader), null);
                if (reader.ValueTextEquals("params"u8)) return (null, ReadSubscription(ref reader));
                reader.Read();
                reader.Skip();
            }
        }
        catch (Exception bad) when (bad is JsonException or FormatException or InvalidOperationException)
        {
        }
        return default;
    }

    /// <summary>What a subscription delivered; throws what <see cref="Hand"/> turns into a fault.</summary>
    public static EvmBlock? Head(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("result"u8)) continue;
            reader.Read();
            return EvmBlock.Read(ref reader);
        }
        return null;
    }

    private static void HandOne(
        ReadOnlySpan<byte> body, ref Utf8JsonReader reader, long firstId, IReadOnlyList<RpcCall> calls)
    {
        RpcReading.StartObject(ref reader);
        var part = ReadPart(body, ref reader);
        if (part.Id is not { } id)
        {
            // About the request as a whole: it was not understood, or is too large.
            throw new TransportFault($"It refused the request: {part.ErrorMessage ?? "without a reason"}.")
            {
                TooLarge = calls.Count > 1,
            };
        }
        if (id < firstId || id - firstId >= calls.Count || calls[(int)(id - firstId)].IsAnswered)
            throw new TransportFault($"It answered {id}, which was not asked.");
        var call = calls[(int)(id - firstId)];
        if (!part.HasError)
        {
            if (part.Result.IsEmpty) throw new FormatException("neither a result nor an error");
            call.Answer(part.Result);
            return;
        }
        var fault = RpcFault.From(call.Method, part.ErrorCode, part.ErrorMessage ?? "", part.ErrorData);
        // Left unanswered it is asked again, elsewhere or later.
        if (fault.Code != RpcFault.RateLimited || !call.IsIdempotent) call.Fail(fault);
    }

    private static Part ReadPart(ReadOnlySpan<byte> body, ref Utf8JsonReader reader)
    {
        var part = new Part();
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) part.Id = ReadId(ref reader);
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                part.Result = body[start..(int)reader.BytesConsumed];
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                if (RpcReading.IsNull(ref reader)) continue;
                part.HasError = true;
                ReadError(ref reader, ref part);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return part;
    }

    private static long? ReadId(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id) ? id : null;
    }

    private static void ReadError(ref Utf8JsonReader reader, ref Part part)
    {
        RpcReading.StartObject(ref reader);
        while (RpcReading.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var code))
                    part.ErrorCode = code;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) part.ErrorMessage = Clean(reader.GetString()!);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith("0x"u8))
                    part.ErrorData = RpcReading.Data(ref reader);
                else reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static string? ReadSubscription(ref Utf8JsonReader reader)
    {
        reader.Read();
        RpcReading.StartObject(ref reader);
        while (RpcReading.NextProperty(ref reader))
        {
            var isName = reader.ValueTextEquals("subscription"u8);
            reader.Read();
            if (isName) return reader.GetString();
            reader.Skip();
        }
        return null;
    }

    /// <summary>Foreign text goes into our messages short, and without what moves a terminal.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MessageLengthMax));
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, MessageLengthMax)))
            clean.Append(char.IsControl(letter) ? ' ' : letter);
        return clean.ToString().TrimEnd('.', ' ');
    }
}
