using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stun.Node.Configuration;

namespace Stun.Node.Transport;

/// <summary>
/// Whose certificates are believed on the way to the hubs, by all that goes there: links, blobs, replicas. A hub that
/// was named with its certificate needs no authority, and no other certificate will do; others are the machine's to
/// judge.
/// </summary>
public sealed class HubTrust(IReadOnlyList<HubSettings> hubs)
{
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(10);

    private readonly List<(string Host, Digest? Certificate)> known =
        [.. hubs.Select(hub => (new Uri(hub.Url).IdnHost, hub.CertificateHash))];

    public static HubTrust OfMachine { get; } = new([]);

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
        var named = known.Where(hub => hub.Host.Equals(host, StringComparison.OrdinalIgnoreCase)).ToList();
        if (errors == SslPolicyErrors.None && (named.Count == 0 || named.Any(hub => hub.Certificate is null)))
            return true;
        if (certificate is null) return false;
        var digest = Digest.Read(SHA256.HashData(certificate.GetRawCertData()));
        return named.Any(hub => hub.Certificate == digest);
    }
}
