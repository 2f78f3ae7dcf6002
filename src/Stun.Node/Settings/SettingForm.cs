namespace Stun.Node.Settings;

/// <summary>How a value is written: the same in a file, a variable and a flag.</summary>
/// <param name="Name">For the reference: "size", "length of time".</param>
/// <param name="Explanation">Which texts are right: "such as 64KiB, 10GB or 1048576".</param>
internal abstract record SettingForm(string Name, string Explanation)
{
    /// <summary>The value; null if the text is none.</summary>
    public abstract object? Read(string text);

    /// <summary>The one text that stands for this value; what reads it gives the same value again.</summary>
    public abstract string Write(object value);
}

/// <summary>A form of one type of value, made of two functions that undo one another.</summary>
internal sealed record SettingForm<T>(
    string Name, string Explanation, Func<string, T?> Reading, Func<T, string> Writing)
    : SettingForm(Name, Explanation)
    where T : class
{
    public override object? Read(string text) => Reading(text);

    public override string Write(object value) => Writing((T)value);
}

/// <summary>The same for types that cannot be null themselves.</summary>
internal sealed record NumberForm<T>(
    string Name, string Explanation, Func<string, T?> Reading, Func<T, string> Writing)
    : SettingForm(Name, Explanation)
    where T : struct
{
    public override object? Read(string text) => Reading(text) is { } value ? value : null;

    public override string Write(object value) => Writing((T)value);
}
