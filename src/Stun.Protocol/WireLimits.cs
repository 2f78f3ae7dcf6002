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

    /// <summary>One sentence for people beside a code.</summary>
    public const int DetailBytesMax = 256;
}
