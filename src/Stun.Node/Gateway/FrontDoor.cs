using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Stun.Node.Doors.OpenAi;
using Stun.Node.Doors.Tes;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>The API of a node. It translates between HTTP and the gateway's role, and decides nothing.</summary>
public sealed class FrontDoor : IAsyncDisposable
{
    private readonly Gate gate;
    private readonly OpenAiDoor openAi;

    public FrontDoor(DoorPlan plan)
    {
        var audit = new AuditLog(plan.Database);
        var keys = new KeyBook(plan.Database);
        var books = new TaskBooks(plan);
        var registry = new ModelRegistry(plan.Database, plan.Blobs);
        var models = new ModelDesk(registry, plan.Serving);
        gate = new Gate(plan.Doorkeeper, plan.Settings, new RefusalWatch(audit, plan.Clock), plan.Clock);
        var streams = new StreamCount(plan.Settings.StreamsMax);
        openAi = new OpenAiDoor(plan);
        Tes = new TesDoor(plan);
        Routes =
        [
            .. new TaskRoutes(plan, books, models).All(),
            .. new ResultRoutes(plan, books).All(),
            .. new LogRoutes(plan, books, streams).All(),
            .. new MarketRoutes(plan, keys, audit).All(),
            .. new NetworkRoutes(plan).All(),
            .. new OrderRoutes(plan, books, models).All(),
            .. new GovernanceRoutes(plan).All(),
            .. new PolicyRoutes(plan, models).All(),
            .. new AccessRoutes(plan, keys, audit).All(),
            .. new ModelRoutes(plan, registry, models).All(),
            .. new ServiceRoutes(plan, plan.Services, new ServiceDesk(models)).All(),
            .. new BlobRoutes(plan, new BlobLedger(plan.Database)).All(),
            .. new EventRoutes(plan, streams).All(),
            .. new HealthRoutes(plan, () => Document).All(),
            .. openAi.Routes,
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

    public async ValueTask DisposeAsync()
    {
        await Tes.DisposeAsync().ConfigureAwait(false);
        await openAi.DisposeAsync().ConfigureAwait(false);
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
