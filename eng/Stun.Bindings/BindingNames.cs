namespace Stun.Bindings;

/// <summary>Names of a contract in the form in which C# writes them.</summary>
internal static class BindingNames
{
    /// <summary>What a record has already, or what the bindings give it.</summary>
    private static readonly string[] Taken =
    [
        "Equals", "GetHashCode", "GetType", "ToString", "Clone", "Deconstruct", "EqualityContract", "PrintMembers",
        "MemberwiseClone", "Finalize", "ReferenceEquals", "Topic", "Selector", "Signatures", "TryDecode", "Read",
        "Write",
    ];

    private static readonly string[] Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const",
        "continue", "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern",
        "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface",
        "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params",
        "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof",
        "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong",
        "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        // Not of the language: variables that the bindings use.
        "writer", "reader", "topics", "log", "data", "answer", "value", "result",
    ];

    /// <summary>Of a method, a record or a property. CLOCK_MODE becomes ClockMode.</summary>
    public static string Pascal(string name)
    {
        var parts = name.Split(['_', '$'], StringSplitOptions.RemoveEmptyEntries).Select(part =>
            part.Length > 1 && part.All(letter => !char.IsAsciiLetterLower(letter)) ? Lowered(part) : part);
        return string.Concat(parts.Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }

    /// <summary>The names of the fields as properties of a record, each once and none that is taken.</summary>
    /// <param name="fields">In their order; what has no name is numbered.</param>
    /// <param name="taken">The names of the record and of what it is nested in.</param>
    public static List<string> Properties(IReadOnlyList<Field> fields, IEnumerable<string> taken)
    {
        HashSet<string> used = [.. Taken, .. taken];
        List<string> names = [];
        foreach (var (at, field) in fields.Index())
        {
            var name = Pascal(field.Name) is { Length: > 0 } given ? given : $"Field{at + 1}";
            while (!used.Add(name)) name += "Value";
            names.Add(name);
        }
        return names;
    }

    public static List<string> Parameters(IReadOnlyList<Field> fields)
    {
        HashSet<string> used = [];
        List<string> names = [];
        foreach (var (at, field) in fields.Index())
        {
            var pascal = Pascal(field.Name);
            var name = pascal.Length > 0 ? char.ToLowerInvariant(pascal[0]) + pascal[1..] : $"argument{at + 1}";
            if (Keywords.Contains(name)) name += "Given";
            while (!used.Add(name)) name += "Too";
            names.Add(name);
        }
        return names;
    }

    private static string Lowered(string part) => part[0] + part[1..].ToLowerInvariant();
}
