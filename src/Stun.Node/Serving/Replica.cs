using Stun.Node.Gateway;

namespace Stun.Node.Serving;

public enum ReplicaState : byte
{
    /// <summary>Ordered, or not reached now: it gets no calls.</summary>
    Starting,
    Ready,

    /// <summary>It answers what it has begun, and gets nothing new.</summary>
    Draining,

    /// <summary>It was told to end.</summary>
    Ending,
}

/// <summary>One replica of a service, as the gateway sees it: an order, and a way to it while it runs.</summary>
internal sealed class Replica : IDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10),
        IdleConnection = TimeSpan.FromSeconds(30);

    private const int HeaderKilobytesMax = 32;

    public Replica(OrderedReplica ordered, ReplicaBoard board, int inFlightMax, Instant now)
    {
        (Ordered, StateSince, OrderedAt, BooksAt) = (ordered, now, now, now);
        Http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => board.Find(ordered.Task) is { } way
                ? await way.ConnectAsync(cancel).ConfigureAwait(false)
                : throw new IOException($"There is no way to replica {ordered.Task} now."),
            ConnectTimeout = ConnectWithin,
            PooledConnectionIdleTimeout = IdleConnection,
            // Its calls, and somebody who looks how it is.
            MaxConnectionsPerServer = inFlightMax + 2,
            MaxResponseHeadersLength = HeaderKilobytesMax,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        });
    }

    public OrderedReplica Ordered { get; }

    public TaskId Task => Ordered.Task;

    public TaskFollow? Follow { get; set; }

    public HttpMessageInvoker Http { get; }

    public ReplicaState State { get; private set; }

    public Instant StateSince { get; private set; }

    public Instant OrderedAt { get; init; }

    public Duration Life => Ordered.Order.Order.RunTimeMax;

    public bool WasEverReady { get; private set; }

    /// <summary>Owned by the <see cref="SeatTable"/>.</summary>
    public int InFlight { get; set; }

    /// <summary>Another is to take its place.</summary>
    public bool IsRetiring { get; set; }

    public int FailedLooks { get; set; }

    /// <summary>It was given up: it is cancelled until somebody has heard of it.</summary>
    public bool IsGivenUp { get; set; }

    public CallRecord Calls { get; } = new();

    public Instant LookedAt { get; set; }

    public Instant BooksAt { get; set; }

    public Task<bool>? Looking { get; set; }

    public void Enter(ReplicaState state, Instant now)
    {
        if (state == State) return;
        (State, StateSince, FailedLooks) = (state, now, 0);
        if (state == ReplicaState.Ready) WasEverReady = true;
    }

    /// <summary>What still runs over it breaks.</summary>
    public void Dispose() => Http.Dispose();
}
