using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stun.Engine.Scheduling;

namespace Stun.Node.Telemetry;

/// <summary>
/// What a node counts, in four groups: system (this process), business (tasks and money), chain (the escrow's log) and
/// quality (what went wrong with whom). Fed from the journal behind everything else, so counting costs a task nothing.
/// </summary>
public sealed class NodeMeters : IDisposable
{
    public const string Name = "Stun.Node";

    private readonly Meter meter = new(Name);
    private readonly MetricsPage page;
    private readonly Counter<long> received, ended, attempts, leases, chain, frauds, disputes, refusals, replicas;
    private readonly Counter<double> paid;
    private readonly Histogram<double> queueTime, runTime, wholeTime;
    private readonly Dictionary<TaskId, Times> open = [];

    /// <summary>Tasks whose times are followed; of more than this, only the count.</summary>
    private const int OpenMax = 100_000;

    private readonly record struct Times(Instant ReceivedAt, Instant? QueuedAt);

    public NodeMeters()
    {
        page = new MetricsPage(meter);
        received = meter.CreateCounter<long>("stun_business_orders_total", null, "Orders received.");
        ended = meter.CreateCounter<long>("stun_business_tasks_ended_total", null, "Tasks ended, by state and reason.");
        paid = meter.CreateCounter<double>("stun_business_paid_units_total", null,
            "Money that settlements moved, in the smallest unit, by share.");
        queueTime = meter.CreateHistogram<double>("stun_business_wait_seconds", "s",
            "From an order's arrival to its leases.");
        wholeTime = meter.CreateHistogram<double>("stun_business_task_seconds", "s",
            "From an order's arrival to its last word.");
        chain = meter.CreateCounter<long>("stun_chain_events_total", null, "Entries of the escrow's log, by kind.");
        attempts = meter.CreateCounter<long>("stun_quality_attempts_total", null, "Attempts ended, by how.");
        leases = meter.CreateCounter<long>("stun_quality_leases_total", null, "Leases granted.");
        runTime = meter.CreateHistogram<double>("stun_quality_run_seconds", "s", "Run time of delivered attempts.");
        frauds = meter.CreateCounter<long>("stun_quality_frauds_total", null, "Attempts found to be fraud.");
        disputes = meter.CreateCounter<long>("stun_quality_disputes_total", null, "Disputes opened.");
        refusals = meter.CreateCounter<long>("stun_quality_offers_refused_total", null,
            "Offers that did not fit a task, by reason.");
        replicas = meter.CreateCounter<long>("stun_quality_ties_total", null, "Replicas added because results differ.");
        meter.CreateObservableGauge("stun_system_memory_bytes", () => Environment.WorkingSet, null,
            "Resident memory of the process.");
        meter.CreateObservableCounter("stun_system_cpu_seconds_total",
            () => Environment.CpuUsage.TotalTime.TotalSeconds, null, "Processor time of the process.");
        meter.CreateObservableCounter("stun_system_collections_total", () => (long)GC.CollectionCount(0), null,
            "Garbage collections.");
        meter.CreateObservableGauge("stun_system_threads", () => (long)ThreadPool.ThreadCount, null,
            "Threads of the pool.");
        meter.CreateObservableGauge("stun_system_open_files", OpenFiles, null, "Open file descriptors.");
    }

    public string Page() => page.Write();

    /// <summary>Something that is looked at when the page is asked for.</summary>
    public void Watch(string name, string about, Func<long> read) =>
        meter.CreateObservableGauge("stun_system_" + name, read, null, about);

    /// <summary>In the order of the journal, on one thread.</summary>
    public void Take(SchedulerEvent happened)
    {
        switch (happened)
        {
            case SchedulerEvent.OrderReceived order:
                received.Add(1);
                if (open.Count < OpenMax) open[order.Task] = new Times(order.At, null);
                break;
            case SchedulerEvent.TaskPlaced placed: Placed(placed); break;
            case SchedulerEvent.ResultRevealed revealed:
                attempts.Add(1, Tag("end", AttemptEnd.Finished));
                runTime.Record(Seconds(revealed.Receipt.Receipt.RunTime));
                break;
            case SchedulerEvent.AttemptClosed closed:
                var why = closed.Failure?.ToString() ?? closed.Refusal?.ToString() ?? "";
                attempts.Add(1, Tag("end", closed.End), Tag("why", why));
                break;
            case SchedulerEvent.ReplicaAdded: replicas.Add(1); break;
            case SchedulerEvent.PlacementRefused refused:
                foreach (var count in refused.Counts) refusals.Add(count.Offers, Tag("reason", count.Reason));
                break;
            case SchedulerEvent.EscrowFollowed followed: Escrow(followed.Event); break;
            case SchedulerEvent.TaskEnded end:
                ended.Add(1, Tag("state", end.State), Tag("reason", end.Reason));
                if (open.Remove(end.Task, out var times)) wholeTime.Record(Seconds(end.At - times.ReceivedAt));
                break;
            case SchedulerEvent.OrderDropped dropped: open.Remove(dropped.Task); break;
        }
    }

    public void Dispose()
    {
        page.Dispose();
        meter.Dispose();
    }

    private void Placed(SchedulerEvent.TaskPlaced placed)
    {
        leases.Add(placed.Leases.Count);
        if (!open.TryGetValue(placed.Task, out var times) || times.QueuedAt is not null) return;
        open[placed.Task] = times with { QueuedAt = placed.Leases[0].GrantedAt };
        queueTime.Record(Seconds(placed.Leases[0].GrantedAt - times.ReceivedAt));
    }

    private void Escrow(EscrowEvent happened)
    {
        chain.Add(1, Tag("kind", happened.GetType().Name));
        if (happened is EscrowEvent.DisputeOpened) disputes.Add(1);
        if (happened is not EscrowEvent.TaskSettled settled) return;
        var division = settled.Settlement;
        foreach (var payout in division.Payouts) paid.Add((double)payout.Amount.Units, Tag("to", "provider"));
        paid.Add((double)division.Treasury.Units, Tag("to", "treasury"));
        paid.Add((double)division.Creator.Units, Tag("to", "creator"));
        paid.Add((double)division.Refund.Units, Tag("to", "requester"));
        frauds.Add(division.Slashings.Count);
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());

    private static double Seconds(Duration duration) => duration.Micros / 1e6;

    private static long OpenFiles()
    {
        const string descriptors = "/proc/self/fd";
        return Directory.Exists(descriptors) ? Directory.EnumerateFileSystemEntries(descriptors).LongCount() : 0;
    }
}
