using System.Collections.Concurrent;
using Stun.Engine.Leases;
using Stun.Execution.Containers;
using Stun.Node.Hosting;
using Stun.Node.Policies;

namespace Stun.Node.Provider;

/// <summary>A provider's hands: they run strangers' programs, and ask the owner's policy before.</summary>
public sealed class ProviderHands(HandTools hands, ProviderTools tools) : RoleHands(hands)
{
    private readonly ConcurrentDictionary<AttemptId, RunUnderWay> running = new();

    public int RunningCount => running.Count;

    public override bool IsForeign(Ask asked) => asked is Ask.Run or Ask.StopRun || base.IsForeign(asked);

    public override void Carry(RoleHost role, ulong id, Ask asked)
    {
        switch (asked)
        {
            // The scheduler stops with us and asks again in its next life. A refusal would use up one of the task's
            // leases, and a few restarts would exhaust it.
            case Ask.CheckPolicy when Pump.IsDraining && tools.HasScheduler: break;
            case Ask.CheckPolicy check:
                var refusal = Pump.IsDraining
                    ? "draining: this node is about to stop"
                    : tools.Policy(check.Lease, check.Order, Pump.Now, LoadOf((ProviderMachine)role.Machine));
                Pump.AnswerHere(role, id, new Answer.PolicyChecked(refusal is null, Sentence.Short(refusal ?? "")));
                break;
            case Ask.Run run: Run(role, id, run); break;
            case Ask.StopRun stop:
                if (running.TryGetValue(stop.Attempt, out var underWay)) underWay.Stop();
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
        // Asked twice in one life, the run that is under way answers the newer question.
        if (running.TryGetValue(attempt, out var known) && known.TryAnswerTo(id)) return;
        var fresh = new RunUnderWay(id);
        running[attempt] = fresh;
        tools.Runs.Add(RunAsync(role, run, fresh));
    }

    private async Task RunAsync(RoleHost role, Ask.Run run, RunUnderWay underWay)
    {
        // Off the pump's thread before anything that takes time.
        await Task.Yield();
        var attempt = run.Lease.Attempt;
        var outcome = await OutcomeAsync(role, run, underWay).ConfigureAwait(false);
        var question = underWay.End();
        running.TryRemove(KeyValuePair.Create(attempt, underWay));
        tools.Ended(attempt);
        // The process ends: the lease is still held, and the next life runs it again.
        if (outcome is not null) Pump.Answer(role, question, new Answer.RunDone(attempt, outcome));
    }

    private async Task<RunOutcome?> OutcomeAsync(RoleHost role, Ask.Run run, RunUnderWay underWay)
    {
        var attempt = run.Lease.Attempt;
        var stopping = tools.Runs.Stopping.Register(underWay.Stop);
        await using var registration = stopping.ConfigureAwait(false);
        try
        {
            var request = new ExecutionRequest(
                $"{role.Address.ToString()[2..14]}-{attempt}", run.Lease.Task, run.Order, run.Lease.Rank,
                role.Address)
            {
                MakesProof = true,
            };
            var outcome = await tools.Executor.Value.RunAsync(
                request, (stream, bytes) => tools.Log(attempt, stream, bytes), underWay.Stopped).ConfigureAwait(false);
            // An executor may also report that it was stopped.
            var isCut = outcome is RunOutcome.Failed && tools.Runs.Stopping.IsCancellationRequested;
            return isCut ? null : outcome;
        }
        catch (OperationCanceledException) when (underWay.Stopped.IsCancellationRequested)
        {
            return tools.Runs.Stopping.IsCancellationRequested
                ? null
                : new RunOutcome.Failed(RunFailure.Cancelled, "");
        }
        catch (Exception failure)
        {
            // An attempt without an outcome would hold its lease, and the task, for the longest run time.
            tools.Runs.Report(failure);
            return new RunOutcome.Failed(RunFailure.Runtime, Sentence.Short(failure.Message));
        }
    }

    /// <summary>One run, from its question to its answer.</summary>
    private sealed class RunUnderWay
    {
        private readonly Lock gate = new();
        private readonly Func<Task> stop;
        private ulong question;
        private bool hasEnded;

        public RunUnderWay(ulong question)
        {
            // Never disposed: it may be stopped in the very moment in which it ends, and it holds nothing.
            var source = new CancellationTokenSource();
            (this.question, stop, Stopped) = (question, source.CancelAsync, source.Token);
        }

        public CancellationToken Stopped { get; }

        /// <summary>Not on the caller's thread: what a run does when it is stopped takes time.</summary>
        public void Stop() => _ = stop();

        /// <summary>False when it has answered already.</summary>
        public bool TryAnswerTo(ulong newer)
        {
            lock (gate)
            {
                if (!hasEnded) question = newer;
                return !hasEnded;
            }
        }

        public ulong End()
        {
            lock (gate)
            {
                hasEnded = true;
                return question;
            }
        }
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
    RunningWork Runs)
{
    /// <summary>Whether the scheduler lives in the same process, and stops with it.</summary>
    public bool HasScheduler { get; init; }
}
