using System.Collections.Concurrent;
using Stun.Engine.Leases;
using Stun.Execution.Containers;
using Stun.Node.Hosting;
using Stun.Node.Policies;

namespace Stun.Node.Provider;

/// <summary>A provider's hands: they run strangers' programs, and ask the owner's policy before.</summary>
public sealed class ProviderHands(HandTools hands, ProviderTools tools) : RoleHands(hands)
{
    private readonly ConcurrentDictionary<AttemptId, CancellationTokenSource> running = new();

    public int RunningCount => running.Count;

    public override bool IsForeign(Ask asked) => asked is Ask.Run or Ask.StopRun || base.IsForeign(asked);

    public override void Carry(RoleHost role, ulong id, Ask asked)
    {
        switch (asked)
        {
            case Ask.CheckPolicy check:
                var refusal = Pump.IsDraining
                    ? "draining: this node is about to stop"
                    : tools.Policy(check.Lease, check.Order, Pump.Now, LoadOf((ProviderMachine)role.Machine));
                Pump.AnswerHere(role, id, new Answer.PolicyChecked(refusal is null, Sentence.Short(refusal ?? "")));
                break;
            case Ask.Run run: Run(role, id, run); break;
            case Ask.StopRun stop:
                if (running.TryGetValue(stop.Attempt, out var source)) source.Cancel();
                break;
            default: base.Carry(role, id, asked); break;
        }
    }

    private static PolicyLoad LoadOf(ProviderMachine machine)
    {
        var load = PolicyLoad.Idle;
        foreach (var lease in machine.Held)
        {
            if (!lease.IsRunning) continue;
            var resources = lease.Order.Order.Spec.Resources;
            load = new PolicyLoad(load.Tasks + 1, load.CpuMillis + resources.CpuMillis,
                load.MemoryMiB + resources.MemoryMiB, load.DiskMiB + resources.DiskMiB,
                load.Gpus + resources.GpuCount);
        }
        return load;
    }

    private void Run(RoleHost role, ulong id, Ask.Run run)
    {
        var attempt = run.Lease.Attempt;
        var stop = new CancellationTokenSource();
        // Asked twice in one life, the run that is under way answers the newer question.
        if (!running.TryAdd(attempt, stop))
        {
            stop.Dispose();
            return;
        }
        tools.Runs.Add(RunAsync(role, id, run, stop));
    }

    private async Task RunAsync(RoleHost role, ulong id, Ask.Run run, CancellationTokenSource stop)
    {
        // Off the pump's thread before anything that takes time.
        await Task.Yield();
        var attempt = run.Lease.Attempt;
        RunOutcome outcome;
        try
        {
            var request = new ExecutionRequest(
                $"{role.Address.ToString()[2..14]}-{attempt}", run.Lease.Task, run.Order, run.Lease.Rank);
            outcome = await tools.Executor.Value.RunAsync(
                request, (stream, bytes) => tools.Log(attempt, stream, bytes), stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            outcome = new RunOutcome.Failed(RunFailure.Cancelled, "");
        }
        running.TryRemove(attempt, out _);
        stop.Dispose();
        tools.Ended(attempt);
        Pump.Answer(role, id, new Answer.RunDone(attempt, outcome));
    }
}

/// <param name="Policy">The owner's word on a lease: null when it may run here, else which rule says no.</param>
/// <param name="Log">Takes what the program writes; the memory is used again after the call.</param>
/// <param name="Ended">The program of this attempt writes no more.</param>
/// <param name="Runs">Owns what is under way, to be awaited at the end.</param>
public sealed record ProviderTools(
    Lazy<IExecutor> Executor,
    Func<Lease, SignedOrder, Instant, PolicyLoad, string?> Policy,
    Action<AttemptId, LogStream, ReadOnlyMemory<byte>> Log,
    Action<AttemptId> Ended,
    RunningWork Runs);
