using Stun.Node.Serving;

namespace Stun.Node.Configuration;

/// <summary>What a gateway is told of the models that it answers for.</summary>
public sealed record ModelDoorSettings
{
    public ValueList<OutsideSettings> Outside { get; init; } = [];

    /// <summary>Of one API key.</summary>
    public ModelQuota PerKey { get; init; } = new();

    /// <summary>Of all keys of an account together.</summary>
    public ModelQuota PerAccount { get; init; } = new();

    /// <summary>Of accounts for which something else holds.</summary>
    public ValueList<AccountQuota> Accounts { get; init; } = [];

    /// <summary>Of answers that are kept for who asks the same again.</summary>
    public ulong CacheBytesMax { get; init; } = 64 << 20;

    public Duration CachedFor { get; init; } = Duration.Seconds(3_600);

    /// <summary>Of one question: pictures ride in it.</summary>
    public int BodyBytesMax { get; init; } = 32 << 20;

    /// <summary>Of one uploaded file.</summary>
    public long FileBytesMax { get; init; } = 256 << 20;

    /// <summary>Questions of batches that are asked at once, as long as there is room for others.</summary>
    public uint BatchAtOnce { get; init; } = 8;
}

/// <summary>What may be asked for; null where there is no limit.</summary>
/// <param name="SpendPerDay">From midnight to midnight, UTC.</param>
public sealed record ModelQuota(
    uint? RequestsPerMinute = null, uint? TokensPerMinute = null, Amount? SpendPerDay = null);

public sealed record AccountQuota(Address Account, ModelQuota Quota);

/// <summary>Somebody outside of the network whose models this node offers.</summary>
/// <param name="Url">Below which <c>/chat/completions</c> is.</param>
/// <param name="KeyFile">A file with the key; a path and no secret.</param>
/// <param name="KeyVariable">Or the variable that holds it.</param>
/// <param name="Accounts">Who may use them; empty for everybody with a key.</param>
/// <param name="Within">For the first byte of an answer, and for each pause in it.</param>
/// <param name="AtOnce">Questions that it is asked at the same time.</param>
/// <param name="Paths">What it answers: chat, completions, embeddings, responses.</param>
/// <param name="TellsUsage">Whether a stream of it can end with its usage.</param>
public sealed record OutsideSettings(
    string Name, string Url, string? KeyFile, string? KeyVariable, ValueList<OutsideModel> Models, TokenPrices Prices,
    ValueList<Address> Accounts, Duration Within, uint AtOnce, ValueList<string> Paths, bool TellsUsage);

/// <param name="Id">As callers of this node call it.</param>
/// <param name="Outside">As it is called there.</param>
public sealed record OutsideModel(string Id, string Outside);
