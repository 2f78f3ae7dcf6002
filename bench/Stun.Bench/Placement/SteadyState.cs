using Stun.Engine.Placement;

namespace Stun.Bench.Placement;

/// <summary>
/// A market held at one occupancy: each placed request is reserved, and the oldest leases, a little out of order, are
/// given back until the occupancy is what it was. GPUs and the processors of machines without GPU are each held at it.
/// </summary>
internal sealed class SteadyState
{
    private readonly BenchMarket market;
    private readonly IPlacer placer;
    private readonly PlacementRequest[] requests;
    private readonly Prng prng = new(4711);
    private readonly Pool gpus = new();
    private readonly Pool processors = new();
    private int next;

    /// <summary>
    /// Leases by age. Drawn from the oldest few and not from all: the harness would else pay for memory that it alone
    /// touches, and the offers come in no order either way.
    /// </summary>
    private sealed class Pool
    {
        private const int OldestFew = 256;

        private readonly List<(Address Provider, OfferId Offer, Resources Resources)> leases = [];
        private int head;

        public void Add(Address provider, OfferId offer, Resources resources) =>
            leases.Add((provider, offer, resources));

        public (Address Provider, OfferId Offer, Resources Resources) TakeOld(Prng prng)
        {
            var which = head + prng.Below(Math.Min(OldestFew, leases.Count - head));
            var taken = leases[which];
            leases[which] = leases[head++];
            if (head > leases.Count / 2)
            {
                leases.RemoveRange(0, head);
                head = 0;
            }
            return taken;
        }

        public long Taken { get; set; }
        public long Target { get; set; }
    }

    public SteadyState(BenchMarket market, IPlacer placer, int percent)
        : this(market, market.Requests, placer, percent)
    {
    }

    public SteadyState(BenchMarket market, PlacementRequest[] requests, IPlacer placer, int percent)
    {
        (this.market, this.requests, this.placer) = (market, requests, placer);
        gpus.Target = market.Offers.Sum(each => (long)each.Offer.Hardware.GpuCount) * percent / 100;
        processors.Target = market.Offers.Where(each => each.Offer.Hardware.GpuCount == 0)
            .Sum(each => (long)each.Offer.Hardware.CpuMillis) * percent / 100;
        Fill();
    }

    public ulong Checksum { get; private set; } = 14695981039346656037;

    public int Placed { get; private set; }

    public int Decided { get; private set; }

    /// <summary>
    /// Decides this many requests, with all that follows from each, and tells the processor time of it.
    /// </summary>
    public long Run(int decisions)
    {
        var began = ThreadClock.Nanoseconds();
        for (var count = 0; count < decisions; count++) Decide();
        return ThreadClock.Nanoseconds() - began;
    }

    /// <summary>
    /// The market's requests once more, so mixed that four of five are such as found a place in this state and one is
    /// such as found none. In a small market more requests find nothing, and to find nothing costs little: without
    /// this a growing market would be charged for serving more.
    /// </summary>
    public PlacementRequest[] WithFourOfFivePlaced()
    {
        List<PlacementRequest> placed = [];
        List<PlacementRequest> refused = [];
        foreach (var request in requests)
        {
            var before = Placed;
            Decide();
            (Placed > before ? placed : refused).Add(request);
        }
        var mixed = new PlacementRequest[requests.Length];
        for (var index = 0; index < mixed.Length; index++)
        {
            mixed[index] = index % 5 == 4
                ? refused[index / 5 % refused.Count] : placed[(index - (index / 5)) % placed.Count];
        }
        return mixed;
    }

    private void Decide()
    {
        var request = requests[next++ % requests.Length];
        var candidates = placer.Plan(request);
        Decided++;
        for (var index = 0; index < candidates.Count; index++)
            Add((ulong)candidates[index].Score, candidates[index].Offer.Value);
        if (candidates.Count == 0) return;
        Placed++;
        for (var index = 0; index < request.Needed; index++)
            Take(candidates[index].Provider, candidates[index].Offer, request.Resources);
        var pool = PoolOf(request.Resources);
        while (pool.Taken > pool.Target) GiveBack(pool);
    }

    private void Add(ulong score, ulong offer) =>
        Checksum = unchecked((((Checksum ^ score) * 1099511628211) ^ offer) * 1099511628211);

    private Pool PoolOf(Resources resources) => resources.GpuCount > 0 ? gpus : processors;

    private void Take(Address provider, OfferId offer, Resources resources)
    {
        placer.Reserve(provider, offer, resources);
        var pool = PoolOf(resources);
        pool.Add(provider, offer, resources);
        pool.Taken += resources.GpuCount > 0 ? resources.GpuCount : resources.CpuMillis;
    }

    private void GiveBack(Pool pool)
    {
        var (provider, offer, resources) = pool.TakeOld(prng);
        placer.Release(provider, offer, resources);
        pool.Taken -= resources.GpuCount > 0 ? resources.GpuCount : resources.CpuMillis;
    }

    /// <summary>
    /// Machines in random order, each filled up lease by lease, until there is as much taken as there shall be.
    /// </summary>
    private void Fill()
    {
        var order = Enumerable.Range(0, market.Offers.Length).ToArray();
        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = prng.Below(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }
        foreach (var index in order)
        {
            var (offer, has) = (market.Offers[index].Offer, market.Offers[index].Offer.Hardware);
            var parts = has.GpuCount > 0 ? (uint)has.GpuCount : 4;
            var part = new Resources(
                (ushort)(has.GpuCount / parts), GpuModel.Any, 0, 0, has.CpuMillis / parts,
                has.MemoryMiB / parts * 7 / 8, has.DiskMiB / parts / 4, [], 1);
            var pool = PoolOf(part);
            for (var taken = 0; taken < parts && pool.Taken < pool.Target; taken++)
                Take(offer.Provider, offer.Id, part);
        }
    }
}
