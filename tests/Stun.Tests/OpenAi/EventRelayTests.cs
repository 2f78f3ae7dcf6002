using System.IO.Pipelines;
using System.Text;
using Stun.Node.Doors.OpenAi;
using Xunit;

namespace Stun.Tests.OpenAi;

public sealed class EventRelayTests
{
    private const string Piece = """data: {"id":"x","choices":[{"index":0,"delta":{"content":"a\\nü"}}]}""";
    private const string Told = """data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":9}}""";
    private const string Both = """data: {"choices":[{"index":0}],"usage":{"prompt_tokens":4,"completion_tokens":9}}""";
    private const string Last = "data: [DONE]";

    private sealed class Chopped(byte[] bytes, Random dice) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, dice.Next(1, 40))], cancellationToken);
    }

    private static async Task<(EventRelay Relay, string Passed)> RunAsync(string text, Random dice, bool hides = true)
    {
        var relay = new EventRelay(hides);
        using var target = new MemoryStream();
        var writer = PipeWriter.Create(target, new StreamPipeWriterOptions(leaveOpen: true));
        await relay.RunAsync(new Chopped(Encoding.UTF8.GetBytes(text), dice), writer, CancellationToken.None);
        await writer.CompleteAsync();
        return (relay, Encoding.UTF8.GetString(target.ToArray()));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task However_it_is_cut_a_stream_goes_on_as_it_came_without_what_was_not_asked_for(string end)
    {
        var dice = new Random(1);
        for (var turn = 0; turn < 300; turn++)
        {
            string[] events = [": still here", Piece, "event: x" + end + Piece, Piece, Told, Last];
            var all = string.Concat(events.Select(each => each + end + end));
            var (relay, passed) = await RunAsync(all, dice);
            Assert.Equal(string.Concat(events.Where(each => each != Told).Select(each => each + end + end)), passed);
            Assert.Equal(new TokenUsage(4, 9, false), relay.Usage);
            Assert.Equal((3, true, false), (relay.Pieces, relay.IsWhole, relay.IsError));
            Assert.Equal(all, (await RunAsync(all, dice, hides: false)).Passed);
        }
    }

    [Fact]
    public async Task A_piece_that_says_more_than_the_usage_is_passed_on()
    {
        var (relay, passed) = await RunAsync($"{Both}\n\n{Last}\n\n", new Random(2));
        Assert.Equal($"{Both}\n\n{Last}\n\n", passed);
        Assert.Equal(13, relay.Usage!.Value.Sum);
    }

    [Fact]
    public async Task The_end_is_told_from_a_break()
    {
        var dice = new Random(4);
        var (cut, passed) = await RunAsync($"{Piece}\n\n{Piece[..20]}", dice);
        Assert.False(cut.IsWhole);
        Assert.Equal($"{Piece}\n\n", passed);
        Assert.True((await RunAsync($"{Piece}\n\n{Last}", dice)).Relay.IsWhole);
        var finished = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
        var (whole, ended) = await RunAsync($"{finished}\n\n", dice);
        Assert.True(whole.IsWhole);
        Assert.EndsWith($"{Last}\n\n", ended, StringComparison.Ordinal);
        var (failed, _) = await RunAsync("data: {\"error\":{\"message\":\"x\"}}\n\n", dice);
        Assert.Equal((false, true), (failed.IsWhole, failed.IsError));
        var (done, _) = await RunAsync(
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"usage\":"
            + "{\"input_tokens\":3,\"output_tokens\":5}}}\n\n", dice);
        Assert.True(done.IsWhole);
        Assert.Equal(8, done.Usage!.Value.Sum);
    }

    [Theory]
    [InlineData("event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{}}\n\n")]
    [InlineData("event: response.failed\ndata: {}\n\n")]
    [InlineData("data: {\"type\":\"response.failed\",\"response\":{}}\n\n")]
    public async Task A_response_that_failed_is_an_error_and_goes_on_whole(string text)
    {
        var (relay, passed) = await RunAsync(text, new Random(6));
        Assert.Equal((true, true), (relay.IsWhole, relay.IsError));
        Assert.Equal((text, text.Length), (passed, relay.Bytes));
    }

    [Fact]
    public async Task An_event_that_does_not_end_is_given_up() =>
        await Assert.ThrowsAsync<IOException>(() => RunAsync("data: " + new string('x', 5 << 20), new Random(5)));
}
