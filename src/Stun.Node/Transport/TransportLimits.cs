namespace Stun.Node.Transport;

/// <summary>Every queue, time and table of the links has its limit here, with its reason.</summary>
public static class TransportLimits
{
    /// <summary>The largest frame: a message of the largest size and what is written around it.</summary>
    public const int FrameBytesMax = WireLimits.MessageBytesMax + 1024;

    /// <summary>Before anybody is authenticated: a welcome with 64 proven roles has some 6 kB.</summary>
    public const int HandshakeBytesMax = 8 << 10;

    /// <summary>Output of a container in one piece: so small that logs never hold up leases.</summary>
    public const int LogChunkBytesMax = 32 << 10;

    /// <summary>Roles in one process; each costs a signature at every handshake.</summary>
    public const int LocalRolesMax = 64;

    /// <summary>
    /// Posts that wait or are not acknowledged, of one session: what a busy scheduler says in the minute that a link
    /// may be gone.
    /// </summary>
    public const int QueueCountMax = 16_384;

    /// <summary>The same in bytes: sixteen messages of the largest size always fit.</summary>
    public const int QueueBytesMax = 16 << 20;

    /// <summary>All sessions of a hub together, so that many slow peers cannot take its memory.</summary>
    public const long HubQueueBytesMax = 1L << 30;

    /// <summary>What an entry of a queue costs beside its bytes.</summary>
    public const int QueueEntryBytes = 256;

    /// <summary>Notices are for people who read logs: the first ones tell the story.</summary>
    public const int NoticesMax = 16;

    /// <summary>Links of one hub: an idle link costs some 40 kB with its socket.</summary>
    public const int LinksMax = 10_000;

    /// <summary>A site behind one address translator has many providers, but not thousands.</summary>
    public const int LinksPerRemoteMax = 256;

    /// <summary>Peers that a hub remembers without a link, for resuming and for the fence of epochs.</summary>
    public const int PeersRememberedMax = 65_536;

    /// <summary>A second of what one peer may say; a provider of sixty devices needs some tens.</summary>
    public const int MessagesPerSecond = 5_000;

    /// <summary>What was held back while the link was gone may come at once.</summary>
    public const int MessageBurst = 2 * QueueCountMax;

    /// <summary>What comes quickly need not be acknowledged one by one.</summary>
    public const int AckEvery = 64;

    /// <summary>A receipt may wait this long for something to ride on.</summary>
    public static readonly TimeSpan AckDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Below the idle limits of the usual address translators and proxies (30 to 60 s).</summary>
    public static readonly TimeSpan KeepAliveEvery = TimeSpan.FromSeconds(10);

    /// <summary>Two keep-alives may be lost or late; the third means that nobody is there.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    /// <summary>Three frames and two signatures, over the slowest of links.</summary>
    public static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a session waits for its peer to come back.</summary>
    public static readonly TimeSpan ResumeWindow = TimeSpan.FromSeconds(60);

    /// <summary>For the reason of a close to arrive, before the socket is torn down.</summary>
    public static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan BackoffLeast = TimeSpan.FromMilliseconds(200);

    /// <summary>Short beside the term of a lease (30 s), so that a hub that comes back costs no lease.</summary>
    public static readonly TimeSpan BackoffMost = TimeSpan.FromSeconds(10);

    /// <summary>A link that lived this long was a good one: the next attempt is made at once again.</summary>
    public static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(2);

    /// <summary>How often a full inbox is asked again: first and at most.</summary>
    public static readonly TimeSpan InboxRetryLeast = TimeSpan.FromMilliseconds(5);

    public static readonly TimeSpan InboxRetryMost = TimeSpan.FromMilliseconds(100);

    /// <summary>A relayed message this old is no news: whoever sent it has sent it again.</summary>
    public static readonly Duration RelayAgeMax = Duration.Seconds(300);

    /// <summary>Clocks of honest nodes differ by less.</summary>
    public static readonly Duration ClockSkewMax = Duration.Seconds(60);

    /// <summary>How far relayed messages of one origin may overtake one another.</summary>
    public const int RelayWindow = 1024;

    /// <summary>Origins heard in the last minutes, about 200 bytes each.</summary>
    public const int RelayOriginsMax = 65_536;
}
