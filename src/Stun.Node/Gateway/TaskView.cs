using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>A task as the API shows it.</summary>
public sealed record TaskView
{
    /// <summary>All that <see cref="State"/> can be.</summary>
    public static readonly IReadOnlyList<string> States =
    [
        "checking", "accepted", "holding", "queued", "running", "judging", "posting", "pending", "verified", "complete",
        "failed", "cancelled", "refused",
    ];

    public required string Id { get; init; }

    /// <summary>verified: there is a result, the money follows.</summary>
    public required string State { get; init; }
    public string? Reason { get; init; }

    /// <summary>The digest of the result's manifest.</summary>
    public string? Result { get; init; }

    /// <summary>How likely a cheat passes under the chosen verification, in parts per billion.</summary>
    public uint? CheatPassPpb { get; init; }
    public required string Requester { get; init; }
    public required string PriceLimit { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public DateTimeOffset? SubmittedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    public static TaskView Of(TaskFollow follow)
    {
        var order = follow.Order.Order;
        var (state, reason) = follow switch
        {
            { End: { } end } => (StateOf(end.State), end.Reason.ToString()),
            { Result: not null } => ("verified", null),
            { Refusal: { } refusal } => ("refused", refusal.ToString()),
            { IsAccepted: true } => ("accepted", null),
            _ => ("checking", null),
        };
        var result = follow.End is { Result.IsZero: false } told ? told.Result : follow.Result?.Result;
        return new TaskView
        {
            Id = follow.Task.ToString(),
            State = state,
            Reason = reason,
            Result = result is { } digest ? "sha256:" + digest : null,
            CheatPassPpb = follow.Result?.CheatPassPpb,
            Requester = order.Requester.ToString(),
            PriceLimit = order.PriceLimit.ToString(),
            Deadline = WallTime.Time(order.Deadline),
        };
    }

    public static TaskView Of(StoredTask task) => new()
    {
        Id = task.Id.ToString(),
        State = task.State,
        Reason = task.Reason,
        Result = task.Result is { } digest ? "sha256:" + digest : null,
        CheatPassPpb = task.CheatPassPpb,
        Requester = task.Requester.ToString(),
        PriceLimit = task.PriceLimit.ToString(),
        Deadline = WallTime.Time(task.Deadline),
        SubmittedAt = WallTime.Time(task.SubmittedAt),
        EndedAt = WallTime.TimeOrNull(task.EndedAt),
    };

    private static string StateOf(FinalState state) => state switch
    {
        FinalState.Complete => "complete",
        FinalState.Cancelled => "cancelled",
        _ => "failed",
    };
}

/// <param name="Cursor">Asks for the next page; missing at the end.</param>
public sealed record TaskPage(IReadOnlyList<TaskView> Tasks, string? Cursor);

/// <summary>A cancellation. Whose key this node keeps need not sign.</summary>
/// <param name="Signature">Of the EIP-712 CancelTask: 0x and 65 bytes.</param>
public sealed record CancelForm(string? Signature);

public sealed record ResultView(string Task, string Digest, IReadOnlyList<ResultFileView> Files);

public sealed record ResultFileView(string Name, string Digest, ulong Size);
