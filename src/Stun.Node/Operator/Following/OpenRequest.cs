using System.Collections.Concurrent;
using Stun.Chain.Evm;
using Stun.Node.Operator.Wire;

namespace Stun.Node.Operator.Following;

internal enum RequestState : byte
{
    Open,

    /// <summary>The chain says that it is over.</summary>
    Settled,

    /// <summary>The chain says that it was never asked.</summary>
    Retracted,

    /// <summary>It is open, and this node cannot end it.</summary>
    GivenUp,
}

/// <summary>An answer that its consumer did not take: it can be brought once more, until its window is over.</summary>
/// <param name="Kept">What is earned then, or goes back.</param>
/// <param name="Result">keccak-256 of what the consumer was called with.</param>
internal sealed record CallbackRefusal(UInt256 Kept, UInt256 Until, Digest Result);

/// <summary>One request that this node has taken on, and how far it is.</summary>
/// <param name="original">As it was asked.</param>
/// <param name="block">In which it was asked.</param>
internal sealed class OpenRequest(OracleRequest original, ulong block, Digest blockHash)
{
    private readonly HashSet<UInt256> laterEnds = [];

    public OracleRequest Original { get; private set; } = original;

    /// <summary>With the end that it has now.</summary>
    public OracleRequest Request { get; private set; } = original;

    public ulong Block { get; private set; } = block;

    public Digest BlockHash { get; private set; } = blockHash;

    public RequestState State { get; set; } = RequestState.Open;

    /// <summary>In which it was over.</summary>
    public ulong SettledAt { get; set; }

    public ReadOnlyMemory<byte>? Order { get; set; }

    public Reply? Reply { get; set; }

    public string? Reason { get; set; }

    public IReadOnlyCollection<UInt256> LaterEnds => laterEnds;

    /// <summary>The contract's word on how late it may end; null where it has said nothing.</summary>
    public UInt256? LatestEnd { get; set; }

    /// <summary>Its answer was sent to a contract of the first kind, which owes the rest until it is told to pay.
    /// </summary>
    public bool IsRefundDue { get; set; }

    public bool IsRefunding { get; set; }

    public CallbackRefusal? Refusal { get; set; }

    /// <summary>Its own transaction is in a block: the rest is the chain's.</summary>
    public bool IsSent { get; set; }

    /// <summary>Something other than the contract keeps its answer from the chain.</summary>
    public bool IsHindered { get; set; }

    /// <summary>Under way; null where nothing is.</summary>
    public RequestWork? Work { get; set; }

    /// <summary>The keys under which this process has sent something for it.</summary>
    public ConcurrentDictionary<string, bool> Sent { get; } = new(StringComparer.Ordinal);

    public Tending Tending { get; private set; } = new();

    /// <summary>It stands in another block than before, where its end may be another one.</summary>
    public void AskAgain(OracleRequest again, ulong block, Digest blockHash)
    {
        // What was found out for the same question is good for it still.
        if (again.Data != Original.Data || again.Payment != Original.Payment) (Order, Reply) = (null, null);
        laterEnds.Clear();
        (Original, Request, Block, BlockHash) = (again, again, block, blockHash);
        (State, SettledAt, Reason, IsSent) = (RequestState.Open, 0, null, false);
        (LatestEnd, IsRefundDue, Refusal, IsHindered, Tending) = (null, false, null, false, new Tending());
    }

    public void Extend(UInt256 expiration)
    {
        if (laterEnds.Add(expiration)) FindEnd();
    }

    public void TakeBackExtension(UInt256 expiration)
    {
        if (laterEnds.Remove(expiration)) FindEnd();
    }

    /// <summary>The contract only ever moves it further away, so that it does not matter who tells first.</summary>
    private void FindEnd()
    {
        var end = Original.Expiration;
        foreach (var each in laterEnds)
            if (each > end) end = each;
        Request = Original with { Expiration = end };
    }
}

/// <summary>What the upkeep of a request has to remember from one look to the next.</summary>
internal sealed class Tending
{
    /// <summary>Something is being done.</summary>
    public volatile bool IsUnderWay;

    /// <summary>The end that an extension asks for.</summary>
    public UInt256 Reaches { get; set; }

    /// <summary>By this process's clock of ticks.</summary>
    public long AgainAt { get; set; }

    public TimeSpan Pause { get; set; }

    /// <summary>A refused answer was brought once more.</summary>
    public bool IsRetried { get; set; }

    /// <summary>What a person was told last, who need not be told it again.</summary>
    public string Said { get; set; } = "";
}

/// <summary>The work on a request, from its beginning until nobody wants it any more.</summary>
internal sealed class RequestWork(CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    public CancellationToken Stop => source.Token;

    /// <summary>Nobody wants the answer any more; as opposed to a process that ends and goes on later.</summary>
    public bool IsCalledOff { get; private set; }

    public void CallOff()
    {
        IsCalledOff = true;
        source.Cancel();
    }

    public void Dispose() => source.Dispose();
}
