using System.Collections.Concurrent;
using Stun.Node.Storage;

namespace Stun.Node.Hosting;

/// <summary>
/// Runs all roles of this process on one thread, over one journal.
/// </summary>
/// <remarks>
///   from outside ─► inboxes ─► machines ─► frames ─► journal ──durable──► what leaves the process
///                      ▲            │
///                      └── at once ─┘
///
/// What one role of this process says to another goes at once: the journal is one ordered log, so that after a crash
/// no role remembers what another has forgotten. What leaves the process (to a peer, to a requester, to a container)
/// waits until everything appended before it is durable.
/// </remarks>
public sealed class Pump : IAsyncDisposable
{
    private readonly IJournal journal;
    private readonly SteadyClock clock;
    private readonly IOutlet outlet;
    private readonly SortedDictionary<Address, RoleHost> roles = [];
    private readonly List<RoleHost> inTurn = [];
    private readonly ConcurrentQueue<Arrival> arrivals = new();
    private readonly Queue<(ulong Position, RoleHost Role, Effect Effect)> held = new();
    private readonly Input[] batch = new Input[NodeLimits.BatchMax];
    private readonly ManualResetEventSlim bell = new();
    private readonly TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action turnEnds = () => { };
    private Action<JournalRecord> followed = _ => { };
    private Action<ulong> settled = _ => { };
    private Thread? thread;
    private ulong appended;
    private long appendedBytes;
    private bool hasStrangers;
    private ulong durable;
    private volatile bool stopping;
    private volatile bool draining;
    private volatile bool isOver;

    /// <param name="GivenUp">What becomes of a visit that is never made.</param>
    private readonly record struct Arrival(
        RoleHost? Role, Input Input, bool IsForeign, Action? Visit, Action? GivenUp = null);

    public Pump(IJournal journal, IOutlet outlet, TimeProvider clock)
    {
        (this.journal, this.outlet, this.clock) = (journal, outlet, new SteadyClock(clock));
    }

    /// <summary>Ends when the pump does: with null when it was told to, else with what made it impossible to go on.
    /// </summary>
    public Task<Exception?> Ended => ended.Task;

    public Instant Now => clock.Now;

    public ulong DurablePosition => Volatile.Read(ref durable);

    /// <summary>Since this life began.</summary>
    public long AppendedBytes => Interlocked.Read(ref appendedBytes);

    public IEnumerable<RoleHost> Roles => roles.Values;

    /// <summary>Nothing new is taken in from requesters; what is under way goes on.</summary>
    public bool IsDraining => draining;

    public bool IsBusy => journal.WaitingBytes > NodeLimits.JournalWaitingMax;

    public RoleHost Add(RoleHost role)
    {
        roles.Add(role.Address, role);
        inTurn.Add(role);
        return role;
    }

    public RoleHost? Find(Address address) => roles.GetValueOrDefault(address);

    /// <summary>Replays what the journal holds, lets every role pick up its open work, and begins.</summary>
    /// <param name="replayed">Is told every record that is replayed, in order.</param>
    /// <param name="followedTo">What followers know already. Younger records are told to them again.</param>
    public async Task StartAsync(Action<JournalRecord> replayed, ulong followedTo, CancellationToken cancel)
    {
        var summedUp = await RestoreAsync(cancel).ConfigureAwait(false);
        await foreach (var record in journal.ReadAsync(Math.Min(summedUp, followedTo), cancel).ConfigureAwait(false))
        {
            // Frames of a role that this process no longer has stay where they are.
            if (!roles.TryGetValue(record.Role, out var role)) hasStrangers |= record.Role != SmallBlobs.Owner;
            else if (record.Position > summedUp
                && role.Runner.Replay(record.Frame.Span) != record.Frame.Length)
                throw new StorageException("journal.damaged", $"The frame at position {record.Position} is not whole.",
                    "Restore the journal from a copy.");
            replayed(record);
            appended = durable = Math.Max(appended, record.Position);
        }
        // What was replayed is durable: nobody who follows need wait for the first new record to hear it.
        settled(durable);
        journal.Start(OnDurable, Fail);
        thread = new Thread(Run) { IsBackground = true, Name = "pump" };
        thread.Start();
    }

    /// <summary>
    /// All roles between two turns; null where the journal holds frames of roles that this process has not, which a
    /// snapshot would lose.
    /// </summary>
    public Task<JournalSnapshot?> SnapshotAsync() => VisitAsync(() =>
    {
        if (hasStrangers) return null;
        var all = roles.Values.Select(role => (role.Address, Joined(role.Runner.Snapshot())));
        return new JournalSnapshot(appended, [.. all]);
    });

    private static byte[] Joined(IReadOnlyList<byte[]> frames)
    {
        var joined = new byte[frames.Sum(frame => frame.Length)];
        var start = 0;
        foreach (var frame in frames)
        {
            frame.CopyTo(joined, start);
            start += frame.Length;
        }
        return joined;
    }

    private async Task<ulong> RestoreAsync(CancellationToken cancel)
    {
        if (await journal.ReadSnapshotAsync(cancel).ConfigureAwait(false) is not { } snapshot) return 0;
        foreach (var (address, frames) in snapshot.Roles)
        {
            if (roles.TryGetValue(address, out var role)) role.Runner.Restore([frames]);
            else hasStrangers = true;
        }
        return appended = durable = snapshot.Position;
    }

    /// <summary>A message from outside the process. False when the role has more than it can handle.</summary>
    public bool TryPost(Address from, Address to, Message message)
    {
        if (!roles.TryGetValue(to, out var role) || !role.Admits(from, message)) return true;
        if (IsBusy || !role.TryReserve()) return false;
        Arrive(new Arrival(role, new Input(from, message), true, null));
        return true;
    }

    /// <summary>The answer to an ask. Never refused: there are no more of them than asks.</summary>
    public void Answer(RoleHost role, ulong id, Answer answer) =>
        Arrive(new Arrival(role, new Input(role.Address, new Message.Answered(id, answer)), false, null));

    /// <summary>As <see cref="Answer"/>, for whoever is on the pump's thread already.</summary>
    public static void AnswerHere(RoleHost role, ulong id, Answer answer) =>
        role.Take(new Input(role.Address, new Message.Answered(id, answer)));

    /// <summary>A role's word to another that no machine sends itself. On the pump's thread only.</summary>
    public void Send(RoleHost from, Address to, Message message) => Carry(from, new Effect.Send(to, message));

    /// <summary>Is called on the pump's thread when all roles had their turn.</summary>
    public void AtTurnEnd(Action action) => turnEnds += action;

    public bool HasArrivals => !arrivals.IsEmpty;

    /// <summary>Runs something on the pump's thread, between two batches: to look at a machine, or to append.</summary>
    public Task<T> VisitAsync<T>(Func<T> visit)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Arrive(new Arrival(null, default, false, () =>
        {
            try
            {
                done.TrySetResult(visit());
            }
            catch (Exception failure)
            {
                done.TrySetException(failure);
            }
        }, () => done.TrySetCanceled()));
        // A pump that has ended makes no more visits.
        if (isOver) done.TrySetCanceled();
        return done.Task;
    }

    /// <summary>Runs this on the pump's thread; used where the order with what is posted later matters.</summary>
    public void Visit(Action visit) => Arrive(new Arrival(null, default, false, visit));

    /// <summary>Puts a record that belongs to no machine into the journal. On the pump's thread only.</summary>
    public void Append(Address owner, ReadOnlyMemory<byte> record)
    {
        appended = journal.Append(owner, record);
        Interlocked.Add(ref appendedBytes, record.Length);
        followed(new JournalRecord(appended, owner, record));
    }

    /// <summary>Is told everything that is appended, and how far it has become durable.</summary>
    public void Follow(Action<JournalRecord> append, Action<ulong> settle) => (followed, settled) = (append, settle);

    /// <summary>Ends when all that was posted before is on the disk.</summary>
    public async Task SettleAsync()
    {
        var position = await VisitAsync(() => appended).ConfigureAwait(false);
        while (Volatile.Read(ref durable) < position && !ended.Task.IsCompleted)
            await Task.Delay(1).ConfigureAwait(false);
        if (Volatile.Read(ref durable) < position)
            throw new NodeException("node.ended", "The node ended before this was on the disk.", "Start it again.");
    }

    public void Drain() => draining = true;

    /// <summary>Something without which the process cannot go on has failed. The first failure counts.</summary>
    public void Fail(Exception failure)
    {
        ended.TrySetResult(failure);
        stopping = true;
        bell.Set();
    }

    public async ValueTask DisposeAsync()
    {
        stopping = true;
        bell.Set();
        // Not only its word that it ended: a pump that was failed from outside may be in the middle of a turn.
        if (thread is not null) await left.Task.ConfigureAwait(false);
        await journal.DisposeAsync().ConfigureAwait(false);
        bell.Dispose();
    }

    private void Arrive(Arrival arrival)
    {
        arrivals.Enqueue(arrival);
        if (!bell.IsSet) bell.Set();
    }

    private void OnDurable(ulong position)
    {
        Volatile.Write(ref durable, position);
        settled(position);
        if (!bell.IsSet) bell.Set();
    }

    private void Run()
    {
        try
        {
            foreach (var role in inTurn) Carry(role, role.Runner.Resume(Now));
            while (!stopping) Turn();
            ended.TrySetResult(null);
        }
        catch (Exception failure)
        {
            // A broken invariant: nothing that this process holds in memory can be trusted. The journal can.
            ended.TrySetResult(failure);
        }
        isOver = true;
        while (arrivals.TryDequeue(out var arrival)) arrival.GivenUp?.Invoke();
        left.TrySetResult();
    }

    private void Turn()
    {
        bell.Reset();
        var worked = TakeArrivals() | ReleaseHeld();
        var now = Now;
        foreach (var role in inTurn)
        {
            if (role.HasInput)
            {
                Carry(role, role.Runner.Receive(now, role.NextInputs(batch)));
                worked = true;
            }
            else if (role.Runner.WakesAt <= now)
            {
                Carry(role, role.Runner.Wake(now));
                worked = true;
            }
        }
        turnEnds();
        if (!worked && inTurn.TrueForAll(role => !role.HasInput)) Rest(now);
    }

    private void Rest(Instant now)
    {
        var next = Instant.Never;
        foreach (var role in inTurn) next = Instant.Earlier(next, role.Runner.WakesAt);
        var wait = Duration.Min(next - now, RestMax).Micros / 1_000;
        bell.Wait((int)Math.Max(1, wait));
    }

    /// <summary>A clock that is set back must not let a role sleep through its alarm.</summary>
    private static readonly Duration RestMax = Duration.Seconds(1);

    private bool TakeArrivals()
    {
        var count = 0;
        for (; count < 4 * NodeLimits.BatchMax && arrivals.TryDequeue(out var arrival); count++)
        {
            if (arrival.Visit is { } visit) visit();
            else arrival.Role!.Take(arrival.Input, arrival.IsForeign);
        }
        return count > 0;
    }

    private void Carry(RoleHost role, Batch done)
    {
        if (!done.Frame.IsEmpty) Append(role.Address, done.Frame);
        foreach (var effect in role.Runner.Acknowledge(done.Number))
        {
            if (!IsForeign(role, effect)) Carry(role, effect);
            else if (held.Count == 0 && Volatile.Read(ref durable) >= appended) Carry(role, effect);
            else held.Enqueue((appended, role, effect));
        }
    }

    private bool ReleaseHeld()
    {
        var position = Volatile.Read(ref durable);
        var any = false;
        while (held.TryPeek(out var first) && first.Position <= position)
        {
            held.Dequeue();
            Carry(first.Role, first.Effect);
            any = true;
        }
        return any;
    }

    private bool IsForeign(RoleHost role, Effect effect) => effect switch
    {
        Effect.Send send => !roles.ContainsKey(send.To),
        Effect.Ask ask => role.Hands.IsForeign(ask.Asked),
        _ => false,
    };

    private void Carry(RoleHost role, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send when roles.TryGetValue(send.To, out var other):
                other.Take(new Input(role.Address, send.Message));
                break;
            case Effect.Send send: outlet.Send(role, send.To, send.Message); break;
            case Effect.Ask ask: role.Hands.Carry(role, ask.Id, ask.Asked); break;
            case Effect.Note note: role.Hands.Note(role, note); break;
        }
    }
}

/// <summary>Where messages go that are for nobody in this process. Called on the pump's thread.</summary>
public interface IOutlet
{
    void Send(RoleHost from, Address to, Message message);
}
