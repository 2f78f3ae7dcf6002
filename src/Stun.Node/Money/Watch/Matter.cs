using Stun.Chain.Evm.Contracts;

namespace Stun.Node.Money.Watch;

/// <summary>Something at the contracts that somebody has to act on before its time is over.</summary>
/// <param name="Block">Where it began: a later life begins there again.</param>
internal abstract record Matter(ulong Block)
{
    private const int DoublingsMax = 7;

    private int failures;

    /// <summary>By the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long NotBefore { get; private set; } = long.MinValue;

    public void WaitLonger(TimeSpan pause)
    {
        NotBefore = Environment.TickCount64 + ((long)pause.TotalMilliseconds << failures);
        failures = Math.Min(failures + 1, DoublingsMax);
    }

    public void Wait(TimeSpan pause) => NotBefore = Environment.TickCount64 + (long)pause.TotalMilliseconds;

    /// <param name="SeenAt">By the clock of <see cref="Environment.TickCount64"/>.</param>
    /// <param name="AnsweredCount">How often a challenge of it was answered already.</param>
    public sealed record BatchPosted(ulong Block, ulong Number, long SeenAt, int AnsweredCount) : Matter(Block);

    public sealed record BatchChallenged(ulong Block, ulong Number, Court.Challenge Challenge) : Matter(Block)
    {
        /// <summary>Lines that this node has added up already.</summary>
        public uint Added { get; set; }
    }

    public sealed record Claimed(ulong Block, TaskId Task) : Matter(Block);

    /// <summary>Paid past the book: no batch may pay it again.</summary>
    public sealed record PaidAlone(ulong Block, TaskId Task) : Matter(Block);
}
