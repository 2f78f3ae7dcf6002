using Stun.Execution.Containers;

namespace Stun.Node.Provider;

/// <summary>Runs a task on this machine, for a provider or for a validator that wants the true result.</summary>
public interface IExecutor
{
    /// <summary>Ends with an outcome whatever happens; only <paramref name="stop"/> may end it by exception.</summary>
    Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop);
}

/// <param name="Name">Unique among all runs of this machine.</param>
/// <param name="Rank">Which node of a gang.</param>
/// <param name="Runner">The provider or validator that runs it.</param>
public sealed record ExecutionRequest(string Name, TaskId Task, SignedOrder Order, byte Rank, Address Runner)
{
    /// <summary>Whether the proof that a task asks for is made too. Whoever wants the true result needs none.</summary>
    public bool MakesProof { get; init; }
}
