using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using LogStream = Stun.Execution.Containers.LogStream;

namespace Stun.Integration.Sdk;

/// <summary>A task that speaks one word at a time, and a program that is to repeat each before the next.</summary>
internal static class FollowedLogs
{
    /// <param name="make">The program that follows a task: a line for each piece, and "over" at the end.</param>
    public static async Task AreReadWhileTheyAreWrittenAsync(Func<string, SdkProgram> make)
    {
        var executor = new TalkingExecutor();
        await using var node = await LiveNode.StartAsync(executor: executor);
        var json = $$$"""{"image":"{{{LiveNode.Image}}}","verification":{"kind":"none"}}""";
        var task = (await node.AskAsync("POST", "/v1/tasks", json)).Json.GetProperty("id").GetString()!;
        using var within = SdkProgram.Within();
        await executor.Started.Task.WaitAsync(within.Token);
        using var reader = (make(task) with
        {
            Environment = [$"STUN_NODE={node.Http.BaseAddress}", $"STUN_API_KEY={node.Keys[ApiRole.Requester]}"],
        }).Start();
        try
        {
            // Each word is said only when the one before has been read.
            foreach (var (stream, word) in ((LogStream, string)[])
                [(LogStream.Output, "one"), (LogStream.Errors, "oh"), (LogStream.Output, "zwölf")])
            {
                executor.Say(stream, word + "\n");
                var name = stream == LogStream.Output ? "output" : "errors";
                Assert.Equal($"{name} {word}", await reader.StandardOutput.ReadLineAsync(within.Token));
            }
            executor.Finish();
            Assert.Equal("over", await reader.StandardOutput.ReadLineAsync(within.Token));
        }
        finally
        {
            if (!reader.HasExited) reader.Kill(entireProcessTree: true);
        }
    }
}
