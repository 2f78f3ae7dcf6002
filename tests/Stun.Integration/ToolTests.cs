using Stun.Execution;
using Stun.Execution.Tools;

namespace Stun.Integration;

public sealed class ToolTests
{
    [Fact]
    public async Task A_tool_that_does_not_end_is_killed_and_named()
    {
        var failure = await Assert.ThrowsAsync<ExecutionException>(
            () => Tool.RunAsync("sleep", ["60"], TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
        Assert.Equal("tool.timeout", failure.Code);
        Assert.Contains("sleep 60", failure.Message);
    }

    [Fact]
    public async Task A_tool_that_is_missing_is_named_with_the_cure()
    {
        var failure = await Assert.ThrowsAsync<ExecutionException>(() => Tool.RunAsync(
            "no-such-tool", [], TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal("tool.missing", failure.Code);
        Assert.Contains("eng/prerequisites", failure.Message);
    }

    [Fact]
    public async Task What_a_tool_prints_without_end_is_cut()
    {
        var result = await Tool.RunAsync("head", ["-c", "20000000", "/dev/zero"], TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Assert.True(result.Ok);
        Assert.Equal(Tool.OutputMax, result.Output.Length);
    }
}
