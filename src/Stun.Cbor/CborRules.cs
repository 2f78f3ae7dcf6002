namespace Stun.Cbor;

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
