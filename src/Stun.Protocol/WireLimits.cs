namespace Stun.Protocol;

public static class WireLimits
{
    /// <summary>
    /// The largest message or journal entry. Large data travels as blobs; what is larger than this is an attack or a
    /// mistake, and a receiver may hold one such buffer per connection.
    /// </summary>
    public const int MessageBytesMax = 1 << 20;

    /// <summary>UTF-8 bytes of a text without an <see cref="AtMostAttribute"/>: paths and arguments.</summary>
    public const int TextBytesMax = 4096;

    /// <summary>Tasks and withdrawals in one batch for the chain: their places in the log fit a message.</summary>
    public const int BatchEntriesMax = 8_192;

    /// <summary>Words of 32 bytes that move balances in one batch: they fit a message; gas lets fewer in.</summary>
    public const int MoveWordsMax = 8_192;

    /// <summary>Rounds of judging one task of which anything is remembered: each costs a window and a re-run.</summary>
    public const int RoundsMax = 64;

    /// <summary>One sentence for people beside a code.</summary>
    public const int DetailBytesMax = 256;
}
