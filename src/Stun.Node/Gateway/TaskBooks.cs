using Microsoft.AspNetCore.Http;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Where endpoints look a task up: among those of the last minutes, then in the read model.</summary>
internal sealed class TaskBooks(DoorPlan plan)
{
    private const long ProjectedWithinMs = 2_000;

    private readonly GasBook gas = new(plan.Database);

    public ReadModelQueries Queries { get; } = new(plan.Database);

    /// <summary>The task of the path, if the caller may see it. At least one of the two is there.</summary>
    public (TaskId Id, TaskFollow? Follow, StoredTask? Stored) Find(ApiCall call, bool wantsStored)
    {
        if (FormReader.TryTaskId(call.Part("id"), out var id))
        {
            var follow = plan.Process.Board.Find(id);
            var stored = follow is null || wantsStored ? Queries.FindTask(id) : null;
            var owner = follow?.Order.Order.Requester ?? stored?.Requester;
            if (owner is { } requester && call.Who.Sees(requester)) return (id, follow, stored);
        }
        throw new ApiException("task.unknown", "No task of yours has this id.");
    }

    /// <summary>The task as the read model has it: for questions that only it can answer. Whoever was told of its end
    /// is answered with its end.</summary>
    public async Task<StoredTask> StoredAsync(ApiCall call)
    {
        var (id, follow, stored) = Find(call, wantsStored: true);
        // It was taken in, or ended, a moment ago; what is durable is projected within some milliseconds.
        var until = Environment.TickCount64 + ProjectedWithinMs;
        while ((stored is null || (stored.EndedAt is null && follow?.End is not null))
            && Environment.TickCount64 < until)
        {
            await Task.Delay(20, call.Cancel).ConfigureAwait(false);
            stored = Queries.FindTask(id);
        }
        return stored ?? throw new ApiException("node.busy", "The task is not in the read model yet.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The newer word of the two.</summary>
    public static TaskView View(TaskFollow? follow, StoredTask? stored)
    {
        if (follow is null) return TaskView.Of(stored!);
        var told = TaskView.Of(follow);
        if (stored is null) return told;
        var view = TaskView.Of(stored);
        if (follow.End is null && stored.EndedAt is not null) return view;
        // What the requester was told may be ahead of the read model, and names the result.
        return follow.End is not null || follow.Result is not null
            ? told with { SubmittedAt = view.SubmittedAt, EndedAt = view.EndedAt }
            : view;
    }

    public ProofBundle BundleOf(StoredTask task)
    {
        var receipts = Queries.Attempts(task.Id).Where(attempt => attempt.Receipt is not null)
            .Select(attempt => attempt.Receipt!);
        return new ProofBundle(
            task.Order, ValueList.From(receipts.ToList()), Queries.Verdict(task.Id)?.Verdict,
            ProofTerms.Of(plan.Terms));
    }

    /// <summary>Where the task stands in a batch for the chain; null before that, or where there is none.</summary>
    public BatchView? BatchOf(ProofBundle bundle)
    {
        if (bundle.Verdict is not { } signed) return null;
        var line = new BatchLine(
            TypedData.TaskIdOf(bundle.Terms.Domain, bundle.Order.Order), TypedData.StructHash(bundle.Order.Order),
            TypedData.StructHash(signed.Verdict));
        return Queries.BatchOf(line.Leaf) is { } batch ? BatchView.Of(bundle.Terms.Domain, line, batch) : null;
    }

    /// <summary>The same for people: which transactions moved its money.</summary>
    public MoneyTrailView? TrailOf(TaskId task)
    {
        if (Queries.BatchOf(task) is not { } batch) return null;
        var (posted, settled) = gas.TransactionsOf(batch.Signed.Batch.Number);
        return new MoneyTrailView(
            $"{batch.Signed.Batch.Number}", batch.State, $"0x{batch.Signed.Batch.Root}",
            posted is null ? null : "0x" + posted, settled is null ? null : "0x" + settled);
    }

    /// <summary>The digest of the manifest; only when there is a result for its requester.</summary>
    public static Digest ResultOf(TaskFollow? follow, StoredTask? stored)
    {
        if (follow?.Result is { } ready) return ready.Result;
        if (follow?.End is { State: FinalState.Complete, Result.IsZero: false } end) return end.Result;
        if (stored is { State: "complete" or "pending" or "posting", Result: { } result }) return result;
        throw new ApiException("task.no-result", "There is no result to be had.");
    }
}
