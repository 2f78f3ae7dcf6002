using Stun.Node.Serving;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>What a configuration says of models.</summary>
internal static class ConfiguredModels
{
    public static ModelDoorSettings Read(SettingSet settings, ConfiguredPaths paths) => new()
    {
        Outside = [.. Each(settings, "models.outside").Select(each => OutsideOf(settings, paths, each))],
        PerKey = QuotaOf(settings, "models.per-key"),
        PerAccount = QuotaOf(settings, "models.per-account"),
        Accounts =
        [
            .. Each(settings, "models.accounts").Select(each =>
                new AccountQuota(settings.Get<Address>($"{each}.address"), QuotaOf(settings, each))),
        ],
        CacheBytesMax = settings.Get<ulong>("models.cache-bytes"),
        CachedFor = settings.Get<Duration>("models.cached-for"),
        BatchAtOnce = (uint)settings.Get<ulong>("models.batch-at-once"),
        FileBytesMax = (long)Math.Min(settings.Get<ulong>("models.file-bytes"), long.MaxValue),
    };

    public static IEnumerable<string> Each(SettingSet settings, string list) =>
        Enumerable.Range(0, settings.CountOf(list)).Select(index => $"{list}.{index}");

    private static ModelQuota QuotaOf(SettingSet settings, string path) => new(
        (uint?)settings.Maybe<ulong>($"{path}.requests-per-minute"),
        (uint?)settings.Maybe<ulong>($"{path}.tokens-per-minute"),
        settings.Maybe<Amount>($"{path}.spend-per-day"));

    private static OutsideSettings OutsideOf(SettingSet settings, ConfiguredPaths paths, string each) => new(
        settings.Get<string>($"{each}.name"),
        settings.Get<string>($"{each}.url"),
        paths.ExistingFile($"{each}.key-file"),
        settings.Find($"{each}.key-variable")?.Value as string,
        settings.List<OutsideModel>($"{each}.models"),
        new TokenPrices(
            settings.Get<Amount>($"{each}.price-per-request"),
            settings.Get<Amount>($"{each}.price-per-million-in"),
            settings.Get<Amount>($"{each}.price-per-million-out")),
        settings.List<Address>($"{each}.accounts"),
        settings.Get<Duration>($"{each}.within"),
        (uint)settings.Get<ulong>($"{each}.at-once"),
        settings.List<string>($"{each}.paths"),
        settings.Get<bool>($"{each}.tells-usage"));
}
