using Stun.Chain.Evm.Contracts;

namespace Stun.Node.Money.Watch;

/// <summary>Something at the contracts that somebody has to act on before its time is over.</summary>
/// <param name="At">Where it began: a later life begins there again.</param>
internal abstract class Matter(ChainPosition at)
{
    private const int DoublingsMax = 7;

    private int failures;

    public ChainPosition At => at;

    /// <summary>By the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long NotBefore { get; private set; } = long.MinValue;

    /// <summary>What has the least time is attended first: hours, not days.</summary>
    public abstract int Urgency { get; }

    public void WaitLonger(TimeSpan pause)
    {
        NotBefore = Environment.TickCount64 + ((long)pause.TotalMilliseconds << failures);
        failures = Math.Min(failures + 1, DoublingsMax);
    }

    public sealed class BatchChallenged(ChainPosition at, ulong number, Court.Challenge challenge) : Matter(at)
    {
        public override int Urgency => 0;

        public ulong Number => number;

        public Court.Challenge Challenge => challenge;

        /// <summary>Lines that this node has added up already.</summary>
        public uint Added { get; set; }
    }

    /// <summary>A batch on the chain whose window runs.</summary>
    /// <param name="seenAt">By the clock of <see cref="Environment.TickCount64"/>.</param>
    public sealed class BatchPosted(ChainPosition at, ulong number, long seenAt) : Matter(at)
    {
        public override int Urgency => 1;

        public ulong Number => number;

        public long SeenAt => seenAt;
    }

    /// <summary>Paid past the book: no batch may pay it again.</summary>
    public sealed class PaidAlone(ChainPosition at, TaskId task) : Matter(at)
    {
        public override int Urgency => 2;

        public TaskId Task => task;
    }

    /// <param name="payableAt">By the chain's clock, in seconds.</param>
    public sealed class Claimed(ChainPosition at, TaskId task, ulong payableAt) : Matter(at)
    {
        public override int Urgency => 3;

        public TaskId Task => task;

        public ulong PayableAt => payableAt;
    }

    /// <summary>Money for just this task was handed in at the contract, and there is a verdict of it.</summary>
    /// <param name="payableAt">By the chain's clock, in seconds; 0 if the next verdict pays at once.</param>
    public sealed class JudgedAlone(ChainPosition at, TaskId task, ulong payableAt) : Matter(at)
    {
        public override int Urgency => 3;

        public TaskId Task => task;

        public ulong PayableAt => payableAt;
    }
}
