using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stun.Node.Transport;

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
    private byte[] seen;
    private DateTimeOffset lookedAt;
    private string? told;

    private DoorCertificate(string chainPath, string keyPath, TimeProvider clock, Action<string, string> say)
    {
        (this.chainPath, this.keyPath, this.clock, this.say) = (chainPath, keyPath, clock, say);
        lookedAt = clock.GetUtcNow();
        var files = ReadFiles();
        (seen, current) = (PrintOf(files), OptionsOf(files));
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
        try
        {
            var files = ReadFiles();
            var print = PrintOf(files);
            if (print.AsSpan().SequenceEqual(seen)) return;
            (current, seen, told) = (OptionsOf(files), print, null);
            say("listen.tls-renewed", $"The certificate in {chainPath} is used from now on.");
        }
        catch (NodeException failure) when (failure.Message == told)
        {
            // Once is enough.
        }
        catch (NodeException failure)
        {
            told = failure.Message;
            say(failure.Code, $"The certificate from before stays in use. {failure.Message}");
        }
    }

    /// <summary>Times of files are not looked at: a link to a folder that is exchanged keeps its own.</summary>
    private (string Chain, string Key) ReadFiles()
    {
        try
        {
            return (File.ReadAllText(chainPath), File.ReadAllText(keyPath));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unusable(cause);
        }
    }

    private SslServerAuthenticationOptions OptionsOf((string Chain, string Key) files)
    {
        try
        {
            // The first one is the door's own, those after it lead to an authority.
            using var own = X509Certificate2.CreateFromPem(files.Chain, files.Key);
            X509Certificate2Collection above = [];
            above.ImportFromPem(files.Chain);
            above.RemoveAt(0);
            // A key that was read from text cannot be used by every platform; one from a PKCS #12 file can.
            var usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(usable, above, offline: true),
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            };
        }
        catch (CryptographicException cause)
        {
            throw Unusable(cause);
        }
    }

    private NodeException Unusable(Exception cause) => new("listen.tls",
        $"The certificate {chainPath} cannot be used with the key {keyPath}: {cause.Message}",
        "Both are PEM files; the first certificate is the one that the key belongs to, and the key has no password.",
        cause);

    private static byte[] PrintOf((string Chain, string Key) files) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(files.Chain + files.Key));
}
