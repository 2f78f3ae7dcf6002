using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stun.Node.Gateway;

/// <summary>
/// The certificate of a door, from PEM files. They are looked at again now and then, since certificates are renewed
/// while nodes run; what cannot be read, or is half written, leaves the one that is there in use.
/// </summary>
public sealed class DoorCertificate
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly string chainPath, keyPath;
    private readonly TimeProvider clock;
    private readonly Action<string, string> say;
    private readonly Lock gate = new();
    private SslServerAuthenticationOptions current;
    private (DateTime, DateTime) written;
    private DateTimeOffset lookedAt;

    private DoorCertificate(string chainPath, string keyPath, TimeProvider clock, Action<string, string> say)
    {
        (this.chainPath, this.keyPath, this.clock, this.say) = (chainPath, keyPath, clock, say);
        (written, lookedAt) = (Written(), clock.GetUtcNow());
        current = Read();
    }

    /// <exception cref="NodeException"><c>listen.tls</c>.</exception>
    public static DoorCertificate Open(
        string chainPath, string keyPath, TimeProvider clock, Action<string, string> say) =>
        new(chainPath, keyPath, clock, say);

    /// <summary>For the connection that comes in now.</summary>
    public SslServerAuthenticationOptions Current
    {
        get
        {
            lock (gate)
            {
                var now = clock.GetUtcNow();
                if (now < lookedAt + LookEvery) return current;
                lookedAt = now;
                Renew();
                return current;
            }
        }
    }

    private void Renew()
    {
        var changed = Written();
        if (changed == written) return;
        try
        {
            current = Read();
            written = changed;
            say("listen.tls-renewed", $"The certificate in {chainPath} is used from now on.");
        }
        catch (NodeException failure)
        {
            say(failure.Code, $"The certificate from before stays in use. {failure.Message}");
        }
    }

    private (DateTime, DateTime) Written() =>
        (File.GetLastWriteTimeUtc(chainPath), File.GetLastWriteTimeUtc(keyPath));

    private SslServerAuthenticationOptions Read()
    {
        try
        {
            // The first one is the door's own, those after it lead to an authority.
            using var own = X509Certificate2.CreateFromPemFile(chainPath, keyPath);
            X509Certificate2Collection above = [];
            above.ImportFromPemFile(chainPath);
            above.RemoveAt(0);
            // A key that was read from text cannot be used by every platform; one from a PKCS #12 file can.
            var usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(usable, above, offline: true),
            };
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new NodeException("listen.tls",
                $"The certificate {chainPath} cannot be used with the key {keyPath}: {cause.Message}",
                "Both are PEM files; the first certificate is the one that the key belongs to, and the key has no "
                + "password.", cause);
        }
    }
}
