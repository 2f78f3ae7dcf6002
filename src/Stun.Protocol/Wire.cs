namespace Stun.Protocol;

/// <summary>The number of a case of a closed family on the wire. Once given, a number is never given again.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CaseAttribute(int number) : Attribute
{
    public int Number => number;
}

/// <summary>
/// The most elements that a list, or bytes (of UTF-8) that a text, may carry on the wire. Without it the limit is
/// <see cref="Default"/> for lists and <see cref="WireLimits.TextBytesMax"/> for texts.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtMostAttribute(int count) : Attribute
{
    public const int Default = 64;

    public int Count => count;
}

/// <summary>Marks a record that has a canonical wire form: eng/ generates its codec.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WireAttribute : Attribute;
