using Stun.Engine.Reputation;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// The list of providers, sorted by what people ask for. It is read once a moment and sorted here: thousands of rows
/// whose figures change all the time, and of which the databases cannot sort scores that fade.
/// </summary>
internal sealed class ProviderBook(ProviderQueries queries, NetworkTerms terms, Func<Instant> now)
{
    private static readonly Duration SameFor = Duration.Seconds(1);

    /// <summary>Text that sorts as the list is to be sorted: what is most comes first.</summary>
    private static readonly Dictionary<string, Func<ProviderView, string>> Orders = new()
    {
        ["reputation"] = provider => Falling(provider.ReputationPpm),
        ["earned"] = provider => Falling(UInt128.Parse(provider.Earned)),
        ["stake"] = provider => Falling(UInt128.Parse(provider.Stake)),
        ["tasks"] = provider => Falling((ulong)Math.Max(0, provider.Finished)),
        ["running"] = provider => Falling((ulong)Math.Max(0, provider.Running)),
        ["online"] = provider => (provider.Online ? "0" : "1") + Falling(provider.ReputationPpm),
        ["price"] = provider => provider.PriceMin is { } price ? Rising(UInt128.Parse(price)) : "9",
        ["address"] = _ => "",
    };

    private readonly Lock gate = new();
    private (Instant At, IReadOnlyList<ProviderView> Views)? last;

    public static string OrderNames => string.Join(", ", Orders.Keys);

    /// <summary>Null for an order that there is not, or a cursor of another.</summary>
    public ProviderPage? Find(string order, Func<ProviderView, bool> isWanted, string? cursor, int limit)
    {
        if (!Orders.TryGetValue(order, out var keyOf)) return null;
        var all = All().Where(isWanted).Select(view => (Key: $"{keyOf(view)}.{view.Address}", View: view))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        if (cursor is not null && !cursor.Contains('.', StringComparison.Ordinal)) return null;
        var rest = cursor is null ? all
            : all.FindAll(entry => string.CompareOrdinal(entry.Key, cursor) > 0);
        return new ProviderPage(
            [.. rest.Take(limit).Select(entry => entry.View)],
            rest.Count > limit ? rest[limit - 1].Key : null, all.Count);
    }

    public ProviderView ViewOf(StoredProvider provider) => ViewOf(provider, new ReputationBook(terms), now());

    private IReadOnlyList<ProviderView> All()
    {
        lock (gate)
        {
            var at = now();
            if (last is { } known && at - known.At < SameFor && at >= known.At) return known.Views;
            var book = new ReputationBook(terms);
            List<ProviderView> views = [.. queries.All().Values.Select(provider => ViewOf(provider, book, at))];
            last = (at, views);
            return views;
        }
    }

    private static ProviderView ViewOf(StoredProvider provider, ReputationBook book, Instant at)
    {
        if (provider.Record is { } record) book.Restore(provider.Address, record);
        return ProviderView.Of(provider, book.ScoreAt(provider.Address, at));
    }

    private static string Rising(UInt128 value) => value.ToString("d39");

    private static string Falling(UInt128 value) => (UInt128.MaxValue - value).ToString("d39");
}
