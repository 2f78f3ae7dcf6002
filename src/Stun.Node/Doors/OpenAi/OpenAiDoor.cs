using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>The door that speaks like OpenAI: its endpoints, and what goes on behind them.</summary>
internal sealed class OpenAiDoor : IAsyncDisposable
{
    private readonly ModelMeter meter;
    private readonly BatchRunner batches;

    public OpenAiDoor(DoorPlan plan)
    {
        var book = new UsageBook(plan.Database);
        meter = new ModelMeter(book, plan.ModelSettings, plan.Clock, plan.Trouble);
        var files = new FileBook(plan.Database, plan.Blobs.Files);
        var open = new BatchBook(plan.Database, plan.Gateway);
        batches = new BatchRunner(plan, open, files, meter);
        var desk = new QuestionDesk(plan, meter, new AnswerCache(plan.ModelSettings, plan.Clock), batches);
        Routes =
        [
            .. new OpenAiRoutes(plan, desk).All(),
            .. new FileRoutes(plan, files).All(),
            .. new BatchRoutes(plan, open, files, batches).All(),
            .. new UsageRoutes(plan, book, meter).All(),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    public async ValueTask DisposeAsync()
    {
        await batches.DisposeAsync().ConfigureAwait(false);
        await meter.DisposeAsync().ConfigureAwait(false);
    }
}
