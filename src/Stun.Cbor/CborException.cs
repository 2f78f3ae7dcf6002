namespace Stun.Cbor;

/// <summary>
/// Bytes that are not CBOR, or not in the form that was asked for; also a writer used against its rules.
/// The only exception that foreign bytes can cause.
/// </summary>
public sealed class CborException(string reason, int offset) : Exception($"{reason} (at byte {offset})")
{
    public string Reason => reason;

    /// <summary>Where in the input, or in the output of a writer, the trouble begins.</summary>
    public int Offset => offset;
}
