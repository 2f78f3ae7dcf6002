namespace Stun.Node.Settings;

/// <summary>One setting: its name, how it is written, and what it is for. The reference is made from these.</summary>
/// <param name="Path">Words joined by dots; <c>#</c> stands for the number of an entry in a list.</param>
/// <param name="Default">As it would be written; empty where there is none.</param>
/// <param name="Meaning">One sentence or two, for the reference.</param>
/// <param name="Example">As it would be written.</param>
internal sealed record SettingKey(string Path, SettingForm Form, string Default, string Meaning, string Example)
{
    /// <summary>Several values: a list in a file, with commas elsewhere.</summary>
    public bool IsList { get; init; }

    /// <summary>Never shown, not even when it is wrong.</summary>
    public bool IsSecret { get; init; }

    /// <summary>An empty list would say the opposite of no list, and is mistaken for it.</summary>
    public bool IsNeverEmpty { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>An order of values that means nothing is not kept: the same set is the same policy.</summary>
    public bool IsSet { get; init; }
}

/// <summary>A value that was given, or the default.</summary>
/// <param name="Path">Of the key, with numbers in place of <c>#</c>.</param>
/// <param name="Value">An object of the form's type, or a list of them.</param>
internal sealed record Setting(string Path, SettingKey Key, object Value, Origin Origin)
{
    public string Shown => Key.IsSecret ? "(secret)" : Write(value => value);

    public string Write(Func<string, string> quoted) => Value is List<object> items
        ? "[" + string.Join(", ", Written(items).Select(quoted)) + "]"
        : quoted(Key.Form.Write(Value));

    private IEnumerable<string> Written(List<object> items)
    {
        var texts = items.Select(Key.Form.Write);
        return Key.IsSet ? texts.Distinct().Order(StringComparer.Ordinal) : texts;
    }
}
