using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>The door that speaks like OpenAI: its endpoints, and what goes on behind them.</summary>
internal sealed class OpenAiDoor : IAsyncDisposable
{
    private readonly ModelMeter meter;

    public OpenAiDoor(DoorPlan plan)
    {
        var book = new UsageBook(plan.Database);
        meter = new ModelMeter(book, plan.ModelSettings, plan.Clock);
        var desk = new ModelDesk(plan, meter, new AnswerCache(plan.ModelSettings, plan.Clock));
        Routes = [.. new OpenAiRoutes(plan, desk).All(), .. new UsageRoutes(plan, book, meter).All()];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    public ValueTask DisposeAsync() => meter.DisposeAsync();
}
