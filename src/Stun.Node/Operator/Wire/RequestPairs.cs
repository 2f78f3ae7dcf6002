using System.Globalization;
using System.Text;
using Stun.Cbor;

namespace Stun.Node.Operator.Wire;

/// <summary>
/// What a request says: pairs of a name and a value, in CBOR without the head of a map, as contracts write them who do
/// not know yet how many there will be. Nothing else of CBOR is needed, and nothing else is taken.
/// </summary>
public sealed class RequestPairs
{
    /// <summary>Five are usual; each of ours adds one.</summary>
    private const int CountMax = 64;

    /// <summary>A list of texts is the deepest that clients can write.</summary>
    private const int DepthMax = 4;

    private readonly Dictionary<string, string> pairs = new(StringComparer.Ordinal);
    private int count;

    private RequestPairs() { }

    public string ServiceName => this["service"];

    public string Data => this["data"];

    public string KeyPath => this["keypath"];

    public string Abi => this["abi"];

    public string Multiplier => this["multiplier"];

    /// <summary>How the network is to verify the task; empty for what the node has configured.</summary>
    public string Verify => this["verify"];

    /// <summary>Who gets back what is not spent; null where nobody sensible is named.</summary>
    public Address? RefundTo => AddressOf(this["refundTo"]);

    /// <summary>Which nodes are asked; empty for any.</summary>
    public IReadOnlyList<Address> Nodes =>
        [.. this["nodes"].Split(',').Select(AddressOf).OfType<Address>()];

    /// <summary>How many of them must agree; empty where one answer is enough.</summary>
    public string Quorum => this["quorum"];

    /// <summary>Several nodes vote on the answer: the contract then knows who, and counts.</summary>
    public bool IsPolled => Quorum.Length > 0 && (Quorum != "1" || Nodes.Count > 0);

    /// <summary>Empty where there is no such pair: contracts cannot leave out what they have once declared.</summary>
    public string this[string name] => pairs.GetValueOrDefault(name, "");

    /// <exception cref="RequestRefusedException"><c>operator.malformed</c></exception>
    public static RequestPairs Read(ReadOnlySpan<byte> data)
    {
        var read = new RequestPairs();
        byte[] wrapped = [0xbf, .. data, 0xff];
        try
        {
            var reader = new CborReader(wrapped, CborRules.Lenient, DepthMax);
            var left = reader.ReadMapStart();
            while (left == CborReader.Indefinite ? !reader.TryReadBreak() : left-- > 0) read.Add(ref reader);
        }
        catch (CborException bad)
        {
            throw Malformed($"Its data are no pairs in CBOR: {bad.Message}.", bad);
        }
        return read;
    }

    private void Add(ref CborReader reader)
    {
        if (++count > CountMax) throw Malformed($"It has more than {CountMax} pairs.");
        var name = TextOf(ref reader);
        // Of two of the same name the last one counts, as it does for the contract that binds the refund.
        pairs[name] = Value(ref reader, name);
    }

    private static string Value(ref CborReader reader, string name)
    {
        switch (reader.Peek())
        {
            case CborKind.Text: return TextOf(ref reader);
            case CborKind.Bytes: return Chain.Evm.Encoding.Hex.Data(reader.ReadBytes());
            case CborKind.Unsigned: return reader.ReadUInt64().ToString(CultureInfo.InvariantCulture);
            case CborKind.Negative: return reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
            case CborKind.Bool: return reader.ReadBool() ? "true" : "false";
            case CborKind.Array: return Joined(ref reader);
            default:
                throw Malformed($"The value of '{Sentence.Short(name)}' is neither text, number, bytes nor a list of "
                    + "texts.");
        }
    }

    /// <summary>In one piece: the contract, which binds the refund, reads no other.</summary>
    private static string TextOf(ref CborReader reader) => Encoding.UTF8.GetString(reader.ReadTextSpan());

    /// <summary>40 digits of any case, with or without 0x: as the contract reads them. Null for all else.</summary>
    private static Address? AddressOf(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return digits.Length == 2 * Address.Size && digits.All(char.IsAsciiHexDigit)
            ? Address.Read(Convert.FromHexString(digits)) : null;
    }

    private static string Joined(ref CborReader reader)
    {
        List<string> items = [];
        var left = reader.ReadArrayStart();
        while (left == CborReader.Indefinite ? !reader.TryReadBreak() : left-- > 0) items.Add(TextOf(ref reader));
        return string.Join(',', items);
    }

    private static RequestRefusedException Malformed(string reason, Exception? inner = null) =>
        new("operator.malformed", reason, inner);
}
