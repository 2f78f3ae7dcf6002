using System.Text;
using Microsoft.AspNetCore.Http;
using Stun.Node.Site;
using Xunit;

namespace Stun.Tests.Site;

/// <summary>What browsers get of the console, and under which guard.</summary>
public sealed class SiteDoorTests
{
    private static readonly SiteFiles Built = new(new Dictionary<string, byte[]>
    {
        ["index.html"] = "<!doctype html><title>Stun</title>"u8.ToArray(),
        ["assets/app-1a2b3c.js"] = Encoding.UTF8.GetBytes(new string('a', 5_000)),
        ["assets/app-1a2b3c.js.br"] = "brotli"u8.ToArray(),
        ["assets/app-1a2b3c.js.gz"] = "gzip"u8.ToArray(),
        ["manifest.webmanifest"] = "{}"u8.ToArray(),
        ["odd.br"] = "a file of its own"u8.ToArray(),
    });

    [Theory]
    [InlineData("/", "text/html; charset=utf-8", "no-cache")]
    [InlineData("/tasks/0a0b", "text/html; charset=utf-8", "no-cache")]
    [InlineData("/manifest.webmanifest", "application/manifest+json", "no-cache")]
    [InlineData("/assets/app-1a2b3c.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable")]
    [InlineData("/odd.br", "application/octet-stream", "no-cache")]
    public async Task A_page_and_a_file_have_their_type_and_say_how_long_they_last(
        string path, string type, string cache)
    {
        var answer = await GetAsync(path);
        Assert.Equal(200, answer.Status);
        Assert.Equal(type, answer.Headers.ContentType.ToString());
        Assert.Equal(cache, answer.Headers.CacheControl.ToString());
        Assert.Equal(answer.Body.Length, answer.Headers.ContentLength);
        Assert.NotEmpty(answer.Body);
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v1")]
    [InlineData("/ga4gh/tes/v1/nothing")]
    [InlineData("/healthz/x")]
    [InlineData("/assets/app-gone.js")]
    [InlineData("/assets/gone")]
    [InlineData("/favicon.ico")]
    [InlineData("/../secret.txt")]
    [InlineData("/index.html/..%2f..%2fetc/passwd.txt")]
    public async Task What_is_the_APIs_or_no_page_is_left_to_the_API(string path) =>
        Assert.True((await GetAsync(path)).IsLeft, path);

    [Fact]
    public async Task Only_a_browser_that_goes_somewhere_gets_the_page_there()
    {
        Assert.True((await GetAsync("/tasks", accept: "application/json")).IsLeft);
        Assert.True((await GetAsync("/tasks", accept: "*/*")).IsLeft);
        Assert.True((await GetAsync("/tasks", method: "POST")).IsLeft);
        Assert.False((await GetAsync("/", accept: "*/*")).IsLeft);
    }

    [Fact]
    public async Task Every_answer_is_guarded_and_no_other_origin_is_let_in()
    {
        foreach (var door in (SiteFiles[])[Built, new SiteFiles(new Dictionary<string, byte[]>())])
        {
            var headers = (await GetAsync("/", files: door)).Headers;
            var policy = headers.ContentSecurityPolicy.ToString();
            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            foreach (var part in (string[])["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
                Assert.Contains(part, policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", headers.XContentTypeOptions.ToString());
            Assert.Equal("no-referrer", headers["Referrer-Policy"].ToString());
            Assert.Equal("same-origin", headers["Cross-Origin-Opener-Policy"].ToString());
            Assert.Equal("same-origin", headers["Cross-Origin-Resource-Policy"].ToString());
            Assert.Contains("camera=()", headers["Permissions-Policy"].ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("br, gzip", "br", "brotli")]
    [InlineData("gzip, deflate", "gzip", "gzip")]
    [InlineData("gzip, br;q=0", "gzip", "gzip")]
    [InlineData("deflate", "", "aaaa")]
    [InlineData("", "", "aaaa")]
    [InlineData("br;q=no;;", "", "aaaa")]
    public async Task Who_takes_it_gets_the_packed_form(string accepted, string encoding, string begin)
    {
        var answer = await GetAsync("/assets/app-1a2b3c.js", accepted: accepted);
        Assert.Equal(encoding, answer.Headers.ContentEncoding.ToString());
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.ToString());
        Assert.StartsWith(begin, Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_it_is_told_so_and_who_has_another_gets_it()
    {
        var first = await GetAsync("/assets/app-1a2b3c.js");
        var tag = first.Headers.ETag.ToString();
        foreach (var known in (string[])[tag, $"W/{tag}", $"\"x\", {tag}", "*"])
        {
            var again = await GetAsync("/assets/app-1a2b3c.js", known: known);
            Assert.Equal(304, again.Status);
            Assert.Empty(again.Body);
            Assert.Equal(tag, again.Headers.ETag.ToString());
        }
        Assert.Equal(200, (await GetAsync("/assets/app-1a2b3c.js", known: "\"x\"")).Status);
        Assert.Equal(200, (await GetAsync("/assets/app-1a2b3c.js", known: "no tag")).Status);
        Assert.NotEqual(tag, (await GetAsync("/")).Headers.ETag.ToString());
    }

    [Fact]
    public async Task Its_head_is_that_of_the_file_without_the_file()
    {
        var head = await GetAsync("/assets/app-1a2b3c.js", method: "HEAD");
        Assert.Equal(200, head.Status);
        Assert.Equal(5_000, head.Headers.ContentLength);
        Assert.Empty(head.Body);
    }

    [Fact]
    public async Task A_node_without_the_console_says_where_it_is_to_be_had_and_only_there()
    {
        var none = new SiteFiles(new Dictionary<string, byte[]>());
        var answer = await GetAsync("/", files: none);
        Assert.Equal(404, answer.Status);
        Assert.Contains("npm ci", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        Assert.Contains("[console.absent]", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        Assert.True((await GetAsync("/tasks", files: none)).IsLeft);
    }

    private sealed record Answer(int Status, IHeaderDictionary Headers, byte[] Body, bool IsLeft);

    private static async Task<Answer> GetAsync(
        string path, string method = "GET", string accept = "text/html,*/*;q=0.8", string accepted = "",
        string known = "", SiteFiles? files = null)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        (context.Request.Method, context.Request.Path, context.Response.Body) = (method, path, body);
        context.Request.Headers.Accept = accept;
        if (accepted.Length > 0) context.Request.Headers.AcceptEncoding = accepted;
        if (known.Length > 0) context.Request.Headers.IfNoneMatch = known;
        var isLeft = false;
        await new SiteDoor(files ?? Built).AnswerAsync(context, _ =>
        {
            isLeft = true;
            return Task.CompletedTask;
        });
        return new Answer(context.Response.StatusCode, context.Response.Headers, body.ToArray(), isLeft);
    }
}
