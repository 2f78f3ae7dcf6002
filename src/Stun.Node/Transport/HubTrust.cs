using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stun.Node.Configuration;

namespace Stun.Node.Transport;

/// <summary>
/// Whose certificates are believed on the way to the hubs, by all that goes there: links, blobs, replicas. A machine
/// that was named with a certificate needs no authority, and no other certificate will do, at whichever port; others
/// are judged by what this machine trusts.
/// </summary>
public sealed class HubTrust(IReadOnlyList<HubSettings> hubs)
{
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(10);

    private readonly List<(string Host, Digest Certificate)> pins =
    [
        .. hubs.Where(hub => hub.CertificateHash is not null)
            .Select(hub => (Plain(new Uri(hub.Url).IdnHost), hub.CertificateHash!.Value)),
    ];

    private volatile bool hasRefused;

    /// <summary>Whether anybody came with a certificate that will not do.</summary>
    public bool HasRefused => hasRefused;

    public static HubTrust OfMachine() => new([]);

    public SocketsHttpHandler Handler() => new()
    {
        ConnectTimeout = ConnectsWithin,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (stream, certificate, _, errors) =>
                Accepts(((SslStream)stream).TargetHostName, certificate, errors),
        },
    };

    public void Apply(ClientWebSocketOptions options, Uri hub) => options.RemoteCertificateValidationCallback =
        (_, certificate, _, errors) => Accepts(hub.IdnHost, certificate, errors);

    internal bool Accepts(string host, X509Certificate? certificate, SslPolicyErrors errors)
    {
        var named = pins.Where(pin => pin.Host.Equals(Plain(host), StringComparison.OrdinalIgnoreCase)).ToList();
        var isGood = named.Count == 0
            ? errors == SslPolicyErrors.None
            : certificate is not null && named.Exists(pin =>
                pin.Certificate == Digest.Read(SHA256.HashData(certificate.GetRawCertData())));
        if (!isGood) hasRefused = true;
        return isGood;
    }

    /// <summary>Numbers of the sixth version stand in brackets here and there, and names end in a dot.</summary>
    private static string Plain(string host) => host.Trim('[', ']').TrimEnd('.');
}
