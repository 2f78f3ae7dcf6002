using System.Text.Json.Serialization;

namespace Stun.Node.Gateway;

/// <summary>A task as the API shows it.</summary>
public sealed record TaskView
{
    public required string Id { get; init; }

    /// <summary>accepted, verified (there is a result, the money follows), complete, failed, cancelled.</summary>
    public required string State { get; init; }
    public string? Reason { get; init; }

    /// <summary>The digest of the result's manifest.</summary>
    public string? Result { get; init; }

    /// <summary>How likely a cheat passes under the chosen verification, in parts per billion.</summary>
    public uint? CheatPassPpb { get; init; }
    public required string Requester { get; init; }
    public required string PriceLimit { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    public static TaskView Of(TaskFollow follow)
    {
        var order = follow.Order.Order;
        var (state, reason) = follow switch
        {
            { End: { } end } => (end.State.ToString().ToLowerInvariant(), end.Reason.ToString()),
            { Result: not null } => ("verified", null),
            _ => ("accepted", null),
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
            Deadline = Time(order.Deadline),
        };
    }

    public static DateTimeOffset Time(Instant at) =>
        DateTimeOffset.UnixEpoch.AddTicks(at.Micros * TimeSpan.TicksPerMicrosecond);
}

/// <summary>RFC 9457, with a code that never changes its meaning and what to do next.</summary>
public sealed record ProblemView(
    string Type, string Title, int Status, string Code, string Detail, string Cure,
    IReadOnlyList<FormFault>? Errors, string? RequestId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TaskForm))]
[JsonSerializable(typeof(TaskView))]
[JsonSerializable(typeof(ProblemView))]
public sealed partial class ApiJson : JsonSerializerContext;
