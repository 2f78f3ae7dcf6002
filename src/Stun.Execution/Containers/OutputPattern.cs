using System.IO.Enumeration;

namespace Stun.Execution.Containers;

/// <summary>
/// A pattern of names below /out: <c>*</c> and <c>?</c> stand for characters of one part, <c>**</c> for any number of
/// parts. Matched by table, so that no pattern takes more than its length times the name's.
/// </summary>
public sealed class OutputPattern
{
    private readonly string[] parts;

    public OutputPattern(string text)
    {
        var below = text.StartsWith("/out/", StringComparison.Ordinal) ? text["/out/".Length..] : text;
        parts = below.Split('/');
        if (parts.Any(part => part is "" or "." or ".."))
            throw new ExecutionException("run.output-pattern", $"'{TerminalText.Of(text)}' is no pattern for outputs.",
                "Write it relative to /out, such as '**' or 'plots/*.json'.");
    }

    public bool Matches(string name)
    {
        var names = name.Split('/');
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
