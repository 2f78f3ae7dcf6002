using System.IO.Enumeration;

namespace Stun.Execution.Containers;

/// <summary>
/// A pattern of names below /out: <c>*</c> and <c>?</c> stand for characters of one part, <c>**</c> for any number of
/// parts. One that begins with a slash is of files elsewhere, by their whole paths; with a slash at its end it only
/// wants the directory to be there. Matched by table, so that no pattern takes more than its length times the name's.
/// </summary>
public sealed class OutputPattern
{
    private readonly string[] parts;
    private readonly bool isAbsolute;

    public OutputPattern(string text)
    {
        var below = text.StartsWith("/out/", StringComparison.Ordinal) ? text["/out/".Length..] : text;
        isAbsolute = RunPlaces.IsAbsolute(below);
        parts = (isAbsolute ? below[1..] : below).Split('/');
        var isDirectory = isAbsolute && parts is [_, .., ""];
        var named = isDirectory ? parts[..^1] : parts;
        if (named.Any(part => part is "" or "." or "..") || (isAbsolute && (parts.Length < 2 || IsWild(parts[0]))))
            throw new ExecutionException("run.output-pattern", $"'{TerminalText.Of(text)}' is no pattern for outputs.",
                "Write it relative to /out, such as '**' or 'plots/*.json', or as '/DIRECTORY/*.json'.");
        if (!isAbsolute) return;
        var plain = named.TakeWhile(part => !IsWild(part)).Count();
        Place = "/" + string.Join('/', named[..(isDirectory ? plain : Math.Min(plain, named.Length - 1))]);
    }

    /// <summary>The directory in which it looks; null for one of /out.</summary>
    public string? Place { get; }

    private static bool IsWild(string part) => part.AsSpan().IndexOfAny('*', '?') >= 0;

    public bool Matches(string name)
    {
        if (RunPlaces.IsAbsolute(name) != isAbsolute) return false;
        var names = (isAbsolute ? name[1..] : name).Split('/');
        // reach[i]: the pattern so far can stand for the first i parts of the name.
        var reach = new bool[names.Length + 1];
        reach[0] = true;
        foreach (var part in parts) reach = part == "**" ? AnyParts(reach) : OnePart(reach, part, names);
        return reach[^1];
    }

    private static bool[] AnyParts(bool[] reach)
    {
        for (var index = 1; index < reach.Length; index++) reach[index] |= reach[index - 1];
        return reach;
    }

    private static bool[] OnePart(bool[] reach, string pattern, string[] names)
    {
        var next = new bool[reach.Length];
        for (var index = 0; index < names.Length; index++)
            next[index + 1] = reach[index]
                && FileSystemName.MatchesSimpleExpression(pattern, names[index], ignoreCase: false);
        return next;
    }
}
