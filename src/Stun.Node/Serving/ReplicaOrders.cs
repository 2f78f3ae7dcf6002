using Stun.Engine.Admission;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Serving;

/// <summary>
/// The orders behind replicas. A replica is a task like any other: placed, leased, paid by its run time and, where its
/// provider is lost, run by the next one. Its requester is the service's owner, whose key this node keeps.
/// </summary>
internal sealed class ReplicaOrders(Intake intake, Pump pump, ReadModelQueries queries, NetworkTerms network)
{
    /// <summary>Between the end of the longest run and the deadline, for whatever comes before and after it.</summary>
    private static readonly Duration Slack = Duration.Seconds(120);

    /// <summary>As a policy holds (<see cref="RequesterPolicy"/>).</summary>
    private const int DeniedMost = 256;

    public Instant Now => pump.Now;

    public bool HasWallet(Address owner) => intake.HasWallet(owner);

    /// <param name="passedOver">Providers that are not to run it.</param>
    public OrderedReplica Make(ServiceRecord service, IReadOnlyList<Address> passedOver)
    {
        var terms = service.Terms;
        var order = new TaskOrder(
            service.Owner, Intake.NewKey(), Without(service.Spec, passedOver), terms.Life, terms.PriceLimitOfOne,
            pump.Now + terms.StartWithin + terms.Life + Slack, Priority.Normal, service.Creator, Region.Anywhere);
        return new OrderedReplica(TypedData.TaskIdOf(network.Domain, order), intake.Sign(order));
    }

    /// <summary>Why no replica of it would ever be taken; null where nothing speaks against it.</summary>
    public Refusal? Check(ServiceRecord service) =>
        OrderChecks.Check(Make(service, []).Order.Order, network, pump.Now);

    /// <summary>Also of an order of an earlier life, by the deadline that it was given.</summary>
    public Instant OrderedAt(OrderedReplica replica, ServiceTerms terms)
    {
        var order = replica.Order.Order;
        var at = new Instant(
            order.Deadline.Micros - order.RunTimeMax.Micros - terms.StartWithin.Micros - Slack.Micros);
        return Instant.Earlier(pump.Now, at);
    }

    /// <summary>The same order is the same task, however often it is handed in.</summary>
    public Task<TaskFollow> SubmitAsync(OrderedReplica replica, CancellationToken cancel) =>
        intake.SubmitAsync(replica.Order, cancel);

    /// <summary>Its provider is paid for the time that it gave.</summary>
    /// <returns>False where the inbox is full: nobody has heard of it, and it is to be said again. Where the owner's
    /// key is no more here, nothing can be said ever.</returns>
    public bool Cancel(OrderedReplica replica)
    {
        if (intake.SignCancel(replica.Order.Order.Requester, replica.Task) is not { } signature) return true;
        try
        {
            intake.Cancel(replica.Order.Order.Requester, replica.Task, signature);
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    /// <summary>Whether a task that an earlier life ordered can still become a replica.</summary>
    public bool IsOpen(TaskId task) =>
        queries.FindTask(task) is not { } stored || stored.State is "checking" or "holding" or "queued" or "running";

    /// <summary>By what the books say of its attempts.</summary>
    public Address? ProviderOf(TaskId task) => queries.Attempts(task)
        .LastOrDefault(attempt => attempt.ClosedAt is null)?.Provider;

    public IReadOnlyList<StoredAttempt> Attempts(TaskId task) => queries.Attempts(task);

    /// <summary>Since when it is offered to providers; null before that.</summary>
    public Instant? QueuedAt(TaskId task) => queries.FindTask(task)?.QueuedAt;

    /// <summary>Why the last attempt failed, as people may read it.</summary>
    public string? FaultOf(TaskId task) =>
        queries.Attempts(task).LastOrDefault(attempt => attempt.Failure is not null) is { } failed
            ? $"{failed.Failure} {failed.Detail}".Trim()
            : queries.FindTask(task)?.Reason;

    private static TaskSpec Without(TaskSpec spec, IReadOnlyList<Address> providers)
    {
        var denied = spec.Policy.ProvidersDenied;
        foreach (var provider in providers)
            if (denied.Count < DeniedMost && !denied.Contains(provider)) denied = denied.Add(provider);
        return spec with { Policy = spec.Policy with { ProvidersDenied = denied } };
    }
}
