using System.Net;
using Stun.Node.Operator;
using Stun.Node.Operator.Responders;

namespace Stun.Tests.Operator;

/// <summary>Where a request may send this node.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void Inner_addresses_are_closed(string address) =>
        Assert.False(PublicAddresses.Allows(IPAddress.Parse(address), []));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    public void Public_addresses_are_open(string address) =>
        Assert.True(PublicAddresses.Allows(IPAddress.Parse(address), []));

    [Fact]
    public void The_owner_may_open_a_network_and_no_more()
    {
        IPNetwork[] mayReach = [IPNetwork.Parse("10.1.0.0/16")];
        Assert.True(PublicAddresses.Allows(IPAddress.Parse("10.1.2.3"), mayReach));
        Assert.True(PublicAddresses.Allows(IPAddress.Parse("::ffff:10.1.2.3"), mayReach));
        Assert.False(PublicAddresses.Allows(IPAddress.Parse("10.2.2.3"), mayReach));
    }

    [Theory]
    [InlineData("http://api.example.com/x", true)]
    [InlineData("https://API.example.com/x", true)]
    [InlineData("https://api.example.com:8443/x", false)]
    [InlineData("https://a.other.example/x", true)]
    [InlineData("https://other.example/x", false)]
    [InlineData("https://evilother.example/x", false)]
    [InlineData("https://port.example:8443/x", true)]
    [InlineData("https://port.example/x", false)]
    [InlineData("https://user:word@api.example.com/x", false)]
    [InlineData("ftp://api.example.com/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("http://127.0.0.1/", false)]
    public void Only_hosts_are_asked_that_the_owner_has_named(string url, bool isAllowed)
    {
        var hosts = new AllowedHosts(["api.example.com", "*.other.example", "port.example:8443"]);
        if (isAllowed) hosts.Require(new Uri(url));
        else Assert.Equal("operator.http-host",
            Assert.Throws<RequestRefusedException>(() => hosts.Require(new Uri(url))).Code);
    }

    [Theory]
    [InlineData("none", "none")]
    [InlineData("audit:1000", "audit")]
    [InlineData("redundant:2/3", "redundant")]
    [InlineData("redundant:2", null)]
    [InlineData("none:1", null)]
    [InlineData("zk", null)]
    [InlineData("", null)]
    public void Whoever_pays_says_in_a_word_how_sure_it_has_to_be(string text, string? kind) =>
        Assert.Equal(kind, Node.Operator.Responders.Verification.TryRead(text)?.Kind);
}
