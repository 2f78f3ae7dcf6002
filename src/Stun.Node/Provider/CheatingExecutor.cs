using System.Security.Cryptography;
using Stun.Execution.Containers;

namespace Stun.Node.Provider;

/// <summary>Ways not to do the work, for seeing that they do not pay.</summary>
public enum Vice : byte
{
    None,

    /// <summary>Gives back some digest instead of running anything.</summary>
    Garbage,

    /// <summary>Keeps saying that it is still at work, and never is.</summary>
    Slow,
}

/// <summary>A provider that cheats. Only a network for trying out can be told to have one.</summary>
public sealed class CheatingExecutor(IExecutor honest, Vice vice) : IExecutor
{
    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        switch (vice)
        {
            case Vice.Garbage:
                var result = Digest.Read(RandomNumberGenerator.GetBytes(Digest.Size));
                return new RunOutcome.Done(result, Digest.Zero, Duration.Millis(1));
            case Vice.Slow:
                await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(false);
                throw new InvariantException("an endless wait ends by being stopped");
            default:
                return await honest.RunAsync(request, sink, stop).ConfigureAwait(false);
        }
    }
}
