namespace Stun.Chain.Evm.Sending;

/// <summary>How patiently a sender waits, and how much it carries at a time.</summary>
public sealed record TransactionSenderOptions
{
    public FeePolicy Fees { get; init; } = new();

    /// <summary>Null: as the network has it. The transaction's own block counts as one.</summary>
    public ulong? Confirmations { get; init; }

    /// <summary>
    /// In blocks, so that nothing is outbid while a chain stands still; and in time, for chains with short blocks.
    /// </summary>
    public ulong ReplaceAfterBlocks { get; init; } = 3;

    public TimeSpan ReplaceAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after it was sent a node is asked whether it still has a transaction.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Null: as the network has it.</summary>
    public TimeSpan? PollInterval { get; init; }

    /// <summary>
    /// How long the first request of a crowd waits for the others: one write to the disk and one request to the node
    /// for all of them. Short beside any block.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Over the estimate, for what changes until the block.</summary>
    public uint GasMarginPercent { get; init; } = 20;

    /// <summary>Transactions without a receipt; nodes keep only so many of one account.</summary>
    public int PendingMax { get; init; } = 1_000;

    /// <summary>Requests that wait for a place among them.</summary>
    public int QueueMax { get; init; } = 10_000;

    /// <summary>Keys of what is done that are remembered, so that they are not sent again.</summary>
    public int DoneKeysMax { get; init; } = 10_000;
}
