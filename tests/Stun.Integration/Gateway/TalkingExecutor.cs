using System.Text;
using System.Threading.Channels;
using Stun.Execution.Containers;
using Stun.Node.Provider;

namespace Stun.Integration.Gateway;

/// <summary>Writes what the test says, and ends when it says so.</summary>
internal sealed class TalkingExecutor : IExecutor
{
    private readonly Channel<(LogStream Stream, string Text)> words = Channel.CreateUnbounded<(LogStream, string)>();

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Say(LogStream stream, string text) => words.Writer.TryWrite((stream, text));

    public void Finish() => words.Writer.Complete();

    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        Started.TrySetResult();
        await foreach (var (stream, text) in words.Reader.ReadAllAsync(stop))
            sink(stream, Encoding.UTF8.GetBytes(text));
        return new RunOutcome.Done(new Digest(1, 2, 3, 4), Digest.Zero, Duration.Millis(1));
    }
}
