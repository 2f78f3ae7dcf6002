using System.Text;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// A path with the wildcards of POSIX.1-2017, 2.13: <c>*</c>, <c>?</c> and <c>[…]</c> within one part; a backslash
/// takes the meaning from what follows; a dot at the beginning of a part is matched by a dot only.
/// </summary>
internal sealed class PosixPattern
{
    private readonly IReadOnlyList<Token>[] parts;

    private PosixPattern(IReadOnlyList<Token>[] parts) => this.parts = parts;

    private enum Kind : byte
    {
        Letter,
        AnyOne,
        AnyMany,
        OneOf,
    }

    /// <param name="Set">Ranges of what one character may be.</param>
    private sealed record Token(Kind Kind, Rune Letter, IReadOnlyList<(Rune From, Rune To)> Set, bool IsNot);

    public static PosixPattern Parse(string path) => new([.. path.Split('/').Select(ReadPart)]);

    public static bool IsWild(string path) => Parse(path).parts.Any(IsWild);

    /// <summary>The directory below which everything lies that it can match.</summary>
    public string Place => string.Join('/', parts.TakeWhile(part => !IsWild(part)).Take(parts.Length - 1).Select(Plain));

    /// <summary>A simpler pattern, of * and ? alone, that matches all that this one does.</summary>
    public string Wider => string.Join('/', parts.Select(part => string.Concat(part.Select(Widened))));

    /// <summary>The path itself, where nothing in it is wild.</summary>
    public string Text => string.Join('/', parts.Select(Plain));

    public bool Matches(string path)
    {
        var names = path.Split('/');
        if (names.Length != parts.Length) return false;
        for (var index = 0; index < parts.Length; index++)
            if (!Matches(parts[index], [.. names[index].EnumerateRunes()])) return false;
        return true;
    }

    private static bool IsWild(IReadOnlyList<Token> part) => part.Any(token => token.Kind != Kind.Letter);

    private static string Plain(IReadOnlyList<Token> part) =>
        string.Concat(part.Select(token => token.Letter.ToString()));

    /// <summary>What the simpler pattern would read as more than itself stands for any one character there.</summary>
    private static string Widened(Token token) => token.Kind switch
    {
        Kind.AnyMany => "*",
        Kind.Letter when token.Letter.Value is not ('*' or '?' or '\\' or '<' or '>' or '"') => token.Letter.ToString(),
        // One character here may be two of theirs.
        Kind.Letter => "?",
        _ => "*",
    };

    /// <summary>By table: no pattern takes more than its length times the name's.</summary>
    private static bool Matches(IReadOnlyList<Token> pattern, IReadOnlyList<Rune> name)
    {
        if (name is [{ Value: '.' }, ..] && pattern is not [{ Kind: Kind.Letter, Letter.Value: '.' }, ..]) return false;
        var reach = new bool[name.Count + 1];
        reach[0] = true;
        foreach (var token in pattern)
        {
            var next = new bool[name.Count + 1];
            for (var index = 0; index <= name.Count; index++)
                if (token.Kind == Kind.AnyMany) next[index] = reach[index] || (index > 0 && next[index - 1]);
                else next[index] = index > 0 && reach[index - 1] && IsOne(token, name[index - 1]);
            reach = next;
        }
        return reach[^1];
    }

    private static bool IsOne(Token token, Rune rune) => token.Kind switch
    {
        Kind.AnyOne => true,
        Kind.OneOf => token.Set.Any(range => rune >= range.From && rune <= range.To) != token.IsNot,
        _ => token.Letter == rune,
    };

    private static List<Token> ReadPart(string text)
    {
        List<Token> tokens = [];
        List<Rune> runes = [.. text.EnumerateRunes()];
        for (var at = 0; at < runes.Count; at++)
            switch (runes[at].Value)
            {
                case '*': tokens.Add(new Token(Kind.AnyMany, default, [], false)); break;
                case '?': tokens.Add(new Token(Kind.AnyOne, default, [], false)); break;
                case '[' when ReadSet(runes, ref at) is { } set: tokens.Add(set); break;
                case '\\' when at + 1 < runes.Count: tokens.Add(Plain(runes[++at])); break;
                default: tokens.Add(Plain(runes[at])); break;
            }
        return tokens;
    }

    private static Token Plain(Rune rune) => new(Kind.Letter, rune, [], false);

    /// <summary>Null where no bracket closes it: then it is a bracket and nothing more.</summary>
    private static Token? ReadSet(List<Rune> runes, ref int at)
    {
        var next = at + 1;
        var isNot = next < runes.Count && runes[next].Value is '!' or '^';
        if (isNot) next++;
        List<(Rune, Rune)> set = [];
        for (var isFirst = true; next < runes.Count; isFirst = false)
        {
            if (runes[next].Value == ']' && !isFirst)
            {
                at = next;
                return new Token(Kind.OneOf, default, set, isNot);
            }
            var from = runes[next++];
            if (next + 1 < runes.Count && runes[next].Value == '-' && runes[next + 1].Value != ']')
            {
                set.Add((from, runes[next + 1]));
                next += 2;
            }
            else set.Add((from, from));
        }
        return null;
    }
}
