using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Transactions;

/// <summary>What a transaction says it will touch; storage that is named is cheaper (EIP-2930).</summary>
public sealed record AccessEntry(Address Contract, ValueList<Digest> Slots);

/// <summary>A transaction before it is signed. Without a receiver it makes a contract.</summary>
/// <remarks>
/// Fees are in the smallest unit of the chain's coin for each unit of gas. Record equality is equality of all fields,
/// so that what was decoded can be compared with what was meant.
/// </remarks>
public abstract record EvmTransaction(
    ulong Nonce, ulong GasLimit, Address? To, UInt256 Value, ValueList<byte> Data)
{
    /// <summary>The chain on which it holds; null where it holds on every chain.</summary>
    public abstract ulong? ChainId { get; }

    /// <summary>What the signer hashes and signs.</summary>
    public abstract Digest SigningDigest { get; }

    public SignedEvmTransaction SignedBy(EvmKey key) => new(this, key.Sign(SigningDigest));

    internal abstract byte[] Encode(Signature signature);

    /// <summary>
    /// The form before types (and, with a chain, EIP-155). Without a chain it could be repeated on every chain: such
    /// are read, and never made by the product itself.
    /// </summary>
    public sealed record Legacy(
        ulong? Chain, ulong Nonce, UInt256 GasPrice, ulong GasLimit, Address? To, UInt256 Value, ValueList<byte> Data)
        : EvmTransaction(Nonce, GasLimit, To, Value, Data)
    {
        private const ulong Unprotected = 27;
        private const ulong Protected = 35;

        public override ulong? ChainId => Chain;

        public override Digest SigningDigest => Keccak256.Hash(Chain is { } chain
            ? TransactionRlp.List([.. Fields, RlpItem.Of(chain), RlpItem.Of(0), RlpItem.Of(0)])
            : TransactionRlp.List(Fields));

        private RlpItem[] Fields =>
        [
            RlpItem.Of(Nonce), RlpItem.Of(GasPrice), RlpItem.Of(GasLimit), TransactionRlp.Receiver(To),
            RlpItem.Of(Value), RlpItem.Of(Data.Span),
        ];

        internal override byte[] Encode(Signature signature)
        {
            var v = Chain is { } chain ? ((UInt256)chain * 2ul) + Protected : Unprotected;
            v += signature.RecoveryId;
            return TransactionRlp.List(
                [.. Fields, RlpItem.Of(v), TransactionRlp.Number(signature.R), TransactionRlp.Number(signature.S)]);
        }

        internal static SignedEvmTransaction Read(TransactionRlp fields)
        {
            fields.RequireCount(9, "a legacy transaction");
            var nonce = fields.UInt64("nonce");
            var gasPrice = fields.UInt256("gas price");
            var gasLimit = fields.UInt64("gas limit");
            var (to, value, data) = (fields.Receiver(), fields.UInt256("value"), fields.Bytes("data"));
            var (v, r, s) = (fields.UInt256("v"), fields.Digest("r"), fields.Digest("s"));
            if (v == Unprotected || v == Unprotected + 1)
                return new SignedEvmTransaction(new Legacy(null, nonce, gasPrice, gasLimit, to, value, data),
                    new Signature(r, s, (byte)((ulong)v - Unprotected)));
            if (v < Protected)
                throw TransactionRlp.Refusal($"v is {v}, and must be 27, 28 or at least {Protected} (EIP-155)");
            var chain = (v - Protected) / 2ul;
            if (chain.BitLength > 64) throw TransactionRlp.Refusal("its chain's number has more than 64 bits");
            return new SignedEvmTransaction(new Legacy((ulong)chain, nonce, gasPrice, gasLimit, to, value, data),
                new Signature(r, s, (byte)(ulong)((v - Protected) % 2ul)));
        }
    }

    /// <summary>Type 1 (EIP-2930): one price of gas, with an access list.</summary>
    public sealed record WithAccessList(
        ulong Chain, ulong Nonce, UInt256 GasPrice, ulong GasLimit, Address? To, UInt256 Value, ValueList<byte> Data,
        ValueList<AccessEntry> Access)
        : EvmTransaction(Nonce, GasLimit, To, Value, Data)
    {
        internal const byte Type = 1;

        public override ulong? ChainId => Chain;

        public override Digest SigningDigest => Keccak256.Hash(TransactionRlp.Typed(Type, Fields));

        private RlpItem[] Fields =>
        [
            RlpItem.Of(Chain), RlpItem.Of(Nonce), RlpItem.Of(GasPrice), RlpItem.Of(GasLimit),
            TransactionRlp.Receiver(To), RlpItem.Of(Value), RlpItem.Of(Data.Span), TransactionRlp.List(Access),
        ];

        internal override byte[] Encode(Signature signature) =>
            TransactionRlp.Typed(Type, [.. Fields, .. TransactionRlp.Parts(signature)]);

        internal static SignedEvmTransaction Read(TransactionRlp fields)
        {
            fields.RequireCount(11, "a transaction of type 1");
            var transaction = new WithAccessList(
                fields.UInt64("chain"), fields.UInt64("nonce"), fields.UInt256("gas price"),
                fields.UInt64("gas limit"), fields.Receiver(), fields.UInt256("value"), fields.Bytes("data"),
                fields.Access());
            return new SignedEvmTransaction(transaction, fields.Signature());
        }
    }

    /// <summary>Type 2 (EIP-1559): the block's fee is burned, and its maker gets a tip.</summary>
    /// <param name="TipMax">What the maker of the block gets at most.</param>
    /// <param name="FeeMax">What is paid at most, the tip included.</param>
    public sealed record WithTip(
        ulong Chain, ulong Nonce, UInt256 TipMax, UInt256 FeeMax, ulong GasLimit, Address? To, UInt256 Value,
        ValueList<byte> Data, ValueList<AccessEntry> Access)
        : EvmTransaction(Nonce, GasLimit, To, Value, Data)
    {
        internal const byte Type = 2;

        public override ulong? ChainId => Chain;

        public override Digest SigningDigest => Keccak256.Hash(TransactionRlp.Typed(Type, Fields));

        private RlpItem[] Fields =>
        [
            RlpItem.Of(Chain), RlpItem.Of(Nonce), RlpItem.Of(TipMax), RlpItem.Of(FeeMax), RlpItem.Of(GasLimit),
            TransactionRlp.Receiver(To), RlpItem.Of(Value), RlpItem.Of(Data.Span), TransactionRlp.List(Access),
        ];

        internal override byte[] Encode(Signature signature) =>
            TransactionRlp.Typed(Type, [.. Fields, .. TransactionRlp.Parts(signature)]);

        internal static SignedEvmTransaction Read(TransactionRlp fields)
        {
            fields.RequireCount(12, "a transaction of type 2");
            var transaction = new WithTip(
                fields.UInt64("chain"), fields.UInt64("nonce"), fields.UInt256("tip"), fields.UInt256("fee"),
                fields.UInt64("gas limit"), fields.Receiver(), fields.UInt256("value"), fields.Bytes("data"),
                fields.Access());
            return new SignedEvmTransaction(transaction, fields.Signature());
        }
    }
}
