using Stun.Node.Doors.OpenAi;

namespace Stun.Node.Gateway;

/// <summary>What an account has used of models.</summary>
public sealed record ModelUsageView(string Account, ModelUsageSumView Sum, IReadOnlyList<ModelUsageRowView> Rows);

/// <param name="Counted">Of the tokens, those that this node has estimated.</param>
/// <param name="Charged">In the smallest unit.</param>
public sealed record ModelUsageSumView(
    long Requests, long Failed, long Cached, long TokensIn, long TokensOut, long Counted, string Charged)
{
    public static ModelUsageSumView Of(UsageSum sum) => new(
        sum.Requests, sum.Failed, sum.Cached, sum.TokensIn, sum.TokensOut, sum.Counted, sum.Charged.ToString());
}

/// <param name="Key">The id of the API key.</param>
/// <param name="Provider">Left out where nobody answered, or what was kept did.</param>
public sealed record ModelUsageRowView(
    DateTimeOffset Hour, string Key, string Model, string? Provider, ModelUsageSumView Sum)
{
    public static ModelUsageRowView Of(UsageRow row) => new(
        WallTime.Time(row.Hour), row.KeyId, row.Model, row.Provider.Length == 0 ? null : row.Provider,
        ModelUsageSumView.Of(row.Sum));
}
