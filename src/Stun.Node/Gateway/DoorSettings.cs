using Stun.Node.Configuration;
using Stun.Node.Doors.Tes;
using Stun.Node.Transport;

namespace Stun.Node.Gateway;

/// <summary>What the front door lets through.</summary>
public sealed record DoorSettings
{
    /// <summary>Of one key. A node takes in some ten thousand tasks a second; one key may be all its traffic.</summary>
    public Rate PerKey { get; init; } = new(20_000, 40_000);

    /// <summary>Of one address without a valid key: people who read documents and sign in, and whoever guesses keys.
    /// </summary>
    public Rate PerAddress { get; init; } = new(50, 200);

    /// <summary>For a body that is a document.</summary>
    public TimeSpan BodyWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Requests that wait for a task's end at the same time; whoever comes later is answered at
    /// once.</summary>
    public int WaitersMax { get; init; } = 20_000;

    /// <summary>Streams of logs and events at the same time.</summary>
    public int StreamsMax { get; init; } = 2_000;

    /// <summary>Of one request that is no blob. A task with all its lists full is below a message's 1 MiB.</summary>
    public long BodyBytesMax { get; init; } = 2 << 20;

    /// <summary>Open at once; some 10 kB each when idle.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>What the door shows to whoever comes in; null for plain http.</summary>
    public DoorCertificate? Certificate { get; init; }

    public long BlobBytesMax { get; init; } = 64L << 30;

    /// <summary>All blobs that one account has uploaded and that are still here.</summary>
    public long BlobBytesPerAccountMax { get; init; } = 256L << 30;

    /// <summary>The name that a wallet shows when it signs in.</summary>
    public string Domain { get; init; } = "localhost";

    public string Version { get; init; } = "0";

    /// <summary>Whether people are shown the console where the API has no endpoint.</summary>
    public bool HasConsole { get; init; } = true;

    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(15);

    public TesSettings Tes { get; init; } = new();

    /// <summary>Records that may wait for the read model before the node says that it is not ready.</summary>
    public int BehindMax { get; init; } = 100_000;

    /// <summary>Records that may wait for the read model before no tasks are taken in; about 1 kB each.</summary>
    public int WaitingRecordsMax { get; init; } = 1_000_000;

    /// <exception cref="NodeException"><c>listen.tls</c>.</exception>
    public static DoorSettings Of(NodeConfiguration configuration, TimeProvider clock, Action<string, string> say)
    {
        var (listen, limits) = (configuration.Listen, configuration.Limits);
        var perKey = (int)limits.RequestsPerSecondPerKey;
        var perAddress = (int)limits.RequestsPerSecondPerAddress;
        return new DoorSettings
        {
            PerKey = new Rate(perKey, 2 * perKey),
            PerAddress = new Rate(perAddress, 4 * perAddress),
            BodyBytesMax = (long)limits.BodyBytesMax,
            ConnectionsMax = (int)limits.ConnectionsMax,
            BlobBytesMax = (long)limits.BlobBytesMax,
            Certificate = listen is { TlsCertificate: { } certificate, TlsKey: { } key }
                ? DoorCertificate.Open(certificate, key, clock, say) : null,
            // What a wallet shows is what the person's browser shows.
            Domain = listen.PublicUrl is { } url ? new Uri(url).Authority : "localhost",
            HasConsole = listen.HasConsole,
            Tes = configuration.Tes,
        };
    }
}
