using System.Text;
using Stun.Execution.Containers;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// Runs nothing: the result is the command itself, as if it were echo. For measuring all that happens around a run;
/// a provider says in its configuration that it has this one, and nobody would pay for it.
/// </summary>
/// <param name="elsewhere">Who wants what is made here; null where it is wanted in this process alone.</param>
public sealed class NoopExecutor(SmallBlobs blobs, IBlobPeer? elsewhere = null) : IExecutor
{
    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        var said = Encoding.UTF8.GetBytes(string.Join(' ', request.Order.Order.Spec.Command) + "\n");
        sink(LogStream.Output, said);
        var file = new ResultFile(ResultManifest.StandardOutput, blobs.Put(said), (ulong)said.Length);
        var manifest = ProtocolWire.Encode(new ResultManifest([file]));
        var result = blobs.Put(manifest);
        if (elsewhere is not null)
            foreach (var (digest, bytes) in new[] { (file.Digest, said), (result, manifest) })
                await elsewhere.GiveAsync(digest, () => new MemoryStream(bytes), stop).ConfigureAwait(false);
        return new RunOutcome.Done(result, Digest.Zero, Duration.Millis(1));
    }
}
