using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Stun.Node.Settings;

/// <summary>A file of settings as it was written: texts, lists and mappings, each with its place.</summary>
internal abstract record YamlValue(Origin.File Place)
{
    /// <param name="IsGiven">False for <c>key:</c> with nothing behind it.</param>
    public sealed record Text(Origin.File Place, string Value, bool IsGiven) : YamlValue(Place);

    public sealed record Sequence(Origin.File Place, List<YamlValue> Items) : YamlValue(Place);

    public sealed record Mapping(Origin.File Place, List<YamlEntry> Entries) : YamlValue(Place);
}

internal sealed record YamlEntry(Origin.File Place, string Key, YamlValue Value);

/// <summary>
/// Reads the small part of YAML that settings need: mappings, lists and texts. Anchors, aliases and tags are refused:
/// the first let a short file become a huge one, the last make a value mean another thing than it looks like.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>A list of allowed names may be long; a file of settings is no database.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>The deepest setting has five levels. It also bounds the recursion below.</summary>
    private const int DepthMax = 8;

    private readonly string path;
    private readonly Parser parser;
    private readonly FaultList faults;

    private YamlTree(string path, string text, FaultList faults)
    {
        this.path = path;
        this.faults = faults;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The mapping in the file; an empty one where there is nothing but comments; null if it cannot be read.
    /// </summary>
    public static YamlValue.Mapping? Parse(string path, string text, FaultList faults)
    {
        var whole = new Origin.File(path, 0, 0);
        if (Encoding.UTF8.GetByteCount(text) > BytesMax)
        {
            faults.Add(whole, "", $"It is larger than {BytesMax / 1024} KiB. Give long lists another form, or less.");
            return null;
        }
        try
        {
            return new YamlTree(path, text, faults).Document();
        }
        catch (YamlException failure)
        {
            faults.Add(new Origin.File(path, (int)failure.Start.Line, (int)failure.Start.Column), "",
                $"This is no YAML: {Sentence(failure.Message)}");
        }
        catch (SettingsUnreadableException)
        {
            // The reason is among the faults.
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException
            or IndexOutOfRangeException or OverflowException or FormatException or InvalidCastException)
        {
            // The package's scanner runs over its own feet on a few kinds of rubbish.
            faults.Add(whole, "", "This is no YAML. Write keys and values, as in the reference.");
        }
        return null;
    }

    private YamlValue.Mapping? Document()
    {
        Next<StreamStart>();
        if (Peek() is StreamEnd) return new YamlValue.Mapping(new Origin.File(path, 0, 0), []);
        Next<DocumentStart>();
        var place = At(Peek());
        var value = Value(0);
        Next<DocumentEnd>();
        if (Peek() is not StreamEnd)
        {
            faults.Add(At(Peek()), "", "A second document begins here. Write one only.");
            return null;
        }
        switch (value)
        {
            case YamlValue.Mapping mapping: return mapping;
            case YamlValue.Text { IsGiven: false }: return new YamlValue.Mapping(place, []);
            default:
                faults.Add(place, "", "The file is not made of 'key: value'. See the reference for its keys.");
                return null;
        }
    }

    private YamlValue Value(int depth)
    {
        var place = At(Peek());
        if (depth > DepthMax) throw Stop(place, $"More than {DepthMax} levels deep. No setting is.");
        switch (Take())
        {
            case Scalar scalar:
                Plain(scalar, place);
                return new YamlValue.Text(place, scalar.Value, IsGiven(scalar));
            case SequenceStart start:
                Plain(start, place);
                return new YamlValue.Sequence(place, Items(depth));
            case MappingStart start:
                Plain(start, place);
                return new YamlValue.Mapping(place, Entries(depth));
            case AnchorAlias:
                throw Stop(place, "An alias ('*name'). Write the value again instead.");
            default:
                throw Stop(place, "Something that is neither a value, a list nor a mapping.");
        }
    }

    private List<YamlValue> Items(int depth)
    {
        List<YamlValue> items = [];
        while (Peek() is not SequenceEnd) items.Add(Value(depth + 1));
        Take();
        return items;
    }

    private List<YamlEntry> Entries(int depth)
    {
        List<YamlEntry> entries = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Peek() is not MappingEnd)
        {
            var place = At(Peek());
            if (Value(depth + 1) is not YamlValue.Text key) throw Stop(place, "A key that is no text.");
            var value = Value(depth + 1);
            if (seen.Add(key.Value)) entries.Add(new YamlEntry(place, key.Value, value));
            else faults.Add(place, Shown(key.Value), "It stands here twice. Keep one.");
        }
        Take();
        return entries;
    }

    /// <summary>Names and values of strangers in messages: short and on one line.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var character in text.Length > 60 ? text[..57] + "..." : text)
            shown.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        return shown.ToString();
    }

    private static bool IsGiven(Scalar scalar) =>
        scalar.Style is not ScalarStyle.Plain || scalar.Value.Length > 0 && scalar.Value is not ("~" or "null");

    private void Plain(NodeEvent node, Origin.File place)
    {
        if (!node.Anchor.IsEmpty) faults.Add(place, "", "An anchor ('&name'). Leave it out and write values in full.");
        if (!node.Tag.IsEmpty) faults.Add(place, "", "A tag ('!name'). Leave it out: every key knows its type.");
    }

    private static string Sentence(string message)
    {
        var shown = Shown(message.Trim().TrimEnd('.'));
        return shown.Length == 0 ? "it cannot be read." : $"{char.ToLowerInvariant(shown[0])}{shown[1..]}.";
    }

    private ParsingEvent Peek()
    {
        if (parser.Current is null && !parser.MoveNext())
            throw Stop(new Origin.File(path, 0, 0), "It ends too early.");
        return parser.Current!;
    }

    private ParsingEvent Take()
    {
        var taken = Peek();
        parser.MoveNext();
        return taken;
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (Take() is not T) throw Stop(new Origin.File(path, 0, 0), "It is no YAML document.");
    }

    private Origin.File At(ParsingEvent item) => new(path, (int)item.Start.Line, (int)item.Start.Column);

    private SettingsUnreadableException Stop(Origin.File place, string message)
    {
        faults.Add(place, "", message);
        return new SettingsUnreadableException();
    }

    /// <summary>Leaves the recursion; never leaves this file.</summary>
    private sealed class SettingsUnreadableException : Exception;
}
