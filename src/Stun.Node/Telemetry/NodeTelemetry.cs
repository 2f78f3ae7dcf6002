using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Stun.Engine.Scheduling;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Telemetry;

/// <summary>All that a node tells of itself: lines, counts and traces.</summary>
public sealed class NodeTelemetry(NodeLog log) : IDisposable
{
    public const string Route = "/metrics";

    private readonly NodeMeters meters = new();
    private readonly ConcurrentQueue<TaskId> ended = new();
    private TaskTraces? traces;

    /// <summary>To be called before the pump starts.</summary>
    public void Watch(Pump pump, ReadModel model, Projector projector, Uri? collector)
    {
        traces = new TaskTraces(model.Queries, collector);
        meters.Watch("projection_behind", "Journal records that the read model has not taken in.",
            () => projector.WaitingCount);
        meters.Watch("journal_bytes", "Appended to the journal since the start.", () => pump.AppendedBytes);
        meters.Watch("inbox_messages", "Messages from outside that wait for a role.",
            () => pump.Roles.Sum(role => (long)role.ForeignCount));
        model.Taken += Take;
        projector.Projected += _ => TellTraces();
    }

    public void Note(Effect.Note note) =>
        log.Write(LevelOf(note.Kind), CodeOf(note.Kind), WordsOf(note.Kind), note.Task, note.About);

    /// <summary>For whoever is on this machine, or may see what operators see.</summary>
    public async Task AnswerAsync(HttpContext context, Doorkeeper doorkeeper)
    {
        // Through a proxy on this machine everybody seems to be here; proxies say for whom they ask.
        var isProxied = context.Request.Headers.ContainsKey("X-Forwarded-For")
            || context.Request.Headers.ContainsKey("Forwarded") || context.Request.Headers.ContainsKey("Via");
        var isHere = !isProxied && context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        if (!isHere && !MayLook(context, doorkeeper))
            throw new ApiException("auth.forbidden", "Metrics are for operators and auditors, and for this machine.");
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(meters.Page(), context.RequestAborted).ConfigureAwait(false);
    }

    public void Dispose()
    {
        traces?.Dispose();
        meters.Dispose();
    }

    private static bool MayLook(HttpContext context, Doorkeeper doorkeeper)
    {
        const string bearer = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)) return false;
        var role = doorkeeper.Find(header.AsSpan(bearer.Length))?.Role;
        return role is ApiRole.Auditor or ApiRole.Operator or ApiRole.Owner;
    }

    private void Take(long position, SchedulerEvent happened)
    {
        meters.Take(happened);
        if (happened is not SchedulerEvent.TaskEnded end) return;
        ended.Enqueue(end.Task);
        log.Write(LogLevel.Info, "task.ended", $"The task is {end.State}: {end.Reason}.", end.Task);
    }

    private void TellTraces()
    {
        while (ended.TryDequeue(out var task)) traces?.Ended(task);
    }

    private static LogLevel LevelOf(NoteKind kind) => kind switch
    {
        NoteKind.FraudFound or NoteKind.DisputeOpened or NoteKind.ForgedOrder or NoteKind.SignatureRefused
            or NoteKind.CommitmentBroken or NoteKind.EvidenceRefused => LogLevel.Warning,
        NoteKind.OrderRefused or NoteKind.UnexpectedMessage => LogLevel.Debug,
        _ => LogLevel.Info,
    };

    private static string CodeOf(NoteKind kind) => "note." + string.Concat(kind.ToString().Select((letter, index) =>
        char.IsUpper(letter) ? (index == 0 ? "" : "-") + char.ToLowerInvariant(letter) : letter.ToString()));

    private static string WordsOf(NoteKind kind) => kind switch
    {
        NoteKind.OrderRefused => "An order was not taken.",
        NoteKind.OfferSuspended => "An offer is silent and gets no new work.",
        NoteKind.LeaseExpired => "A lease ran out: its provider is not heard any more.",
        NoteKind.LeaseRefused => "A provider refused a lease.",
        NoteKind.AttemptFailed => "An attempt failed.",
        NoteKind.CommitmentBroken => "A receipt is not what was committed to.",
        NoteKind.Disagreement => "Results of one task differ.",
        NoteKind.FraudFound => "Validators found a fraud.",
        NoteKind.DisputeOpened => "A verdict is disputed.",
        NoteKind.SignatureRefused => "A signature is wrong.",
        NoteKind.UnexpectedMessage => "A message that this role does not take.",
        NoteKind.ForgedOrder => "Evidence holds an order that its requester did not sign.",
        NoteKind.EvidenceRefused => "An offer shows evidence of hardware that does not hold.",
        _ => "Something of note.",
    };
}
