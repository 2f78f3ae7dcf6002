using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What was used of models, by hour, key, model and provider.</summary>
internal sealed class UsageRoutes(DoorPlan plan, UsageBook book, ModelMeter meter)
{
    private static readonly Duration Usual = Duration.Seconds(7 * 86_400);

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/usage", "getModelUsage", "What an account has used of models, the latest hour first.", ListAsync)
        {
            Right = Right.AccountsRead,
            Parameters =
            [
                ApiParameter.Query("account", "string", "Whose; the caller's if left out."),
                ApiParameter.Query("since", "string", "From this hour on; 7 days if left out."),
                ApiParameter.Query("until", "string", "Before this hour; now if left out."),
                ApiParameter.Query("limit", "integer", "At most so many rows (1 to 10000)."),
            ],
            Answers = [ApiAnswer.Of<ModelUsageView>(200, "Rows, and what they are together.")],
            Refusals = ["account.unknown", "request.invalid"],
        },
    ];

    private Task ListAsync(ApiCall call)
    {
        var account = call.AddressOf("account") ?? call.Who.Account;
        if (!call.Who.Sees(account))
            throw new ApiException("account.unknown", "This key sees only its own account.");
        var until = call.Time("until") ?? WallTime.Now(plan.Clock);
        var since = call.Time("since") ?? new Instant(until.Micros - Usual.Micros);
        if (since > until) throw ApiCall.Bad("since", "is later than until");
        meter.Flush();
        var rows = book.List(account, UsagePlace.HourOf(since), until, (int)call.Number("limit", 1_000, 1, 10_000));
        var sum = rows.Aggregate(UsageSum.Nothing, (all, row) => all + row.Sum);
        return call.AnswerAsync(
            new ModelUsageView(account.ToString(), ModelUsageSumView.Of(sum), [.. rows.Select(ModelUsageRowView.Of)]),
            ApiJson.Default.ModelUsageView);
    }
}
