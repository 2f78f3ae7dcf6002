using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Stun.Node.Doors.Tes;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>The API of a node. It translates between HTTP and the gateway's role, and decides nothing.</summary>
public sealed class FrontDoor
{
    private readonly Gate gate;

    public FrontDoor(DoorPlan plan)
    {
        var audit = new AuditLog(plan.Database);
        var keys = new KeyBook(plan.Database);
        var books = new TaskBooks(plan);
        gate = new Gate(plan.Doorkeeper, plan.Settings, new RefusalWatch(audit, plan.Clock), plan.Clock);
        var streams = new StreamCount(plan.Settings.StreamsMax);
        Tes = new TesDoor(plan);
        Routes =
        [
            .. new TaskRoutes(plan, books).All(),
            .. new ResultRoutes(plan, books).All(),
            .. new LogRoutes(plan, books, streams).All(),
            .. new MarketRoutes(plan, keys, audit).All(),
            .. new AccessRoutes(plan, keys, audit).All(),
            .. new BlobRoutes(plan, new BlobLedger(plan.Database)).All(),
            .. new EventRoutes(plan, streams).All(),
            .. new HealthRoutes(plan, () => Document).All(),
            .. Tes.All(),
        ];
        Document = ApiDocument.Write([.. Routes.Where(route => route.Form is null)]);
    }

    public TesDoor Tes { get; }

    public IReadOnlyList<ApiRoute> Routes { get; }

    /// <summary>The OpenAPI document of these very routes.</summary>
    public string Document { get; private set; } = "";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in Routes)
            routes.MapMethods(route.Path, [route.Method], gate.Wrap(route));
    }
}

/// <summary>How many long answers are under way.</summary>
internal sealed class StreamCount(int most)
{
    private int count;

    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref count) <= most) return new Place(this);
        Interlocked.Decrement(ref count);
        throw new ApiException("node.busy", "It serves as many streams as it can.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
    }

    private sealed class Place(StreamCount owner) : IDisposable
    {
        private int isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isLeft, 1) == 0) Interlocked.Decrement(ref owner.count);
        }
    }
}
