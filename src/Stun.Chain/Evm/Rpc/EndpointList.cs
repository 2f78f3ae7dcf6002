namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// Which endpoint is asked: the first in order that is well, of the right chain and not behind. One that failed is
/// left for a time that doubles with each failure; one that was refused is looked at again with the next inspection.
/// </summary>
internal sealed class EndpointList(
    EvmRpcOptions options, IReadOnlyList<Endpoint> endpoints, Func<Endpoint, Task<(ulong Chain, ulong Head)>> look,
    TimeProvider time)
{
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private ulong bestHead;

    public IReadOnlyList<Endpoint> All => endpoints;

    /// <summary>Throws the reason of the first endpoint where none can be asked.</summary>
    public async ValueTask<Endpoint> PickAsync()
    {
        foreach (var endpoint in endpoints)
        {
            if (IsLeft(endpoint)) continue;
            var inspection = Inspect(endpoint);
            if (inspection is not null) await inspection.ConfigureAwait(false);
            if (!IsLeft(endpoint)) return endpoint;
        }
        // All are left. A sick one may have come back; one of another chain has not.
        var sick = SickFor();
        if (sick is { IsInspected: true }) return sick;
        if (sick is not null && Inspect(sick) is { } look)
        {
            await look.ConfigureAwait(false);
            if (!IsLeft(sick)) return sick;
        }
        lock (gate) throw (sick ?? endpoints[0]).Reason!;
    }

    public void Succeeded(Endpoint endpoint)
    {
        if (endpoint.FailureCount == 0 && !endpoint.IsLeft) return;
        lock (gate)
        {
            endpoint.FailureCount = 0;
            endpoint.IsLeft = false;
            endpoint.Reason = null;
        }
    }

    public void Failed(Endpoint endpoint, ChainException reason)
    {
        lock (gate)
        {
            endpoint.FailureCount++;
            var doubled = options.SickTime * Math.Pow(2, Math.Min(endpoint.FailureCount - 1, 10));
            Leave(endpoint, doubled < options.SickTimeMax ? doubled : options.SickTimeMax, reason);
        }
    }

    /// <summary>
    /// Whoever is far behind the best shows itself, be it that its own head came before the best one. Heads of another
    /// round say nothing: a chain goes on between two of them.
    /// </summary>
    private void CompareHeads(Endpoint endpoint, ulong head)
    {
        endpoint.Head = head;
        bestHead = Math.Max(bestHead, head);
        foreach (var each in endpoints)
        {
            if (!each.IsInspected || each.IsLeft || bestHead - Math.Min(each.Head, bestHead) <= options.LagBlocksMax
                || time.GetElapsedTime(each.InspectedAt) > RoundTime) continue;
            Leave(each, options.InspectEvery, new ChainException("chain.lagging",
                $"The endpoint {each.Name} is at block {each.Head}, and others are at {bestHead}.",
                "Wait until it has caught up, or remove it from the list."));
        }
    }

    private void Leave(Endpoint endpoint, TimeSpan wait, ChainException reason) =>
        endpoint.Left(time.GetTimestamp(), wait, reason);

    /// <summary>
    /// The sick endpoint that was left first. Where there is no other to go to, it is not waited for as long as it is
    /// sick, but looked at again soon: else an outage would last twice.
    /// </summary>
    private Endpoint? SickFor()
    {
        lock (gate)
        {
            var sick = endpoints
                .Where(each => each.Reason is null or { Code: "chain.unreachable" or "chain.rate-limited" })
                .MinBy(each => each.LeftAt);
            if (sick is { IsInspected: false } && time.GetElapsedTime(sick.LeftAt) >= options.SickTime) Trust(sick);
            return sick;
        }
    }

    /// <summary>Looked at anew before it is asked.</summary>
    private static void Trust(Endpoint endpoint)
    {
        endpoint.IsLeft = false;
        endpoint.IsInspected = false;
        endpoint.Inspection = null;
    }

    private bool IsLeft(Endpoint endpoint)
    {
        if (!endpoint.IsLeft) return false;
        lock (gate)
        {
            if (!endpoint.IsLeft || time.GetElapsedTime(endpoint.LeftAt) < endpoint.LeftFor) return endpoint.IsLeft;
            // Its time is over: it is looked at anew before it is trusted.
            Trust(endpoint);
            return false;
        }
    }

    /// <summary>What must be waited for; null where the endpoint is known, be it that it is looked at again.</summary>
    private Task? Inspect(Endpoint endpoint)
    {
        if (endpoint.IsInspected && time.GetElapsedTime(endpoint.InspectedAt) < options.InspectEvery) return null;
        lock (gate)
        {
            // All are looked at together, so that a head can be compared.
            foreach (var each in endpoints)
                if (!each.IsLeft && each.Inspection is not { IsCompleted: false }
                    && (!each.IsInspected || time.GetElapsedTime(each.InspectedAt) >= options.InspectEvery))
                    each.Inspection = Task.Run(() => LookAsync(each));
            return endpoint.IsInspected ? null : endpoint.Inspection;
        }
    }

    private async Task LookAsync(Endpoint endpoint)
    {
        try
        {
            var (chain, head) = await look(endpoint).ConfigureAwait(false);
            lock (gate)
            {
                endpoint.IsInspected = true;
                endpoint.InspectedAt = time.GetTimestamp();
                if (chain == options.ChainId) CompareHeads(endpoint, head);
                else
                    Leave(endpoint, options.InspectEvery, new ChainException("chain.wrong-id",
                        $"The endpoint {endpoint.Name} is of chain {chain}, and {options.ChainId} is expected.",
                        "Correct the address of the endpoint, or the network."));
            }
        }
        catch (ChainException failure)
        {
            Failed(endpoint, failure);
        }
    }
}
