namespace Stun.Chain.Evm.Networks;

/// <summary>How a chain on this machine behaves.</summary>
public sealed record LocalChainOptions
{
    public ulong ChainId { get; init; } = 31337;

    /// <summary>Null: a block for each transaction, at once. Otherwise a block each so many seconds.</summary>
    public int? BlockSeconds { get; init; }

    /// <summary>No block but on demand.</summary>
    public bool IsHalted { get; init; }

    /// <summary>Read at the start where it exists, written at the end; null forgets everything.</summary>
    public string? StateFile { get; init; }

    /// <summary>Zero takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How long it may take to come up on a machine that is busy.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
