namespace Stun.Engine.Settlement;

/// <summary>How far a batch has come. Settled or voided, it is forgotten.</summary>
public enum BatchPhase : byte
{
    /// <summary>Validators are to sign it.</summary>
    Cut,

    /// <summary>Enough have signed; the chain is to have it.</summary>
    Signed,

    /// <summary>The chain has it, and its window runs.</summary>
    Posted,

    /// <summary>
    /// Cut again with fewer entries. Kept until the chain has one of its number: its signatures are public, and one
    /// more that somebody keeps to himself may make it the one.
    /// </summary>
    Replaced,
}

/// <summary>A batch that the chain has not carried out yet.</summary>
public sealed class OpenBatch(SettlementBatch content, ValueList<ulong> entries, Instant cutAt)
{
    public SettlementBatch Content => content;

    public ChainBatch Batch => content.Batch;

    /// <summary>Their places in the escrow's log.</summary>
    public ValueList<ulong> Entries => entries;

    public Instant CutAt => cutAt;

    public BatchPhase Phase { get; set; } = BatchPhase.Cut;

    /// <summary>In rising order of the signers.</summary>
    public SortedDictionary<Address, Signature> Signatures { get; } = [];

    /// <summary>By the chain's clock, once it is posted.</summary>
    public Instant PayableAt { get; set; }

    /// <summary>The same by ours.</summary>
    public Instant DueAt { get; set; }

    /// <summary>What the log says of it.</summary>
    public EscrowEvent.BatchCut WasCut => new(Batch, entries, content.Lines, content.Tasks, content.Moves);

    public SignedBatch Signed
    {
        get
        {
            List<VoteSignature> votes = [];
            foreach (var (validator, signature) in Signatures) votes.Add(new VoteSignature(validator, signature));
            return new SignedBatch(Batch, ValueList.From(votes));
        }
    }

    public DueBatch Due => new(Batch, PayableAt, content.Moves);

    public void DigestState(StateDigest digest)
    {
        digest.Add(Batch.Number);
        digest.Add(Batch.Root);
        digest.Add(Batch.Moves);
        digest.Add(cutAt);
        digest.Add((ulong)Phase);
        digest.Add(PayableAt);
        digest.Add(DueAt);
        foreach (var (validator, _) in Signatures) digest.Add(validator);
    }
}
