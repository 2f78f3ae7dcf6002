using System.Net.WebSockets;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Gathers calls into requests. As long as fewer requests are under way than allowed, a call leaves at once; while all
/// are, what comes gathers and leaves together. So one call alone never waits for others, and a crowd travels in few
/// requests, without a clock.
/// </summary>
internal sealed class RpcPump : IAsyncDisposable
{
    private readonly EvmRpcOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Queue<RpcCall[]> queue = new();
    private readonly CancellationTokenSource stop = new();
    private int queued;
    private int underWay;
    private long lastId;

    public RpcPump(EvmRpcOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        Endpoints = new EndpointList(
            options, [.. options.Endpoints.Select(each => new Endpoint(Open(each), options.BatchMax))], LookAsync,
            time);
    }

    public EndpointList Endpoints { get; }

    /// <summary>The calls of one group travel in one request and in this order.</summary>
    public void Add(params RpcCall[] group)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
            if (queued + group.Length > options.QueueMax)
                throw new ChainException("chain.overloaded", $"{queued} calls wait for an answer of the chain.",
                    "Ask for less at a time, or give faster endpoints.");
            queue.Enqueue(group);
            queued += group.Length;
            if (underWay >= options.InFlightMax) return;
            underWay++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static pump => _ = pump.DrainAsync(), this, preferLocal: false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate) stop.Cancel();
        foreach (var endpoint in Endpoints.All) await endpoint.Transport.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One exchange with one endpoint, for what belongs to it alone: a subscription, a look at it.</summary>
    public async Task ExchangeAsync(Endpoint endpoint, IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        var firstId = Interlocked.Add(ref lastId, calls.Count) - calls.Count + 1;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancel);
        using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limit, options.Timeout,
            Timeout.InfiniteTimeSpan);
        try
        {
            using var body = await endpoint.Transport
                .ExchangeAsync(new RpcRequest(Write(calls, firstId), firstId, calls.Count), limit.Token)
                .ConfigureAwait(false);
            RpcAnswers.Hand(body.Span, firstId, calls);
        }
        catch (OperationCanceledException late)
        {
            ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
            cancel.ThrowIfCancellationRequested();
            throw new TransportFault($"It did not answer within {options.Timeout.TotalSeconds:0.#} s.", late)
            {
                Late = true,
            };
        }
        catch (Exception gone) when (gone is ObjectDisposedException or WebSocketException)
        {
            throw new TransportFault("The connection was closed.", gone);
        }
    }

    private static ReadOnlyMemory<byte> Write(IReadOnlyList<RpcCall> calls, long firstId)
    {
        var text = new RpcText(calls.Sum(each => each.Fragment.Length + 48));
        if (calls.Count > 1) text.Raw("["u8);
        for (var at = 0; at < calls.Count; at++)
        {
            text.Raw(at == 0 ? "{\"jsonrpc\":\"2.0\",\"id\":"u8 : ",{\"jsonrpc\":\"2.0\",\"id\":"u8)
                .Number(firstId + at).Raw(","u8).Raw(calls[at].Fragment).Raw("}"u8);
        }
        if (calls.Count > 1) text.Raw("]"u8);
        return text.Written;
    }

    private IRpcTransport Open(Uri address) => address.Scheme switch
    {
        "http" or "https" => new HttpTransport(address, options),
        "ws" or "wss" => new WebSocketTransport(address, options),
        _ => throw new ChainException("chain.endpoint-form",
            $"An endpoint cannot be spoken to by '{address.Scheme}'.", "Give an address with http, https, ws or wss."),
    };

    private async Task DrainAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                await CarryAsync(batch).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // Whatever it was, nobody may wait for ever.
                foreach (var call in batch)
                    if (!call.IsAnswered) call.Fail(failure);
            }
        }
    }

    private List<RpcCall>? Take()
    {
        lock (gate)
        {
            if (!queue.TryDequeue(out var group))
            {
                underWay--;
                return null;
            }
            List<RpcCall> batch = [.. group];
            while (queue.TryPeek(out var next) && batch.Count + next.Length <= options.BatchMax)
                batch.AddRange(queue.Dequeue());
            queued -= batch.Count;
            return batch;
        }
    }

    private async Task CarryAsync(List<RpcCall> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            batch.RemoveAll(each => each.IsOver || each.IsAnswered);
            if (batch.Count == 0) return;
            var endpoint = await Endpoints.PickAsync().ConfigureAwait(false);
            if (batch.Count > endpoint.BatchMax)
            {
                foreach (var part in batch.Chunk(endpoint.BatchMax)) await CarryAsync([.. part]).ConfigureAwait(false);
                return;
            }
            var failure = await TryAsync(endpoint, batch).ConfigureAwait(false);
            if (failure is null) return;
            foreach (var call in batch)
                if (!call.IsAnswered && (attempt >= options.AttemptsMax || MustNotRepeat(call, failure)))
                    call.Fail(Unreachable(endpoint, failure));
            // The next endpoint is asked at once; the same one again only after a pause.
            if (attempt >= Endpoints.All.Count) await PauseAsync(attempt).ConfigureAwait(false);
        }
    }

    private async Task<TransportFault?> TryAsync(Endpoint endpoint, List<RpcCall> batch)
    {
        try
        {
            await ExchangeAsync(endpoint, batch, CancellationToken.None).ConfigureAwait(false);
            if (batch.TrueForAll(each => each.IsAnswered || each.IsOver))
            {
                Endpoints.Succeeded(endpoint);
                return null;
            }
            var missing = new TransportFault("It left calls without an answer, or asks us to slow down.");
            Endpoints.Failed(endpoint, Unreachable(endpoint, missing));
            return missing;
        }
        catch (TransportFault fault) when (fault.TooLarge && batch.Count > 1)
        {
            endpoint.BatchMax = Math.Max(1, batch.Count / 2);
            return fault;
        }
        catch (TransportFault fault)
        {
            // An answer that is too long is what was asked for, and the same everywhere.
            if (!fault.TooLarge) Endpoints.Failed(endpoint, Unreachable(endpoint, fault));
            return fault;
        }
    }

    private static bool MustNotRepeat(RpcCall call, TransportFault fault) =>
        (!call.IsIdempotent && fault.MaybeSent) || (call.Method == "eth_getLogs" && (fault.TooLarge || fault.Late));

    private async Task PauseAsync(int attempt)
    {
        var wait = TimeSpan.FromMilliseconds(25 << Math.Min(attempt, 6));
        await Task.Delay(wait, time, stop.Token).ConfigureAwait(false);
    }

    private static ChainException Unreachable(Endpoint endpoint, TransportFault fault) => fault.TooLarge
        ? new ChainException("chain.range-refused", $"The endpoint {endpoint.Name}: {fault.Message}",
            "Ask for less at once.", fault)
        : new ChainException("chain.unreachable", $"The endpoint {endpoint.Name} gave no answer. {fault.Message}",
            "Check that it runs and is reachable, or give a second endpoint.", fault);

    private async Task<(ulong Chain, ulong Head)> LookAsync(Endpoint endpoint)
    {
        var chain = RpcCalls.ChainId(CancellationToken.None);
        var head = RpcCalls.BlockNumber(CancellationToken.None);
        try
        {
            await ExchangeAsync(endpoint, [chain], CancellationToken.None).ConfigureAwait(false);
            await ExchangeAsync(endpoint, [head], CancellationToken.None).ConfigureAwait(false);
            if (!chain.IsAnswered || !head.IsAnswered)
                throw new TransportFault("It asks us to slow down.");
        }
        catch (TransportFault fault)
        {
            throw Unreachable(endpoint, fault);
        }
        catch (ObjectDisposedException)
        {
            throw Unreachable(endpoint, new TransportFault("It is no longer used."));
        }
        return (await chain.Task.ConfigureAwait(false), await head.Task.ConfigureAwait(false));
    }
}
