using System.Net;
using System.Net.Sockets;
using System.Text;
using Stun.Node.Gateway;

namespace Stun.Integration.OpenAi;

/// <summary>What strangers send: each gets the right status, a code and a sentence, and nothing goes on.</summary>
public sealed class BadInputTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Json = "application/json";

    public static TheoryData<string, string, int, string, string?> Wrong => new()
    {
        { Chat, "", 400, "request.malformed", null },
        { Chat, "{", 400, "request.malformed", null },
        { Chat, "[]", 400, "request.malformed", null },
        { Chat, "null", 400, "request.malformed", null },
        { Chat, "\"text\"", 400, "request.malformed", null },
        { Chat, """{"model":"plain","messages":[]} x""", 400, "request.malformed", null },
        { Chat, """{"model":"plain","messages":[]}{}""", 400, "request.malformed", null },
        { Chat, """{"model":"plain","messages":[],}""", 400, "request.malformed", null },
        { Chat, """{"messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":"\ud800","messages":[]}""", 400, "request.malformed", null },
        { Chat, """{"model":"plain","messages":[],"\ud800":1}""", 400, "request.malformed", null },
        { "/v1/responses", """{"model":"plain","input":"\ud800"}""", 400, "request.malformed", null },
        { "/v1/responses", """{"model":"plain","input":"a","user":1,"user":2}""", 400, "request.malformed", null },
        { Chat, """{"model":7,"messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":null,"messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":"","messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":"plain","model":"held","messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":"plain","\u006dodel":"held","messages":[]}""", 400, "request.invalid", "model" },
        { Chat, """{"model":"plain"}""", 400, "request.invalid", "messages" },
        { Chat, """{"model":"plain","messages":"x"}""", 400, "request.invalid", "messages" },
        { Chat, """{"model":"plain","messages":[],"stream":1}""", 400, "request.invalid", "stream" },
        { Chat, """{"model":"plain","messages":[],"stream":true,"stream":false}""", 400, "request.invalid", "stream" },
        { Chat, """{"model":"plain","messages":[],"stream_options":7}""", 400, "request.invalid", "stream_options" },
        { Chat, """{"model":"plain","messages":[],"temperature":"hot"}""", 400, "request.invalid", "temperature" },
        { Chat, """{"model":"plain","messages":[],"max_tokens":{}}""", 400, "request.invalid", "max_tokens" },
        { Chat, """{"model":"none","messages":[]}""", 404, "model_not_found", "model" },
        { "/v1/embeddings", """{"model":"plain"}""", 400, "request.invalid", "input" },
        { "/v1/completions", """{"model":"plain","prompt":{}}""", 400, "request.invalid", "prompt" },
        { "/v1/responses", """{"model":"plain"}""", 400, "request.invalid", "input" },
        { "/v1/responses", """{"model":"plain","input":[7]}""", 400, "request.invalid", "input[0]" },
        { "/v1/responses", """{"model":"plain","input":[{"type":"computer_call"}]}""", 400, "request.invalid",
            "input[0]" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_question_that_is_none_is_refused_with_its_place(
        string path, string body, int status, string code, string? param)
    {
        await using var scene = await ModelScene.StartAsync();
        var answer = await scene.AskTextAsync(path, body);
        Assert.Equal(status, (int)answer.Status);
        var error = DoorTests.Error(answer);
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.True(error.GetProperty("message").GetString()!.Length > 20, answer.Text);
        Assert.NotEmpty(answer.Headers.GetValues("x-request-id").Single());
        Assert.Empty(scene.First.Asked);
    }

    [Fact]
    public async Task Bodies_that_are_too_large_too_deep_or_no_text_are_refused()
    {
        await using var scene = await ModelScene.StartAsync(
            change: settings => settings with { BodyBytesMax = 100_000 });
        async Task IsAsync(int status, string code, byte[] body, string? type = Json)
        {
            var answer = await scene.AskAsync(Chat, body, type, scene.Key);
            Assert.Equal((status, code), ((int)answer.Status,
                DoorTests.Error(answer).GetProperty("code").GetString()));
        }
        byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
        await IsAsync(413, "request.too-large", new byte[100_001]);
        await IsAsync(400, "request.malformed",
            Bytes($$"""{"model":"plain","messages":[{{new string('[', 40_000)}}{{new string(']', 40_000)}}]}"""));
        await IsAsync(400, "request.malformed",
            [.. Bytes("""{"model":"plain","messages":[""" + "\""), 0xc3, 0x28, .. "\"]}"u8]);
        await IsAsync(400, "request.malformed", [0xef, 0xbb, 0xbf, .. "{}"u8]);
        await IsAsync(415, "request.media-type", Bytes(ModelScene.Chat("plain")), "text/plain");
        await IsAsync(415, "request.media-type", Bytes("a=b"), "application/x-www-form-urlencoded");
        // Without a length the limit holds as well.
        using var request = scene.Node.Request("POST", Chat, scene.Key);
        request.Content = new StreamContent(new Endless());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Json);
        using var answer = await scene.Node.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(scene.First.Asked);
        Assert.Equal(HttpStatusCode.OK, (await scene.AskTextAsync(Chat, ModelScene.Chat("plain"), null)).Status);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key_or_with_one_for_something_else()
    {
        await using var scene = await ModelScene.StartAsync();
        var body = Encoding.UTF8.GetBytes(ModelScene.Chat("plain"));
        var none = await scene.AskAsync(Chat, body, Json, null);
        Assert.Equal((HttpStatusCode.Unauthorized, "authentication_error"),
            (none.Status, DoorTests.Error(none).GetProperty("type").GetString()));
        var wrong = await scene.AskAsync(Chat, body, Json, "sk-proj-something");
        Assert.Equal((HttpStatusCode.Unauthorized, "auth.refused"),
            (wrong.Status, DoorTests.Error(wrong).GetProperty("code").GetString()));
        var auditor = await scene.AskAsync(Chat, body, Json, scene.Node.Keys[ApiRole.Auditor]);
        Assert.Equal((HttpStatusCode.Forbidden, "permission_error"),
            (auditor.Status, DoorTests.Error(auditor).GetProperty("type").GetString()));
        Assert.Empty(scene.First.Asked);
    }

    [Fact]
    public async Task A_body_that_comes_letter_by_letter_is_given_up()
    {
        await using var scene = await ModelScene.StartAsync(within: TimeSpan.FromSeconds(1));
        var said = await RawAsync(scene, $"POST {Chat} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {scene.Key}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
        Assert.StartsWith("HTTP/1.1 408", said, StringComparison.Ordinal);
        Assert.Contains("request.too-slow", said, StringComparison.Ordinal);
        Assert.Empty(scene.First.Asked);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ")]
    [InlineData("Content-Length: +5\r\n\r\n{}   ")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n5\r\n{}   \r\n0\r\n\r\n")]
    [InlineData("X-A: b\r\n Content-Length: 5\r\n\r\n{}   ")]
    [InlineData("Content-Length : 5\r\n\r\n{}   ")]
    public async Task A_request_with_two_ends_is_answered_once_and_goes_nowhere(string rest)
    {
        await using var scene = await ModelScene.StartAsync();
        var said = await RawAsync(scene, $"POST {Chat} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {scene.Key}\r\n"
            + "Content-Type: application/json\r\n" + rest);
        Assert.StartsWith("HTTP/1.1 4", said, StringComparison.Ordinal);
        Assert.Equal(1, said.Split("HTTP/1.1 ").Length - 1);
        Assert.Empty(scene.First.Asked);
    }

    private static async Task<string> RawAsync(ModelScene scene, string request)
    {
        var address = scene.Node.Http.BaseAddress!;
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, within.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), within.Token);
        var said = new StringBuilder();
        var buffer = new byte[4096];
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(within.Token);
        try
        {
            while (true)
            {
                var count = await stream.ReadAsync(buffer, quiet.Token);
                if (count == 0) return said.ToString();
                said.Append(Encoding.UTF8.GetString(buffer, 0, count));
                // What else there is comes at once.
                quiet.CancelAfter(TimeSpan.FromMilliseconds(300));
            }
        }
        catch (OperationCanceledException) when (said.Length > 0)
        {
            return said.ToString();
        }
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => 0; set => throw new NotSupportedException(); }

        private int given;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (given > 130_000) return 0;
            given += count;
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
