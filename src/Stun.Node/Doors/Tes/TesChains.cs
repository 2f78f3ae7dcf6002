using System.Collections.Concurrent;
using Stun.Node.Hosting;

namespace Stun.Node.Doors.Tes;

/// <summary>All tasks of this door that are under way.</summary>
internal sealed class TesChains(TesGround ground, Action<Exception> trouble)
{
    private readonly ConcurrentDictionary<string, TesChain> chains = new(StringComparer.Ordinal);
    private readonly RunningWork work = new(trouble);

    public int Count => chains.Count;

    /// <summary>What an earlier life has left unfinished.</summary>
    public void Resume()
    {
        foreach (var (id, owner) in ground.Book.Open(ground.Plan.Gateway)) Start(id, owner);
    }

    public int CountOf(Address owner) => chains.Values.Count(chain => chain.Owner == owner);

    public void Start(string id, Address owner)
    {
        var chain = new TesChain(ground, id, owner);
        if (chains.TryAdd(id, chain)) work.Add(RunAsync(id, chain));
    }

    public void CallOff(string id)
    {
        if (chains.TryGetValue(id, out var chain)) chain.CallOff();
    }

    public Task FinishAsync() => work.FinishAsync();

    private async Task RunAsync(string id, TesChain chain)
    {
        try
        {
            await chain.RunAsync(work.Stopping).ConfigureAwait(false);
        }
        finally
        {
            chains.TryRemove(id, out _);
        }
    }
}
