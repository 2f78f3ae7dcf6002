using Stun.Engine.Reputation;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>How the network is doing, and who sells in it.</summary>
internal sealed class NetworkRoutes
{
    private const int RunningShown = 200;
    private readonly DoorPlan plan;
    private readonly StatisticsDesk statistics;
    private readonly ProviderQueries providers;
    private readonly ProviderBook book;
    private readonly ReadModelQueries queries;
    private readonly CapabilityDesk capabilities;

    public NetworkRoutes(DoorPlan plan)
    {
        this.plan = plan;
        statistics = new StatisticsDesk(
            new StatisticsQueries(plan.Database), plan.Chain is not null, () => plan.Process.Pump.Now);
        providers = new ProviderQueries(plan.Database);
        queries = new ReadModelQueries(plan.Database);
        capabilities = new CapabilityDesk(plan.Blobs);
        book = new ProviderBook(providers, plan.Terms, () => plan.Process.Pump.Now);
    }

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/statistics", "getStatistics",
            "What the network does: tasks, waits, verdicts, cheats that were caught, money and providers.",
            StatisticsAsync)
        {
            Parameters = [ApiParameter.Query("window", "string", "1h, 6h, 24h, 7d or 30d; 1h if left out.")],
            Answers = [ApiAnswer.Of<StatisticsView>(200, "The figures of the window.")],
            Refusals = ["request.invalid"],
        },
        new("GET", "/v1/providers", "listProviders", "Who offers, or has offered, something here.", ListAsync)
        {
            Right = Right.MarketRead,
            Parameters =
            [
                ApiParameter.Query("sort", "string", "reputation, earned, stake, tasks, running, online, price or "
                    + "address; reputation if left out."),
                ApiParameter.Query("online", "boolean", "Only those that are there, or only those that are not."),
                ApiParameter.Query("region", "string", "Only with an offer in this region."),
                ApiParameter.Query("limit", "integer", "At most so many (1 to 200)."),
                ApiParameter.Query("cursor", "string", "From where the last page ended."),
            ],
            Answers = [ApiAnswer.Of<ProviderPage>(200, "A page of providers.")],
            Refusals = ["request.invalid"],
        },
        new("GET", "/v1/providers/{address}", "getProvider",
            "One provider: its offers, what the network measured of its work, what its machine measured of itself, "
            + "what moved its reputation, what it earns and refuses. What it runs now is for itself and for who sees "
            + "everything.", FindAsync)
        {
            Right = Right.MarketRead,
            Parameters =
            [
                ApiParameter.Path("address", "0x and 40 hexadecimal digits."),
                ApiParameter.Query("window", "string", "Of the earnings: 7d by hours or 90d by days; 7d if left out."),
            ],
            Answers = [ApiAnswer.Of<ProviderDetailView>(200, "All that is known of it.")],
            Refusals = ["provider.unknown", "request.invalid"],
        },
    ];

    private Task StatisticsAsync(ApiCall call)
    {
        var view = statistics.Find(call.Query("window") ?? "1h")
            ?? throw ApiCall.Bad("window", $"must be one of {StatisticsDesk.Names}");
        return call.AnswerAsync(view, ApiJson.Default.StatisticsView);
    }

    private Task ListAsync(ApiCall call)
    {
        var online = call.Query("online") is null ? (bool?)null : call.Flag("online");
        var region = call.Query("region");
        var (order, cursor) = (call.Query("sort") ?? "reputation", call.Query("cursor"));
        var limit = (int)call.Number("limit", 50, 1, ReadModelQueries.LimitMax);
        var page = book.Find(order, IsWanted, cursor, limit) ?? throw (cursor is null
            ? ApiCall.Bad("sort", $"must be one of {ProviderBook.OrderNames}")
            : ApiCall.Bad("cursor", "is not where a page of this order ended"));
        return call.AnswerAsync(page, ApiJson.Default.ProviderPage);

        bool IsWanted(ProviderView view) => (online is null || view.Online == online)
            && (region is null || view.Regions.Contains(region));
    }

    private async Task FindAsync(ApiCall call)
    {
        var address = call.AddressPart("address");
        var (step, days) = (call.Query("window") ?? "7d") switch
        {
            "7d" => (ProviderRows.Hour, 7),
            "90d" => (ProviderRows.Day, 90),
            _ => throw ApiCall.Bad("window", "must be one of 7d, 90d"),
        };
        var found = providers.Find(address)
            ?? throw new ApiException("provider.unknown", $"{address} has never offered anything here.");
        var now = plan.Process.Pump.Now;
        var from = (now.Micros / 1_000_000) - (days * ProviderRows.Day);
        var offers = queries.ListOffers(new OfferFilter(address, Limit: ReadModelQueries.LimitMax)).Items;
        var view = new ProviderDetailView(
            book.ViewOf(found), ReputationBook.NewcomerPpm,
            [.. providers.Moves(address).Select(MoveView.Of)], [.. offers.Select(OfferView.Of)],
            WorkRecordView.Of(found, providers.Work(address), now),
            await capabilities.FindAsync(address, providers.Capability(address), call.Cancel).ConfigureAwait(false),
            call.Who.Sees(address) ? RunningOf(address) : null, step,
            [.. providers.Earnings(address, step, from).Select(earning => new EarningView(
                DateTimeOffset.FromUnixTimeSeconds(earning.At), earning.Earned.ToString(), earning.PayoutCount))],
            [.. providers.Refusals(address).Select(refusal => new ProviderRefusalView(
                refusal.Reason, refusal.Count, WallTime.Time(refusal.LastAt)))]);
        await call.AnswerAsync(view, ApiJson.Default.ProviderDetailView).ConfigureAwait(false);
    }

    private List<RunningView> RunningOf(Address provider) =>
        [.. providers.Running(provider, RunningShown).Select(run => new RunningView(
            run.Task.ToString(), run.Attempt.ToString(), WallTime.Time(run.Since), run.PriceCap.ToString()))];
}
