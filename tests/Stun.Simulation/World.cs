using System.Numerics;

namespace Stun.Simulation;

/// <summary>
/// A whole network in one thread: one clock, one queue of events, one source of chance. The same seed gives the same
/// world, event by event; the trace hash says so.
/// </summary>
public sealed class World
{
    /// <summary>Far more than any world needs: beyond it somebody talks without end.</summary>
    private long EventsMax => 3_000_000 + (20_000L * Options.TaskCount);

    /// <summary>A fixed beginning: nothing in a world depends on the day it is run.</summary>
    public static readonly Instant Beginning = new(1_800_000_000_000_000);

    private readonly PriorityQueue<Action, (long At, ulong Sequence)> queue = new();
    private ulong sequence;
    private long eventCount;
    private ulong trace = 0xcbf29ce484222325;

    public World(SimOptions options)
    {
        Options = options;
        Dice = new Prng(options.Seed ^ 0x5747_4e55_5453);
        Keys = new Keys(options.Seed);
        Network = new Network(this);
        Hands = new Hands(this);
        Cast = new Cast(this);
        Laws = new Laws(this);
        Faults = new Faults(this);
    }

    public SimOptions Options { get; }
    public Prng Dice { get; }
    public Keys Keys { get; }
    public Network Network { get; }
    public Hands Hands { get; }
    public Cast Cast { get; }
    public Laws Laws { get; }
    public Faults Faults { get; }
    public Tally Tally { get; } = new();
    public Instant Now { get; private set; } = Beginning;
    public ulong TraceHash => trace;

    public void At(Instant at, Action act) => queue.Enqueue(act, (Math.Max(at.Micros, Now.Micros), sequence++));

    /// <summary>
    /// Safety phase with faults; then everything heals, and all that was accepted must come to its end.
    /// </summary>
    public void Run()
    {
        Cast.Start();
        Faults.Start();
        var healAt = Now + Options.SafetyPhase;
        RunUntil(healAt, () => false);
        Faults.Heal();
        var isOver = RunUntil(healAt + Cast.LongestWait, () => Cast.AllEnded);
        Laws.Require(isOver, "Every_task_ends", isOver ? "" : Cast.WhatIsOpen());
        // What is on its way may still arrive; then the books are read.
        RunUntil(Now + Duration.Seconds(120), () => false);
        Laws.CheckAtEnd();
    }

    /// <summary>True when the condition was met in time.</summary>
    private bool RunUntil(Instant end, Func<bool> isDone)
    {
        while (queue.TryPeek(out _, out var next) && next.At <= end.Micros)
        {
            Now = new Instant(next.At);
            queue.Dequeue()();
            Laws.Require(++eventCount <= EventsMax, "Queues_keep_their_limits", "the world never comes to rest");
            if ((eventCount & 0x3ff) == 0 && isDone()) return true;
        }
        Now = end;
        return isDone();
    }

    public void Trace(int node, Batch batch)
    {
        unchecked
        {
            trace = (trace ^ (ulong)Now.Micros) * 0x100000001b3;
            trace = (trace ^ (ulong)node) * 0x100000001b3;
            trace = (trace ^ batch.Number) * 0x100000001b3;
            var crc = 0u;
            foreach (var item in batch.Frame.Span) crc = BitOperations.Crc32C(crc, item);
            trace = (trace ^ crc) * 0x100000001b3;
        }
    }
}
