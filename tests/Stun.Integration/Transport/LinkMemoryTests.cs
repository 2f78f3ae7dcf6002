using Stun.Chain.Evm;
using Stun.Node.Transport;

namespace Stun.Integration.Transport;

/// <summary>Alone, after all others: what they allocate and free in the same process would be counted with it.
/// </summary>
[CollectionDefinition(nameof(LinkMemoryTests), DisableParallelization = true)]
[Collection(nameof(LinkMemoryTests))]
public sealed class LinkMemoryTests
{
    [Fact]
    public async Task A_thousand_idle_links_need_little_memory()
    {
        const int count = 1_000;
        using EvmKey hubKey = EvmKey.Generate(), roleKey = EvmKey.Generate();
        await using var hub = await HubScene.StartAsync(
            hubKey, roleKey, (_, _, _) => true, options => options with { LinksPerRemoteMax = count });
        List<EvmKey> keys = [];
        List<PeerScene> peers = [];
        try
        {
            var heap = Settled();
            var resident = Environment.WorkingSet;
            for (var index = 0; index < count; index++)
            {
                keys.Add(EvmKey.Generate());
                peers.Add(PeerScene.Start(keys[^1], hub.Address));
                if (index % 50 == 49) await Until.LinkedAsync(peers[^1]);
            }
            foreach (var peer in peers) await Until.LinkedAsync(peer);
            Assert.Equal(count, hub.Hub.Peers.Count(peer => peer.IsLinked));
            heap = Settled() - heap;
            resident = Environment.WorkingSet - resident;
            TestContext.Current.SendDiagnosticMessage(
                $"{count} idle links, both sides: heap {heap / count / 1024.0:f1} kB, "
                + $"resident {resident / count / 1024.0:f1} kB each");
            // Both ends live in this process. What the tests before left behind may be freed meanwhile: no lower bound.
            Assert.True(heap / count < 100 << 10, $"A link takes {heap / count} bytes.");
        }
        finally
        {
            await Task.WhenAll(peers.Select(peer => peer.DisposeAsync().AsTask()));
            foreach (var key in keys) key.Dispose();
        }
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
