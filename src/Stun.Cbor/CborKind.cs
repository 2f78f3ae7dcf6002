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
