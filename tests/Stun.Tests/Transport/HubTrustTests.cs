using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stun.Node.Configuration;
using Stun.Node.Transport;
using Xunit;

namespace Stun.Tests.Transport;

public sealed class HubTrustTests
{
    private static readonly X509Certificate2 One = SelfMade(), Other = SelfMade();

    private static readonly HubTrust Trust = new(
    [
        new HubSettings("wss://one.example:7800/v1/node", PinOf(One)), new HubSettings("wss://two.example", null),
        new HubSettings("wss://both.example:1", PinOf(One)), new HubSettings("wss://both.example:2", null),
        new HubSettings("wss://[2001:db8::1]:7800", PinOf(One)),
    ]);

    [Theory]
    [InlineData("one.example", true, false, true)]
    [InlineData("ONE.example", true, false, true)]
    [InlineData("one.example", false, true, false)]
    [InlineData("two.example", true, false, false)]
    [InlineData("two.example", false, true, true)]
    [InlineData("both.example", true, false, true)]
    [InlineData("both.example", false, true, false)]
    [InlineData("one.example.", false, true, false)]
    [InlineData("[2001:db8::1]", false, true, false)]
    [InlineData("2001:db8::1", false, true, false)]
    [InlineData("2001:db8::1", true, false, true)]
    [InlineData("stranger.example", true, false, false)]
    [InlineData("stranger.example", false, true, true)]
    public void A_hub_named_with_its_certificate_is_known_by_that_alone_and_others_by_authorities(
        string host, bool isOne, bool isSigned, bool isBelieved)
    {
        var errors = isSigned ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        Assert.Equal(isBelieved, Trust.Accepts(host, isOne ? One : Other, errors));
        Assert.False(Trust.Accepts(host, null, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    private static Digest PinOf(X509Certificate2 certificate) => Digest.Read(SHA256.HashData(certificate.RawData));

    private static X509Certificate2 SelfMade()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
