using System.Buffers.Binary;
using System.Text;
using Stun.Cbor;

namespace Stun.Protocol;

/// <summary>
/// What is signed: the EIP-712 digests of orders, receipts and verdicts. Contracts compute the same ones, so every
/// string and order of fields here is consensus; api/vectors/ holds examples made by another implementation.
/// </summary>
/// <remarks>
/// digest = keccak(0x1901, separator of the domain, keccak(type hash, fields of 32 bytes each)). A TaskSpec enters an
/// order as the keccak of its canonical CBOR: contracts need not know what a task is, only that it is the same one.
/// </remarks>
public static class TypedData
{
    private const string Name = "Stun";
    private const string Version = "1";

    private const string DomainType =
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    private const string OrderType =
        "TaskOrder(address requester,uint64 idempotencyKey,bytes32 spec,uint64 runTimeMax,uint128 priceLimit,"
        + "uint64 deadline,uint8 priority,address modelCreator,uint64 home)";

    private const string CancelType = "CancelTask(bytes16 task)";

    private const string ReceiptType =
        "Receipt(uint64 attempt,bytes16 task,address provider,uint64 offer,bytes32 spec,bytes32 result,bytes32 proof,"
        + "bytes32 resumedFrom,uint64 runTime)";

    private const string CapabilityType =
        "CapabilityRecord(address node,bytes32 record,uint64 measuredAt,bytes32 nonce)";

    private const string FindingType = "Finding(uint64 attempt,address provider,uint8 judgement,uint128 pay)";

    private const string VerdictType =
        "Verdict(bytes16 task,uint16 round,uint8 outcome,bytes32 result,Finding[] findings,uint32 cheatPassPpb)"
        + FindingType;

    private const string BatchType = "Batch(uint64 number,bytes32 root,uint32 tasks,bytes32 moves)";

    private static readonly Digest OrderTypeHash = HashOf(OrderType);
    private static readonly Digest CancelTypeHash = HashOf(CancelType);
    private static readonly Digest ReceiptTypeHash = HashOf(ReceiptType);
    private static readonly Digest CapabilityTypeHash = HashOf(CapabilityType);
    private static readonly Digest FindingTypeHash = HashOf(FindingType);
    private static readonly Digest VerdictTypeHash = HashOf(VerdictType);
    private static readonly Digest BatchTypeHash = HashOf(BatchType);

    /// <summary>What a requester signs to order.</summary>
    public static Digest Digest(TypedDataDomain domain, TaskOrder order) => Final(domain, StructHash(order));

    /// <summary>What a requester signs to cancel.</summary>
    public static Digest Digest(TypedDataDomain domain, TaskId cancelled)
    {
        var words = new TypedDataWords(stackalloc byte[2 * TypedDataWords.Size]);
        words.Add(CancelTypeHash);
        words.Add(cancelled);
        return Final(domain, words.Hash());
    }

    /// <summary>What a provider signs to claim its pay.</summary>
    public static Digest Digest(TypedDataDomain domain, Receipt receipt) => Final(domain, StructHash(receipt));

    /// <summary>What a validator signs to vote.</summary>
    public static Digest Digest(TypedDataDomain domain, Verdict verdict) => Final(domain, StructHash(verdict));

    /// <summary>What a validator signs so that the chain carries a batch out.</summary>
    public static Digest Digest(TypedDataDomain domain, ChainBatch batch)
    {
        var words = new TypedDataWords(stackalloc byte[5 * TypedDataWords.Size]);
        words.Add(BatchTypeHash);
        words.Add(batch.Number);
        words.Add(batch.Root);
        words.Add(batch.Tasks);
        words.Add(batch.Moves);
        return Final(domain, words.Hash());
    }

    /// <summary>
    /// What a batch's tree says of one task: <c>abi.encode(bytes16 task, bytes32 order, bytes32 verdict)</c>. All that
    /// is paid for it follows from these.
    /// </summary>
    public static Digest LineOf(TaskId task, Digest order, Digest verdict)
    {
        var words = new TypedDataWords(stackalloc byte[3 * TypedDataWords.Size]);
        words.Add(task);
        words.Add(order);
        words.Add(verdict);
        return words.Hash();
    }

    /// <summary>
    /// What a node signs to say what it has. The whole record enters as the keccak of its canonical CBOR, as a spec
    /// does; who, when and for which challenge stand beside it, so that a contract can read them.
    /// </summary>
    public static Digest Digest(TypedDataDomain domain, CapabilityRecord record)
    {
        var words = new TypedDataWords(stackalloc byte[5 * TypedDataWords.Size]);
        words.Add(CapabilityTypeHash);
        words.Add(record.Node);
        words.Add(RecordDigest(record));
        words.Add(Unsigned(record.MeasuredAt.Micros));
        words.Add(record.Nonce);
        return Final(domain, words.Hash());
    }

    /// <summary>The keccak-256 of the record's canonical CBOR, without the envelope.</summary>
    public static Digest RecordDigest(CapabilityRecord record)
    {
        var writer = new CborWriter();
        ProtocolWire.Write(writer, record);
        return Keccak256.Hash(writer.Written);
    }

    public static TaskId TaskIdOf(TypedDataDomain domain, TaskOrder order)
    {
        var digest = Digest(domain, order);
        return new TaskId(digest.A, digest.B);
    }

    /// <summary>The keccak-256 of the spec's canonical CBOR, without the envelope: it outlives wire versions.</summary>
    public static Digest SpecDigest(TaskSpec spec)
    {
        if (spec.TryGetDigest(out var known)) return known;
        var writer = new CborWriter();
        ProtocolWire.Write(writer, spec);
        return spec.KeepDigest(Keccak256.Hash(writer.Written));
    }

    /// <summary>
    /// What a provider shows before it sees others' results; the salt hides a result that can be guessed.
    /// </summary>
    public static Digest Commitment(Digest receiptDigest, Digest salt)
    {
        var words = new TypedDataWords(stackalloc byte[2 * TypedDataWords.Size]);
        words.Add(receiptDigest);
        words.Add(salt);
        return words.Hash();
    }

    public static Digest StructHash(TaskOrder order)
    {
        if (order.TryGetStructHash(out var known)) return known;
        var words = new TypedDataWords(stackalloc byte[10 * TypedDataWords.Size]);
        words.Add(OrderTypeHash);
        words.Add(order.Requester);
        words.Add(order.IdempotencyKey);
        words.Add(SpecDigest(order.Spec));
        words.Add(Unsigned(order.RunTimeMax.Micros));
        words.Add(order.PriceLimit);
        words.Add(Unsigned(order.Deadline.Micros));
        words.Add((ulong)order.Priority);
        words.Add(order.ModelCreator);
        words.Add(order.Home.Code);
        return order.KeepStructHash(words.Hash());
    }

    public static Digest StructHash(Receipt receipt)
    {
        var words = new TypedDataWords(stackalloc byte[10 * TypedDataWords.Size]);
        words.Add(ReceiptTypeHash);
        words.Add(receipt.Attempt.Value);
        words.Add(receipt.Task);
        words.Add(receipt.Provider);
        words.Add(receipt.Offer.Value);
        words.Add(receipt.Spec);
        words.Add(receipt.Result);
        words.Add(receipt.Proof);
        words.Add(receipt.ResumedFrom);
        words.Add(Unsigned(receipt.RunTime.Micros));
        return words.Hash();
    }

    public static Digest StructHash(Verdict verdict)
    {
        var words = new TypedDataWords(stackalloc byte[7 * TypedDataWords.Size]);
        words.Add(VerdictTypeHash);
        words.Add(verdict.Task);
        words.Add(verdict.Round);
        words.Add((ulong)verdict.Outcome);
        words.Add(verdict.Result);
        words.Add(FindingsHash(verdict.Findings));
        words.Add(verdict.CheatPassPpb);
        return words.Hash();
    }

    internal static Digest Separator(ulong chainId, Address contract)
    {
        var words = new TypedDataWords(stackalloc byte[5 * TypedDataWords.Size]);
        words.Add(HashOf(DomainType));
        words.Add(HashOf(Name));
        words.Add(HashOf(Version));
        words.Add(chainId);
        words.Add(contract);
        return words.Hash();
    }

    private static Digest FindingsHash(ValueList<Finding> findings)
    {
        var size = findings.Count * TypedDataWords.Size;
        // The wire lets 64 findings through; a longer list can only be our own and need not be fast.
        var hashes = new TypedDataWords(size <= 2048 ? stackalloc byte[size] : new byte[size]);
        foreach (var finding in findings) hashes.Add(StructHash(finding));
        return hashes.Hash();
    }

    private static Digest StructHash(Finding finding)
    {
        var words = new TypedDataWords(stackalloc byte[5 * TypedDataWords.Size]);
        words.Add(FindingTypeHash);
        words.Add(finding.Attempt.Value);
        words.Add(finding.Provider);
        words.Add((ulong)finding.Judgement);
        words.Add(finding.Pay);
        return words.Hash();
    }

    private static Digest Final(TypedDataDomain domain, Digest structHash)
    {
        Span<byte> bytes = stackalloc byte[2 + (2 * Protocol.Digest.Size)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, 0x1901);
        domain.Separator.Write(bytes[2..]);
        structHash.Write(bytes[(2 + Protocol.Digest.Size)..]);
        return Keccak256.Hash(bytes);
    }

    private static Digest HashOf(string text) => Keccak256.Hash(Encoding.UTF8.GetBytes(text));

    // The signed form has no negative times. The bits are kept rather than refused, so that a digest of a senseless
    // order exists and differs from all others: whether it makes sense is admission's to judge, with a reason.
    private static ulong Unsigned(long micros) => unchecked((ulong)micros);
}
