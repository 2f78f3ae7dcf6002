namespace Stun.Cbor;

/// <summary>What the next item is.</summary>
public enum CborKind : byte
{
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Bool,
    Null,
    Undefined,

    /// <summary>A simple value without a meaning of its own in RFC 8949.</summary>
    Simple,
    Float,

    /// <summary>The end of a string, array or map of indefinite length.</summary>
    Break,

    /// <summary>All has been read.</summary>
    End,
}

/// <summary>What a reader accepts.</summary>
public enum CborRules : byte
{
    /// <summary>
    /// Core deterministic encoding (RFC 8949, 4.2.1) and nothing else: shortest numbers and lengths, definite lengths,
    /// map keys in rising bytewise order without duplicates. Equal values have equal bytes, so bytes can be signed.
    /// </summary>
    Strict,

    /// <summary>Anything well-formed: what others have written, who know nothing of our rules.</summary>
    Lenient,
}

/// <summary>The limits of readers and writers.</summary>
public static class CborLimits
{
    /// <summary>
    /// Arrays, maps and tags inside one another. The deepest message of ours has 12 levels; COSE and token formats stay
    /// under 20. The limit keeps the checker's stack on the thread's stack.
    /// </summary>
    public const int DepthMax = 64;
}

internal static class CborMajor
{
    public const int Unsigned = 0;
    public const int Negative = 1;
    public const int Bytes = 2;
    public const int Text = 3;
    public const int Array = 4;
    public const int Map = 5;
    public const int Tag = 6;
    public const int Other = 7;
}

/// <summary>The values of the low five bits of an initial byte that do not count themselves.</summary>
internal static class CborInfo
{
    public const int OneByte = 24;
    public const int TwoBytes = 25;
    public const int FourBytes = 26;
    public const int EightBytes = 27;
    public const int Indefinite = 31;

    public const int False = 20;
    public const int True = 21;
    public const int Null = 22;
    public const int Undefined = 23;

    public const byte BreakByte = 0xff;
}
