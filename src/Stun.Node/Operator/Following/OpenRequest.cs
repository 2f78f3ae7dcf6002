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

/// <summary>One request that this node has taken on, and how far it is.</summary>
internal sealed class OpenRequest(OracleRequest request, ulong block)
{
    private readonly Stack<UInt256> earlier = new();

    /// <summary>With the end that it has now.</summary>
    public OracleRequest Request { get; private set; } = request;

    /// <summary>In which it was asked.</summary>
    public ulong Block { get; private set; } = block;

    public RequestState State { get; set; } = RequestState.Open;

    /// <summary>In which it was over.</summary>
    public ulong SettledAt { get; set; }

    public ReadOnlyMemory<byte>? Order { get; set; }

    public Reply? Reply { get; set; }

    public string? Reason { get; set; }

    /// <summary>The contract will not let it end later.</summary>
    public bool IsAtLimit { get; set; }

    /// <summary>Its own transaction is in a block: the rest is the chain's.</summary>
    public bool IsSent { get; set; }

    /// <summary>Under way; null where nothing is.</summary>
    public RequestWork? Work { get; set; }

    /// <summary>It stands in another block than before, where its end may be another one.</summary>
    public void AskAgain(OracleRequest again, ulong block)
    {
        // What was found out for the same question is good for it still.
        if (again.Data != Request.Data || again.Payment != Request.Payment) (Order, Reply) = (null, null);
        earlier.Clear();
        (Request, Block, State, SettledAt, Reason, IsSent) = (again, block, RequestState.Open, 0, null, false);
    }

    public void Extend(UInt256 expiration)
    {
        if (Request.Expiration == expiration) return;
        earlier.Push(Request.Expiration);
        Request = Request with { Expiration = expiration };
    }

    public void TakeBackExtension()
    {
        if (earlier.TryPop(out var expiration)) Request = Request with { Expiration = expiration };
    }
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
