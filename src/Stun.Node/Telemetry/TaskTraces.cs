using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Stun.Node.Storage;

namespace Stun.Node.Telemetry;

/// <summary>
/// Tells a task's whole life, from the gateway to the payout, as one trace: its id is the task's id, so that whoever
/// has the one has the other, whichever processes the task went through. Told when the task has ended, from the read
/// model: a restart in between leaves no hole.
/// </summary>
public sealed class TaskTraces : IDisposable
{
    public const string SourceName = "Stun.Task";

    private readonly ActivitySource source = new(SourceName);
    private readonly ReadModelQueries queries;
    private readonly TracerProvider? provider;

    public TaskTraces(ReadModelQueries queries, Uri? collector)
    {
        this.queries = queries;
        if (collector is null) return;
        provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("stun"))
            .AddSource(SourceName)
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = new Uri(collector, "/v1/traces");
            })
            .Build();
    }

    /// <summary>Costs some queries a task, and nothing where nobody listens.</summary>
    public void Ended(TaskId id)
    {
        if (!source.HasListeners() || queries.FindTask(id) is not { EndedAt: { } endedAt } task) return;
        var trace = ActivityTraceId.CreateFromString(id.ToString());
        var above = new ActivityContext(trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        using var whole = Span("task", above, task.SubmittedAt);
        if (whole is null) return;
        whole.SetTag("stun.task", id.ToString()).SetTag("stun.state", task.State).SetTag("stun.reason", task.Reason)
            .SetTag("stun.requester", task.Requester.ToString()).SetTag("stun.verification", task.Verification);
        Tell(task, whole.Context);
        End(whole, endedAt);
    }

    public void Dispose()
    {
        provider?.ForceFlush(2_000);
        provider?.Dispose();
        source.Dispose();
    }

    private void Tell(StoredTask task, ActivityContext above)
    {
        if (task.QueuedAt is { } queuedAt) Part("admission", above, task.SubmittedAt, queuedAt);
        var attempts = queries.Attempts(task.Id);
        if (task.QueuedAt is { } from && attempts.Count > 0) Part("placement", above, from, attempts[0].GrantedAt);
        var deliveredAt = task.SubmittedAt;
        foreach (var attempt in attempts)
        {
            var closedAt = attempt.ClosedAt ?? attempt.GrantedAt;
            if (closedAt > deliveredAt) deliveredAt = closedAt;
            using var span = Span("attempt", above, attempt.GrantedAt);
            span?.SetTag("stun.attempt", attempt.Id.ToString()).SetTag("stun.provider", attempt.Provider.ToString())
                .SetTag("stun.end", attempt.End).SetTag("stun.failure", attempt.Failure);
            if (span is not null) End(span, closedAt);
        }
        if (queries.Verdict(task.Id) is { PostedAt: { } postedAt }) Part("verdict", above, deliveredAt, postedAt);
        else postedAt = deliveredAt;
        if (queries.Settlement(task.Id) is { } settlement)
            Part("settlement", above, postedAt, settlement.At)?.SetTag("stun.held", Text(settlement.Held))
                .SetTag("stun.refund", Text(settlement.Refund));
    }

    private Activity? Part(string name, ActivityContext above, Instant from, Instant to)
    {
        using var span = Span(name, above, from);
        if (span is not null) End(span, to);
        return span;
    }

    private Activity? Span(string name, ActivityContext above, Instant from) =>
        source.StartActivity(name, ActivityKind.Internal, above, startTime: WallTime.Time(from));

    private static void End(Activity span, Instant at)
    {
        span.SetEndTime(WallTime.Time(at).UtcDateTime);
        span.Stop();
    }

    private static string Text(Amount amount) => amount.Units.ToString(CultureInfo.InvariantCulture);
}
