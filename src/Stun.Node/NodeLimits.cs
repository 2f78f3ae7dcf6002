namespace Stun.Node;

/// <summary>Every queue of the shell has its limit here, with its reason.</summary>
internal static class NodeLimits
{
    /// <summary>
    /// Messages from outside that wait for one role. Beyond it the door says "busy" and links stop reading: at some
    /// 10,000 messages a second this is a second of work.
    /// </summary>
    public const int InboxMax = 10_000;

    /// <summary>Inputs in one batch: one reading of the clock and one frame for all of them.</summary>
    public const int BatchMax = 256;

    /// <summary>
    /// Bytes that wait for the disk before nothing more is taken in from outside. What is inside goes on, so that it
    /// can end.
    /// </summary>
    public const long JournalWaitingMax = 64 << 20;

    /// <summary>
    /// Results of this size ride in the journal, where they share the group's one write; what is larger is a file of
    /// its own.
    /// </summary>
    public const int SmallBlobMax = 8 << 10;

    /// <summary>Signatures whose check is remembered: some seconds of the fastest network, about 100 bytes
    /// each.</summary>
    public const int CheckedSignaturesMax = 100_000;
}
