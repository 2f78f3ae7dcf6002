using Stun.Cbor;

namespace Stun.Tee.Arm;

/// <summary>
/// CBOR as tokens have it, whole. Numbers may be longer than they need to be, as devices write them; lengths are
/// definite, keys of a map are numbers or text and come once.
/// </summary>
internal abstract record CborItem
{
    private const int DepthMax = 12;

    private CborItem()
    {
    }

    public sealed record Number(long Value) : CborItem;

    public sealed record Bytes(byte[] Value) : CborItem;

    public sealed record Text(string Value) : CborItem;

    public sealed record Array(IReadOnlyList<CborItem> Items) : CborItem;

    public sealed record Map(IReadOnlyDictionary<long, CborItem> ByNumber, IReadOnlyDictionary<string, CborItem> ByText)
        : CborItem;

    public sealed record Tagged(ulong Tag, CborItem Item) : CborItem;

    /// <summary>True, false, null: nothing that a token's claims that we read may be.</summary>
    public sealed record Simple(byte Value) : CborItem;

    public static CborItem Parse(ReadOnlySpan<byte> data, string what)
    {
        try
        {
            var reader = new CborReader(data, CborRules.Lenient, DepthMax);
            var item = Read(ref reader);
            return reader.AtEnd ? item
                : throw new EvidenceException("format.trailing", $"Bytes follow the end of {what}.");
        }
        catch (CborException failure)
        {
            throw new EvidenceException("format.cbor", $"{what} is not the CBOR it must be: {failure.Message}");
        }
    }

    private static CborItem Read(ref CborReader reader)
    {
        switch (reader.Peek())
        {
            case CborKind.Unsigned or CborKind.Negative:
                return new Number(reader.ReadInt64());
            case CborKind.Bytes:
                return new Bytes(reader.ReadBytesSpan().ToArray());
            case CborKind.Text:
                return new Text(System.Text.Encoding.UTF8.GetString(reader.ReadTextSpan()));
            case CborKind.Array:
                var items = new List<CborItem>();
                for (var left = Definite(reader.ReadArrayStart()); left > 0; left--) items.Add(Read(ref reader));
                return new Array(items);
            case CborKind.Map:
                return ReadMap(ref reader);
            case CborKind.Tag:
                return new Tagged(reader.ReadTag(), Read(ref reader));
            case CborKind.Float:
                throw new EvidenceException("format.cbor", "A token has a floating-point number.");
            default:
                return new Simple(reader.ReadSimple());
        }
    }

    private static Map ReadMap(ref CborReader reader)
    {
        var byNumber = new SortedDictionary<long, CborItem>();
        var byText = new SortedDictionary<string, CborItem>(StringComparer.Ordinal);
        for (var left = Definite(reader.ReadMapStart()); left > 0; left--)
        {
            var isNew = Read(ref reader) switch
            {
                Number number => byNumber.TryAdd(number.Value, Read(ref reader)),
                Text text => byText.TryAdd(text.Value, Read(ref reader)),
                _ => throw new EvidenceException("format.cbor", "A key of a token is neither number nor text."),
            };
            if (!isNew) throw new EvidenceException("format.duplicate", "A key of a token comes twice.");
        }
        return new Map(byNumber, byText);
    }

    private static int Definite(int count) => count != CborReader.Indefinite ? count
        : throw new EvidenceException("format.cbor", "A token has an indefinite length.");

    public byte[] AsBytes(string what) => this is Bytes bytes ? bytes.Value : throw Odd(what, "a byte string");

    public string AsText(string what) => this is Text text ? text.Value : throw Odd(what, "text");

    public long AsNumber(string what) => this is Number number ? number.Value : throw Odd(what, "a number");

    public IReadOnlyList<CborItem> AsArray(string what) =>
        this is Array array ? array.Items : throw Odd(what, "a list");

    public Map AsMap(string what) => this is Map map ? map : throw Odd(what, "a map");

    private static EvidenceException Odd(string what, string expected) =>
        new("format.cbor", $"{what} is not {expected}.");
}
