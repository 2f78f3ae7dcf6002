using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>The keys below <c>models</c>: what the door for models offers, to whom, and how much of it.</summary>
internal static class ModelKeys
{
    private const string AnAddress = "0x8ba1f109551bd432803012645ac136ddd64dba72";
    private const string TokensMax = "4_000_000_000";

    private static readonly SettingForm Named = new SettingForm<OutsideModel>(
        "name of a model", "a name of at most 200 letters, digits and signs . _ / : - @, or NAME=NAME-OUTSIDE",
        ReadModel, model => model.Id == model.Outside ? model.Id : $"{model.Id}={model.Outside}");

    private static readonly SettingForm Name = new SettingForm<string>(
        "name", "1 to 64 small letters, digits and dashes",
        text => text.Length is >= 1 and <= 64 && text.All(sign => char.IsAsciiLetterLower(sign)
            || char.IsAsciiDigit(sign) || sign == '-') ? text : null,
        text => text);

    public static IEnumerable<SettingKey> All => [.. Outside, .. Quotas, .. Limits];

    private static IEnumerable<SettingKey> Outside =>
    [
        new("models.outside.#.name", Name, "", "Of a provider outside of the network, as callers are told.", "cluster")
        {
            IsRequired = true,
        },
        new("models.outside.#.url", Forms.HttpUrl, "", "Below which /chat/completions is.",
            "https://models.example/v1")
        {
            IsRequired = true,
        },
        new("models.outside.#.key-file", Forms.Text, "", "A file with the key; it goes nowhere but there.",
            "secrets/models"),
        new("models.outside.#.key-variable", Forms.Text, "", "Or the variable with it.", "MODELS_KEY"),
        new("models.outside.#.models", Named, "",
            "What it is asked for, with the name that it has outside where that is another.",
            "llama-8b=meta-llama/Llama-3.1-8B-Instruct")
        {
            IsList = true,
            IsRequired = true,
            IsNeverEmpty = true,
        },
        new("models.outside.#.price-per-request", Forms.Amount, "0", "What its use costs, in the smallest unit.", "10"),
        new("models.outside.#.price-per-million-in", Forms.Amount, "0", "Of a million tokens of questions.",
            "150_000"),
        new("models.outside.#.price-per-million-out", Forms.Amount, "0", "Of a million tokens of answers.", "600_000"),
        new("models.outside.#.accounts", Forms.Address, "[]", "Who may use it. Left out: everybody with a key.",
            AnAddress)
        {
            IsList = true,
            IsSet = true,
        },
        new("models.outside.#.within", Forms.TimeBetween(Duration.Seconds(1), Duration.Seconds(3_600)), "2min",
            "For the first byte of an answer, and for each pause in it.", "1min"),
        new("models.outside.#.at-once", Forms.Number(1, 100_000), "256", "Questions that it is asked at the same time.",
            "64"),
        new("models.outside.#.paths", Forms.OneOf("chat", "completions", "embeddings", "responses"),
            "chat, completions, embeddings",
            "What it answers itself. Without 'responses' this node makes a chat of such a question.", "chat")
        {
            IsList = true,
            IsSet = true,
            IsNeverEmpty = true,
        },
        new("models.outside.#.tells-usage", Forms.Bool, "true",
            "Whether it knows stream_options.include_usage. If not, the tokens of streams are counted here.", "false"),
    ];

    private static IEnumerable<SettingKey> Quotas =>
    [
        .. Quota("models.per-key", "Of one API key"),
        .. Quota("models.per-account", "Of all keys of one account"),
        new("models.accounts.#.address", Forms.Address, "", "An account for which another quota holds.", AnAddress)
        {
            IsRequired = true,
        },
        .. Quota("models.accounts.#", "Of this account"),
    ];

    private static IEnumerable<SettingKey> Quota(string path, string whose) =>
    [
        new($"{path}.requests-per-minute", Forms.Number(1, 1_000_000), "", $"{whose}. Left out: no limit.", "600"),
        new($"{path}.tokens-per-minute", Forms.Number(1, 4_000_000_000), "", $"{whose}. Left out: no limit.",
            "1_000_000"),
        new($"{path}.spend-per-day", Forms.Amount, "", $"{whose}, from midnight to midnight UTC. Left out: no limit.",
            TokensMax),
    ];

    private static IEnumerable<SettingKey> Limits =>
    [
        new("models.cache-bytes", Forms.Size, "64MiB", "Of answers that are kept for who asks the same again.",
            "1GiB"),
        new("models.cached-for", Forms.TimeBetween(Duration.Seconds(1), Duration.Seconds(2_592_000)), "1h",
            "So long an answer is kept.", "10min"),
        new("models.batch-at-once", Forms.Number(1, 1_000), "8",
            "Questions of batches at the same time, as long as there is room for others.", "32"),
        new("models.file-bytes", Forms.Size, "256MiB", "Of one uploaded file.", "1GiB"),
    ];

    private static OutsideModel? ReadModel(string text)
    {
        var sign = text.IndexOf('=');
        var (id, outside) = sign < 0 ? (text, text) : (text[..sign], text[(sign + 1)..]);
        return IsModel(id) && IsModel(outside) ? new OutsideModel(id, outside) : null;
    }

    private static bool IsModel(string text) => text.Length is >= 1 and <= 200 && text.All(sign =>
        char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '/' or ':' or '-' or '@');
}
