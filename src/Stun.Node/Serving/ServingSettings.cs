namespace Stun.Node.Serving;

/// <summary>What a node serves with.</summary>
public sealed record ServingSettings
{
    /// <summary>Which program runs models of a format whose manifest names none.</summary>
    public IReadOnlyDictionary<ModelFormat, ModelRunner> Runners { get; init; } =
        new SortedDictionary<ModelFormat, ModelRunner>();
}
