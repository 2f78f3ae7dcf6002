using Stun.Node.Gateway;

namespace Stun.Node.Serving;

/// <summary>
/// Who answers which call: the ready replica with the fewest calls, or the queue. A call leaves the queue in its turn,
/// except that it never goes to a replica that has failed it before.
/// </summary>
internal sealed class SeatTable(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly List<Replica> replicas = [];
    private readonly LinkedList<Waiter> waiters = [];
    private ServiceTerms terms = new();

    private sealed record Waiter(
        IReadOnlyCollection<Replica> Tried, TaskCompletionSource<Seat> Given);

    /// <summary>Is called when a call has to wait.</summary>
    public Action Waits { get; init; } = () => { };

    /// <summary>Calls that run and wait.</summary>
    public (int InFlight, int Queued) Load
    {
        get
        {
            lock (gate) return (replicas.Sum(replica => replica.InFlight), waiters.Count);
        }
    }

    public ServiceTerms Terms
    {
        set
        {
            lock (gate) terms = value;
        }
    }

    public void Add(Replica replica)
    {
        lock (gate) replicas.Add(replica);
    }

    public void Remove(Replica replica)
    {
        lock (gate) replicas.Remove(replica);
    }

    public void Enter(Replica replica, ReplicaState state, Instant now)
    {
        lock (gate)
        {
            replica.Enter(state, now);
            Give();
        }
    }

    /// <param name="tried">Replicas that have failed this call.</param>
    public async Task<Seat> TakeAsync(IReadOnlyCollection<Replica> tried, CancellationToken cancel)
    {
        Waiter waiter;
        TimeSpan within;
        lock (gate)
        {
            if (waiters.Count == 0 && Best(tried) is { } free) return Occupy(free);
            if (IsHopeless(tried)) throw Hopeless();
            RequirePlace();
            waiter = new Waiter(
                tried, new TaskCompletionSource<Seat>(TaskCreationOptions.RunContinuationsAsynchronously));
            waiters.AddLast(waiter);
            within = TimeSpan.FromMicroseconds(terms.StartWithin.Micros);
        }
        Waits();
        try
        {
            return await waiter.Given.Task.WaitAsync(within, clock, cancel).ConfigureAwait(false);
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            bool isGiven;
            lock (gate) isGiven = !waiters.Remove(waiter);
            // In the very moment in which it stopped waiting.
            if (isGiven && waiter.Given.Task.IsCompletedSuccessfully)
                (await waiter.Given.Task.ConfigureAwait(false)).Dispose();
            if (over is OperationCanceledException) throw;
            throw new ApiException("service.no-replica", $"None was ready within {within.TotalSeconds:0} s.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }
    }

    /// <summary>Before anything is read that would wait: whether a call that comes now would be taken.</summary>
    public void RequireRoom()
    {
        lock (gate)
            if (Best([]) is null) RequirePlace();
    }

    private void RequirePlace()
    {
        if (waiters.Count >= terms.QueueMax)
            throw new ApiException("service.overloaded", $"{waiters.Count} calls wait already.")
            {
                RetryAfter = TimeSpan.FromSeconds(2),
            };
    }

    /// <summary>There are as many replicas as there may be, and each of them has failed it.</summary>
    private bool IsHopeless(IReadOnlyCollection<Replica> tried)
    {
        if (tried.Count == 0) return false;
        var live = 0;
        foreach (var replica in replicas)
        {
            if (replica.State is not (ReplicaState.Starting or ReplicaState.Ready)) continue;
            if (!tried.Contains(replica)) return false;
            live++;
        }
        return live >= terms.ReplicasMax;
    }

    private static ApiException Hopeless() => new("service.no-answer",
        "Every replica failed before its first byte, and the service may have no more of them.");

    private void Leave(Replica replica)
    {
        lock (gate)
        {
            replica.InFlight--;
            Give();
        }
    }

    private void Give()
    {
        for (var node = waiters.First; node is not null;)
        {
            var next = node.Next;
            if (Best(node.Value.Tried) is { } free)
            {
                waiters.Remove(node);
                node.Value.Given.SetResult(Occupy(free));
            }
            else if (IsHopeless(node.Value.Tried))
            {
                waiters.Remove(node);
                node.Value.Given.SetException(Hopeless());
            }
            node = next;
        }
    }

    private Replica? Best(IReadOnlyCollection<Replica> tried)
    {
        Replica? best = null;
        foreach (var replica in replicas)
            if (replica.State == ReplicaState.Ready && replica.InFlight < terms.InFlightMax
                && !tried.Contains(replica) && replica.InFlight < (best?.InFlight ?? int.MaxValue)) best = replica;
        return best;
    }

    private Seat Occupy(Replica replica)
    {
        replica.InFlight++;
        return new Seat(this, replica);
    }

    /// <summary>A call's place at a replica.</summary>
    internal sealed class Seat(SeatTable owner, Replica replica) : IDisposable
    {
        private int isLeft;

        public Replica Replica => replica;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isLeft, 1) == 0) owner.Leave(replica);
        }
    }
}
