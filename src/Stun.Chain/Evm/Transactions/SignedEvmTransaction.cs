using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Transactions;

/// <summary>A transaction with its signature: what a node of the chain is sent.</summary>
public sealed record SignedEvmTransaction(EvmTransaction Transaction, Signature Signature)
{
    /// <summary>Types are bytes below this; legacy transactions are lists, which begin above it (EIP-2718).</summary>
    private const byte TypeEnd = 0xc0;

    /// <summary>For <c>eth_sendRawTransaction</c>.</summary>
    public byte[] Encode() => Transaction.Encode(Signature);

    /// <summary>By which the chain knows it.</summary>
    public Digest Hash => Keccak256.Hash(Encode());

    /// <summary>Who signed it; null where nobody can have, or where s is high (EIP-2).</summary>
    public Address? Sender => EvmKey.Recover(Transaction.SigningDigest, Signature);

    /// <summary>Reads what a node or a stranger wrote. That somebody signed it is checked, what it does is not.
    /// </summary>
    /// <exception cref="ChainException">No transaction of these types, or one that nobody signed.</exception>
    public static SignedEvmTransaction Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) throw TransactionRlp.Refusal("it has no bytes");
        var signed = bytes[0] switch
        {
            >= TypeEnd => EvmTransaction.Legacy.Read(new TransactionRlp(Rlp.Decode(bytes))),
            EvmTransaction.WithAccessList.Type =>
                EvmTransaction.WithAccessList.Read(new TransactionRlp(Rlp.Decode(bytes[1..]))),
            EvmTransaction.WithTip.Type => EvmTransaction.WithTip.Read(new TransactionRlp(Rlp.Decode(bytes[1..]))),
            var type => throw TransactionRlp.Refusal($"its type is {type}, and types 1 and 2 and lists are read here"),
        };
        return signed.Sender is not null ? signed : throw new ChainException("transaction.signature",
            "The signature of this transaction is one that nobody can have made.",
            "Have it signed again; a signature has an s of at most half of the curve's order (EIP-2).");
    }
}
