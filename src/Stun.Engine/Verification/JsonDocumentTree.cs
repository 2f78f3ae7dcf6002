using System.Text.Json;
using System.Text.Unicode;

namespace Stun.Engine.Verification;

/// <summary>
/// JSON compared by value: members in any order, numbers by exact decimal value, texts by their characters. An object
/// with a member twice means different things to different readers, so it is not taken as JSON at all.
/// </summary>
/// <remarks>Depth is limited by the reader (64), so walking two trees at once may recurse.</remarks>
internal sealed class JsonDocumentTree
{
    /// <summary>One value. Numbers stay in the source text; names are sorted, with the items in their order.</summary>
    private sealed class Node
    {
        public JsonTokenType Kind;
        public int Start;
        public int Length;
        public string Text = "";
        public string[] Names = [];
        public Node[] Items = [];
    }

    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        TryRead(left) is { } leftRoot && TryRead(right) is { } rightRoot && Same(leftRoot, left, rightRoot, right);

    private static bool Same(Node left, ReadOnlySpan<byte> leftText, Node right, ReadOnlySpan<byte> rightText)
    {
        if (left.Kind != right.Kind || left.Items.Length != right.Items.Length || left.Text != right.Text) return false;
        if (left.Kind == JsonTokenType.Number)
            return SameNumber(leftText.Slice(left.Start, left.Length), rightText.Slice(right.Start, right.Length));
        for (var index = 0; index < left.Names.Length; index++)
            if (left.Names[index] != right.Names[index]) return false;
        for (var index = 0; index < left.Items.Length; index++)
            if (!Same(left.Items[index], leftText, right.Items[index], rightText)) return false;
        return true;
    }

    private static bool SameNumber(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        return DecimalText.TryRead(left, out var leftNumber) && DecimalText.TryRead(right, out var rightNumber)
            && leftNumber.SameValue(rightNumber);
    }

    /// <summary>Null if it is not JSON that means one thing.</summary>
    private static Node? TryRead(ReadOnlySpan<byte> text)
    {
        // The reader would let wrong UTF-8 in strings pass until they are asked for.
        if (!Utf8.IsValid(text)) return null;
        try
        {
            var reader = new Utf8JsonReader(text);
            if (!reader.Read() || Value(ref reader) is not { } root) return null;
            return reader.Read() ? null : root;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Node? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                return Array(ref reader);
            case JsonTokenType.StartObject:
                return Object(ref reader);
            case JsonTokenType.String:
                return Text(ref reader) is { } text ? new Node { Kind = JsonTokenType.String, Text = text } : null;
            default:
                return new Node
                {
                    Kind = reader.TokenType,
                    Start = (int)reader.TokenStartIndex,
                    Length = reader.ValueSpan.Length,
                };
        }
    }

    private static Node? Array(ref Utf8JsonReader reader)
    {
        List<Node> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Value(ref reader) is not { } item) return null;
            items.Add(item);
        }
        return new Node { Kind = JsonTokenType.StartArray, Items = [.. items] };
    }

    private static Node? Object(ref Utf8JsonReader reader)
    {
        List<string> names = [];
        List<Node> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (Text(ref reader) is not { } name || !reader.Read() || Value(ref reader) is not { } item) return null;
            names.Add(name);
            items.Add(item);
        }
        var node = new Node { Kind = JsonTokenType.StartObject, Names = [.. names], Items = [.. items] };
        System.Array.Sort(node.Names, node.Items, StringComparer.Ordinal);
        for (var index = 1; index < node.Names.Length; index++)
            if (node.Names[index] == node.Names[index - 1]) return null;
        return node;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: JSON by its grammar, but no text.
            return null;
        }
    }
}
