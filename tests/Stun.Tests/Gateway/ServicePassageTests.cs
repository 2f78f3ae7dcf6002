using Microsoft.AspNetCore.Http;
using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Tests.Gateway;

/// <summary>What passes between a caller and a stranger's machine.</summary>
public sealed class ServicePassageTests
{
    [Theory]
    [InlineData("/v1/services/web/http/a%23b", "/a%23b")]
    [InlineData("/v1/services/web/http/a%3Fb?c=d", "/a%3Fb")]
    [InlineData("/v1/services/web/http/a%2523b/c%25", "/a%2523b/c%25")]
    [InlineData("/v1/services/web/http/a%2Fb%20c", "/a%2Fb%20c")]
    [InlineData("/v1/services/web/http//elsewhere/x", "//elsewhere/x")]
    [InlineData("http://node:80/v1/services/web/http/a%23b", "/a%23b")]
    [InlineData("/v1/services/web/http", "/")]
    [InlineData("/v1/services/web/http/", "/")]
    public void A_path_is_passed_on_as_it_is_spelled(string raw, string passed)
    {
        var target = ServicePassage.TargetOf(raw, "web", "read in another way");
        Assert.Equal(passed, target);
        // And the client that sends it leaves it so.
        using var request = ReplicaCalls.Request(HttpMethod.Get, target + "?q=%23");
        Assert.Equal(passed + "?q=%23", request.RequestUri!.PathAndQuery);
        Assert.Equal("replica", request.RequestUri.Host);
    }

    [Theory]
    [InlineData("/v1/services/%77eb/http/x")]
    [InlineData("/v1/other/../services/web/http/x")]
    [InlineData("/v1/services/web/http/x/../y")]
    [InlineData("/v1/services/web/http/x/%2e%2E/y")]
    public void A_path_that_was_shortened_is_passed_on_as_it_was_read(string raw) =>
        Assert.Equal("/a%23b/c", ServicePassage.TargetOf(raw, "web", "a#b/c"));

    [Theory]
    [InlineData("Content-Type", true)]
    [InlineData("etag", true)]
    [InlineData("Cache-Control", true)]
    [InlineData("Location", true)]
    [InlineData("Retry-After", true)]
    [InlineData("Vary", true)]
    [InlineData("X-Told", true)]
    [InlineData("Set-Cookie", false)]
    [InlineData("Content-Length", false)]
    [InlineData("Content-Security-Policy", false)]
    [InlineData("Content-Security-Policy-Report-Only", false)]
    [InlineData("X-Content-Type-Options", false)]
    [InlineData("x-frame-options", false)]
    [InlineData("X-Accel-Redirect", false)]
    [InlineData("Access-Control-Allow-Origin", false)]
    [InlineData("Clear-Site-Data", false)]
    [InlineData("Refresh", false)]
    [InlineData("WWW-Authenticate", false)]
    [InlineData("Stun-Task", false)]
    public void Of_an_answer_only_known_headers_come_back(string header, bool passes) =>
        Assert.Equal(passes, ServicePassage.IsOfAnswer(header));

    [Fact]
    public async Task Bodies_that_wait_together_have_one_budget_and_give_it_back()
    {
        var budget = new ByteBudget(10_000);
        using (var one = new WaitingBody(budget))
        {
            await one.ReadAsync(Request(6_000), CancellationToken.None);
            Assert.Equal(6_000, one.Content!.Value.Length);
            using var two = new WaitingBody(budget);
            var refused = await Assert.ThrowsAsync<ApiException>(
                () => two.ReadAsync(Request(6_000), CancellationToken.None));
            Assert.Equal("node.busy", refused.Code);
            Assert.Equal(6_000, budget.Taken);
        }
        Assert.Equal(0, budget.Taken);
        using var none = new WaitingBody(budget);
        await none.ReadAsync(Request(0), CancellationToken.None);
        Assert.Null(none.Content);
    }

    private static HttpRequest Request(int count)
    {
        var request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength) = (new MemoryStream(new byte[count]), count);
        return request;
    }
}
