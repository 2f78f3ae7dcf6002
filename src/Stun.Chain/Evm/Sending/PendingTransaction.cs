using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Transactions;

namespace Stun.Chain.Evm.Sending;

/// <summary>One form in which a nonce was sent.</summary>
internal sealed record SignedVersion(Digest Hash, ReadOnlyMemory<byte> Raw, FeeQuote Fees, bool IsEmpty);

/// <summary>A nonce that has no end yet. Owned by the sender's loop.</summary>
internal sealed class PendingTransaction(SendingEntry.Assigned assigned, SentTransaction handle)
{
    public SendingEntry.Assigned Assigned { get; } = assigned;

    public SentTransaction Handle { get; } = handle;

    public ulong Nonce => Assigned.Nonce;

    public List<SignedVersion> Versions { get; } = [];

    /// <summary>A node has taken one of the versions: from then on the nonce cannot be given back.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>The request was refused or called off; what is sent now only takes its place.</summary>
    public bool IsEmpty { get; set; }

    public TransactionReceipt? Included { get; set; }

    /// <summary>When and under which head it was sent last.</summary>
    public long SentAt { get; set; }

    public ulong SentUnder { get; set; }

    /// <summary>When a node was asked last whether it has it.</summary>
    public long CheckedAt { get; set; }

    /// <summary>How often in a row the chain had the nonce and none of our receipts.</summary>
    public int TakenCount { get; set; }

    /// <summary>A better fee is wanted before it is sent again.</summary>
    public bool IsUnderpriced { get; set; }

    public SignedVersion Latest => Versions[^1];

    public Digest Content =>
        new TransactionRequest(Assigned.To, Assigned.Data) { Value = Assigned.Value }.Content;

    public SignedVersion Sign(EvmKey key, ulong chainId, FeeQuote fees, ulong emptyGas)
    {
        var transaction = IsEmpty
            ? new EvmTransaction.WithTip(
                chainId, Nonce, fees.TipMax, fees.FeeMax, emptyGas, key.Address, Amount.Zero, default, default)
            : new EvmTransaction.WithTip(
                chainId, Nonce, fees.TipMax, fees.FeeMax, Assigned.GasLimit, Assigned.To, Assigned.Value,
                ValueList.Create(Assigned.Data.Span), default);
        var raw = transaction.SignedBy(key).Encode();
        return new SignedVersion(Keccak256.Hash(raw), raw, fees, IsEmpty);
    }

    public void Add(SignedVersion version)
    {
        Versions.Add(version);
        Handle.Hash = version.Hash;
    }
}
