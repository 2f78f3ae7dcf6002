using System.Reflection;
using Stun.Node.Storage;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Stun.Node.Gateway;

/// <summary>api/errors.yaml, as it was when this was built.</summary>
public static class ErrorBook
{
    public static IReadOnlyDictionary<string, ErrorEntry> Entries { get; } = Load();

    public static ErrorEntry Of(string code) =>
        Entries.TryGetValue(code, out var entry) ? entry : Entries["node.failed"];

    public static string CodeOf(Refusal refusal) => refusal switch
    {
        Refusal.BadSignature => "task.bad-signature",
        Refusal.DeadlinePassed => "task.deadline-passed",
        Refusal.DeadlineTooFar => "task.deadline-too-far",
        Refusal.PriceTooLow => "task.price-too-low",
        Refusal.RunTimeOutOfRange => "task.run-time-out-of-range",
        Refusal.ResourcesOutOfRange => "task.resources-out-of-range",
        Refusal.PolicyOutOfRange => "task.policy-out-of-range",
        Refusal.OverQuota => "task.over-quota",
        Refusal.QueueFull => "task.queue-full",
        Refusal.IdempotencyConflict => "idempotency.conflict",
        Refusal.UnknownTask => "task.unknown",
        Refusal.OrderTooLarge => "request.too-large",
        _ => throw new InvariantException("every refusal has a code"),
    };

    /// <summary>Null for what is the node's own trouble.</summary>
    public static string? CodeOf(StorageException failure) => failure.Code switch
    {
        "blob.missing" => "blob.unknown",
        "blob.digest-mismatch" => "blob.digest-mismatch",
        "blob.full" => "blob.no-room",
        "blob.unknown-upload" => "blob.upload-unknown",
        "blob.upload-busy" => "blob.upload-busy",
        "blob.wrong-offset" => "blob.wrong-offset",
        "blob.too-long" => "blob.too-long",
        "query.bad-cursor" => "request.invalid",
        _ => null,
    };

    private static Dictionary<string, ErrorEntry> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("errors.yaml")!;
        using var reader = new StreamReader(stream);
        var entries = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build()
            .Deserialize<List<ErrorEntry>>(reader);
        return entries.ToDictionary(entry => entry.Code, StringComparer.Ordinal);
    }
}

/// <summary>What clients may rely on: the code keeps its meaning, the words may change.</summary>
public sealed class ErrorEntry
{
    public string Code { get; set; } = "";
    public int Status { get; set; }
    public string Title { get; set; } = "";
    public string Cure { get; set; } = "";
}
