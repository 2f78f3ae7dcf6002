using Stun.Node.Gateway;

namespace Stun.Node.Serving;

/// <summary>What all services of a node share.</summary>
internal sealed record FleetTools(
    ReplicaOrders Orders, ReplicaBoard Board, ServiceBook Book, TimeProvider Clock, Action<Exception> Trouble)
{
    /// <summary>Whether the owner of this node has given this name to a model outside of the network.</summary>
    public Func<string, bool> IsOutside { get; init; } = _ => false;
}

/// <summary>
/// The replicas of one service: ordered when they are wanted, looked at while they run, replaced when they are not well
/// or about to end, drained when they are too many. One loop does all of this, so that nothing is done twice.
/// <code>
///   ordered → Starting ──first good look──► Ready ──too many, or about to end──► Draining ──no calls──► Ending → gone
///                ▲            no way, or two bad looks │
///                └─────────────────────────────────────┘        Starting for too long: cancelled, and a pause
/// </code>
/// </summary>
internal sealed class ReplicaFleet : IAsyncDisposable
{
    private static readonly TimeSpan StepEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>What it has begun may take as long as a call may think.</summary>
    private static readonly Duration BusyWithin = Duration.Seconds(600);

    private static readonly Duration LookEvery = Duration.Seconds(2), DrainWithin = Duration.Seconds(60),
        EndWithin = Duration.Seconds(30), PauseFirst = Duration.Seconds(1), PauseMost = Duration.Seconds(60),
        SettledAfter = Duration.Seconds(60), BooksEvery = Duration.Seconds(5);

    private readonly FleetTools tools;
    private readonly ScaleRule scale = new();
    private readonly PassedOver passedOver;
    private readonly Lock gate = new(), changing = new();
    private readonly List<Replica> replicas = [];
    private readonly SemaphoreSlim wake = new(0);
    private readonly CancellationTokenSource stop = new();
    private ServiceRecord service;
    private Task running = Task.CompletedTask;
    private Duration pause = PauseFirst;
    private Instant startAgainAt;
    private string? lastFault;
    private volatile bool isRemoved;

    public ReplicaFleet(ServiceRecord service, FleetTools tools)
    {
        (this.service, this.tools, passedOver) = (service, tools, new PassedOver(tools.Orders));
        Seats = new SeatTable(tools.Clock) { Waits = () => wake.Release(), Terms = service.Terms };
        Calls = new ReplicaCalls(this);
    }

    public ServiceRecord Service => Volatile.Read(ref service);

    public SeatTable Seats { get; }

    public ReplicaCalls Calls { get; }

    /// <summary>Why the last replica that did not come did not.</summary>
    public string? LastFault => Volatile.Read(ref lastFault);

    public int Wanted => scale.Wanted;

    /// <summary>The service is removed and nothing of it is left.</summary>
    public bool IsGone => isRemoved && Replicas.Count == 0;

    /// <summary>Is called when it is gone, as its last word.</summary>
    public Action<ReplicaFleet> Gone { get; init; } = _ => { };

    public IReadOnlyList<Replica> Replicas
    {
        get
        {
            lock (gate) return [.. replicas];
        }
    }

    /// <param name="earlier">What an earlier life has ordered: it is gone on with.</param>
    public void Start(IReadOnlyList<OrderedReplica> earlier)
    {
        foreach (var ordered in earlier)
            if (tools.Orders.IsOpen(ordered.Task)) Add(ordered);
            else tools.Book.RemoveReplica(ordered.Task);
        running = RunAsync();
    }

    /// <returns>False where it is removed: then it stays so.</returns>
    public bool Change(ServiceTerms terms)
    {
        lock (changing)
        {
            if (isRemoved) return false;
            Put(terms);
            return true;
        }
    }

    public void Remove()
    {
        lock (changing)
        {
            isRemoved = true;
            Put(Service.Terms with { ReplicasMin = 0, ReplicasMax = 0 });
        }
    }

    private void Put(ServiceTerms terms)
    {
        Volatile.Write(ref service, Service with { Terms = terms });
        Seats.Terms = terms;
        wake.Release();
    }

    /// <summary>Something could not be reached: it is looked at now and not later.</summary>
    public void Suspect(Replica replica)
    {
        replica.LookedAt = default;
        wake.Release();
    }

    /// <summary>The replicas go on: they are the next life's.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        foreach (var replica in Replicas) replica.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                // Whatever it is, the other replicas go on, and the next step tries again.
                tools.Trouble(failure);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (IsGone)
            {
                Gone(this);
                return;
            }
            await wake.WaitAsync(StepEvery).ConfigureAwait(false);
        }
    }

    private async Task StepAsync()
    {
        var now = tools.Orders.Now;
        foreach (var replica in Replicas)
            if (!await IsOverAsync(replica).ConfigureAwait(false)) Review(replica, now);
        var (inFlight, queued) = Seats.Load;
        var wanted = isRemoved ? 0 : scale.Look(Service.Terms, inFlight + queued, now);
        var all = Replicas;
        foreach (var replica in all)
            if (LifeRule.IsAboutToEnd(replica.OrderedAt, replica.Life, Service.Terms.StartWithin, now))
                replica.IsRetiring = true;
        var fresh = all.Where(replica =>
            replica is { IsRetiring: false, State: ReplicaState.Starting or ReplicaState.Ready }).ToList();
        // One more than the most: see ServiceTerms.PriceLimitOfOne.
        for (var count = fresh.Count; count < wanted && Replicas.Count <= Service.Terms.ReplicasMax
            && tools.Orders.Now >= startAgainAt; count++) await OrderAsync().ConfigureAwait(false);
        // Those that have not come yet go first, then those with the least to do.
        foreach (var replica in fresh.OrderBy(replica => replica.State).ThenBy(replica => replica.InFlight)
            .Take(fresh.Count - wanted)) Drain(replica, now);
        var ready = fresh.Count(replica => replica.State == ReplicaState.Ready);
        foreach (var replica in LifeRule.Leaving(all.Where(replica => replica.IsRetiring), ready, wanted, now))
            Drain(replica, now);
    }

    private void Drain(Replica replica, Instant now)
    {
        if (replica.State is ReplicaState.Draining or ReplicaState.Ending) return;
        if (replica.State == ReplicaState.Starting) End(replica, now);
        else Seats.Enter(replica, ReplicaState.Draining, now);
    }

    private void Review(Replica replica, Instant now)
    {
        if (replica.IsGivenUp)
        {
            Cancel(replica, now);
            return;
        }
        var way = tools.Board.Find(replica.Task);
        if (way is null) replica.Calls.Lost();
        switch (replica.State)
        {
            case ReplicaState.Starting or ReplicaState.Ready when replica.Calls.IsHopeless:
                Failed(replica, "It said that it was well, and its calls failed one after another.");
                Cancel(replica, now);
                break;
            case ReplicaState.Starting when now > replica.StateSince + PatienceWith(replica):
                Failed(replica, tools.Orders.FaultOf(replica.Task)
                    ?? $"It gave no good answer to GET {Service.Terms.HealthPath} within "
                    + $"{Service.Terms.StartWithin.Micros / 1_000_000} s.");
                Cancel(replica, now);
                break;
            case ReplicaState.Starting when way is null && passedOver.LeftAlone(replica, Service, now):
                passedOver.Forget();
                Cancel(replica, now);
                break;
            case ReplicaState.Starting: if (way is not null) Look(replica, now, Duration.Millis(200)); break;
            // Its connections are gone with it; the network may run it elsewhere, and then it is found again.
            case ReplicaState.Ready when way is null: Seats.Enter(replica, ReplicaState.Starting, now); break;
            case ReplicaState.Ready: Look(replica, now, LookEvery); break;
            case ReplicaState.Draining:
                if (replica.InFlight == 0 || now > replica.StateSince + DrainWithin) End(replica, now);
                break;
            case ReplicaState.Ending when now > replica.StateSince + EndWithin: Cancel(replica, now); break;
        }
    }

    private Duration PatienceWith(Replica replica) => replica is { WasEverReady: true, InFlight: > 0 }
        && Service.Terms.StartWithin < BusyWithin ? BusyWithin : Service.Terms.StartWithin;

    /// <summary>One look at a time, and none waited for: the next step reads how it went.</summary>
    private void Look(Replica replica, Instant now, Duration every)
    {
        if (replica.Looking is { IsCompleted: true } looked)
        {
            replica.Looking = null;
            var hasAnswered = replica.Calls.TakeAnswered();
            if (looked.Result)
            {
                replica.FailedLooks = 0;
                replica.Calls.Well();
                Seats.Enter(replica, ReplicaState.Ready, now);
                if (now > replica.StateSince + SettledAfter) pause = PauseFirst;
            }
            // Who answers others one at a time has no time for questions of health; who answers nobody has no excuse.
            else if ((replica.InFlight == 0 || !hasAnswered) && ++replica.FailedLooks >= 2)
                Seats.Enter(replica, ReplicaState.Starting, now);
        }
        if (replica.Looking is not null || now < replica.LookedAt + every) return;
        replica.LookedAt = now;
        replica.Looking = Calls.IsWellAsync(replica, stop.Token);
    }

    private void End(Replica replica, Instant now)
    {
        Seats.Enter(replica, ReplicaState.Ending, now);
        if (tools.Board.Find(replica.Task) is { } way) way.Finish();
        else Cancel(replica, now);
    }

    /// <summary>What nobody has heard of is said again at the next step: it runs and is paid until then.</summary>
    private void Cancel(Replica replica, Instant now)
    {
        replica.IsGivenUp = true;
        Seats.Enter(replica, ReplicaState.Ending, now);
        if (tools.Orders.Cancel(replica.Ordered)) Forget(replica);
    }

    /// <summary>It has a result, or will have none.</summary>
    private async Task<bool> IsOverAsync(Replica replica)
    {
        if (replica.Follow is null) await SubmitAsync(replica).ConfigureAwait(false);
        if (replica.Follow is not { } follow) return true;
        if (!follow.Delivered.IsCompleted && !IsOverByTheBooks(replica)) return false;
        // Whoever was told to end, or came to the end of a whole life, has not failed.
        var isMeant = replica.State == ReplicaState.Ending || replica is { WasEverReady: true, IsRetiring: true };
        if (!isMeant)
            Failed(replica, follow.Result is not null || follow.End is { State: FinalState.Complete }
                ? "It ended by itself."
                : tools.Orders.FaultOf(replica.Task) ?? follow.End?.Reason.ToString() ?? "Its task is over.");
        Forget(replica);
        return true;
    }

    /// <summary>What is told of a task is forgotten where very many come after it; the books are not.</summary>
    private bool IsOverByTheBooks(Replica replica)
    {
        var now = tools.Orders.Now;
        if (now < replica.BooksAt + BooksEvery) return false;
        replica.BooksAt = now;
        return !tools.Orders.IsOpen(replica.Task);
    }

    private async Task OrderAsync()
    {
        var ordered = tools.Orders.Make(Service, passedOver.At(tools.Orders.Now));
        tools.Book.AddReplica(Service.Name, ordered);
        var replica = Add(ordered);
        await SubmitAsync(replica).ConfigureAwait(false);
    }

    private Replica Add(OrderedReplica ordered)
    {
        var replica = new Replica(ordered, tools.Board, Service.Terms.InFlightMax, tools.Orders.Now)
        {
            OrderedAt = tools.Orders.OrderedAt(ordered, Service.Terms),
        };
        lock (gate) replicas.Add(replica);
        Seats.Add(replica);
        return replica;
    }

    private async Task SubmitAsync(Replica replica)
    {
        try
        {
            replica.Follow = await tools.Orders.SubmitAsync(replica.Ordered, stop.Token).ConfigureAwait(false);
        }
        catch (ApiException later) when (later.RetryAfter is not null || later.Code == "task.unanswered")
        {
            // Whether it was taken is not known: the next step hands the same one in again.
        }
        catch (ApiException refused)
        {
            Failed(replica, refused.Message);
            // Whoever could have run it, nobody did; and those who are named in it make it longer.
            passedOver.Forget();
            Forget(replica);
        }
    }

    private void Failed(Replica replica, string fault)
    {
        passedOver.Blame(replica.Task);
        Volatile.Write(ref lastFault, fault);
        startAgainAt = tools.Orders.Now + pause;
        pause = Duration.Min(new Duration(pause.Micros * 2), PauseMost);
    }

    private void Forget(Replica replica)
    {
        Seats.Remove(replica);
        lock (gate) replicas.Remove(replica);
        tools.Book.RemoveReplica(replica.Task);
        replica.Dispose();
    }
}
