using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Sending;

/// <summary>An entry as a line of a file, with a check at its beginning against a torn or altered line.</summary>
internal static partial class SendingEntryText
{
    private const int CheckLength = 16;

    internal sealed record Line(string Kind, ulong Nonce)
    {
        public string? Key { get; init; }
        public string? To { get; init; }
        public string? Value { get; init; }
        public string? Data { get; init; }
        public ulong Gas { get; init; }
        public string? Fee { get; init; }
        public string? Tip { get; init; }
        public bool Empty { get; init; }
        public string? Content { get; init; }
        public string? Hash { get; init; }
        public SendingEnd End { get; init; }
    }

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(Line))]
    private sealed partial class EntryContext : JsonSerializerContext;

    public static string Write(SendingEntry entry)
    {
        var text = JsonSerializer.Serialize(ToLine(entry), EntryContext.Default.Line);
        return $"{Check(text)} {text}\n";
    }

    /// <summary>Null where the line is not whole.</summary>
    public static SendingEntry? Read(string line)
    {
        if (line.Length <= CheckLength + 1 || line[CheckLength] != ' ') return null;
        var text = line[(CheckLength + 1)..];
        if (Check(text) != line[..CheckLength]) return null;
        return FromLine(JsonSerializer.Deserialize(text, EntryContext.Default.Line)!);
    }

    private static string Check(string text) =>
        $"{Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text)).A:x16}";

    private static Line ToLine(SendingEntry entry) => entry switch
    {
        SendingEntry.Assigned assigned => new Line("assigned", entry.Nonce)
        {
            Key = assigned.Key,
            To = assigned.To?.ToString(),
            Value = assigned.Value.ToString(),
            Data = Hex.Data(assigned.Data.Span),
            Gas = assigned.GasLimit,
        },
        SendingEntry.Signed signed => new Line("signed", entry.Nonce)
        {
            Data = Hex.Data(signed.Raw.Span),
            Fee = signed.Fees.FeeMax.ToString(),
            Tip = signed.Fees.TipMax.ToString(),
            Empty = signed.IsEmpty,
        },
        SendingEntry.Ended ended => new Line("ended", entry.Nonce)
        {
            Key = ended.Key,
            Content = Hex.Data(ended.Content),
            Hash = Hex.Data(ended.Hash),
            End = ended.End,
        },
        _ => new Line("abandoned", entry.Nonce),
    };

    private static SendingEntry FromLine(Line line) => line.Kind switch
    {
        "assigned" => new SendingEntry.Assigned(line.Nonce, line.Key ?? "",
            line.To is null ? null : Hex.ParseAddress(line.To, "receiver"), Number(line.Value),
            Hex.ParseData(line.Data, "data"), line.Gas),
        "signed" => new SendingEntry.Signed(line.Nonce, Hex.ParseData(line.Data, "transaction"),
            new FeeQuote(Number(line.Fee), Number(line.Tip)), line.Empty),
        "ended" => new SendingEntry.Ended(line.Nonce, line.Key ?? "", Hex.ParseDigest(line.Content, "content"),
            Hex.ParseDigest(line.Hash, "hash"), line.End),
        "abandoned" => new SendingEntry.Abandoned(line.Nonce),
        _ => throw new ChainException("chain.journal-form", $"The journal holds an entry '{line.Kind}'.",
            "It was written by a newer program: use that."),
    };

    private static Amount Number(string? text) =>
        new(UInt128.Parse(text ?? "0", NumberStyles.None, CultureInfo.InvariantCulture));
}
