using System.Text;
using Stun.Execution.Containers;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// Runs nothing: the result is the command itself, as if it were echo. For measuring all that happens around a run;
/// a provider says in its configuration that it has this one, and nobody would pay for it.
/// </summary>
public sealed class NoopExecutor(SmallBlobs blobs) : IExecutor
{
    public Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        var said = Encoding.UTF8.GetBytes(string.Join(' ', request.Order.Order.Spec.Command) + "\n");
        var file = new ResultFile(ResultManifest.StandardOutput, blobs.Put(said), (ulong)said.Length);
        var result = blobs.Put(ProtocolWire.Encode(new ResultManifest([file])));
        return Task.FromResult<RunOutcome>(new RunOutcome.Done(result, Digest.Zero, Duration.Millis(1)));
    }
}
