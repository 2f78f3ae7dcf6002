using Stun.Cbor;

namespace Stun.Node.Gateway;

/// <summary>
/// All that shows what became of a task, without asking anybody: the order, the receipts, the verdict, and who had to
/// sign. In canonical CBOR it is [1, order, [receipt, ...], verdict or empty, chain id, escrow, [validator, ...],
/// quorum], where the first ones are byte strings of their own wire form.
/// </summary>
public sealed record ProofBundle(
    SignedOrder Order, ValueList<SignedReceipt> Receipts, SignedVerdict? Verdict, ProofTerms Terms)
{
    private const ulong Version = 1;
    private const int FieldCount = 8;
    private const int ReceiptsMax = 64;
    private const int ValidatorsMax = 1_024;

    public byte[] Encode()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(FieldCount);
        writer.WriteUInt64(Version);
        writer.WriteBytes(ProtocolWire.Encode(Order));
        writer.WriteArrayStart(Receipts.Count);
        foreach (var receipt in Receipts) writer.WriteBytes(ProtocolWire.Encode(receipt));
        writer.WriteBytes(Verdict is null ? [] : ProtocolWire.Encode(Verdict));
        writer.WriteUInt64(Terms.Domain.ChainId);
        WireForm.Write(writer, Terms.Domain.Contract);
        writer.WriteArrayStart(Terms.Validators.Count);
        foreach (var validator in Terms.Validators) WireForm.Write(writer, validator);
        writer.WriteUInt64((ulong)Terms.Quorum);
        return writer.ToArray();
    }

    /// <exception cref="WireException">These bytes are no bundle in its canonical form.</exception>
    public static ProofBundle Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new CborReader(bytes);
            if (reader.ReadArrayStart() != FieldCount || reader.ReadUInt64() != Version)
                throw new WireException("ProofBundle: not [1, ...] with eight fields.");
            var order = ProtocolWire.DecodeSignedOrder(reader.ReadBytesSpan());
            List<SignedReceipt> receipts = [];
            var count = WireForm.ReadListStart(ref reader, ReceiptsMax, "ProofBundle.Receipts");
            while (receipts.Count < count) receipts.Add(ProtocolWire.DecodeSignedReceipt(reader.ReadBytesSpan()));
            var verdict = reader.ReadBytesSpan();
            var signed = verdict.IsEmpty ? null : ProtocolWire.DecodeSignedVerdict(verdict);
            var chain = reader.ReadUInt64();
            var contract = WireForm.ReadAddress(ref reader);
            List<Address> validators = [];
            count = WireForm.ReadListStart(ref reader, ValidatorsMax, "ProofBundle.Validators");
            while (validators.Count < count) validators.Add(WireForm.ReadAddress(ref reader));
            var quorum = (int)WireForm.ReadUnsigned(ref reader, ValidatorsMax);
            return new ProofBundle(order, ValueList.From(receipts), signed,
                new ProofTerms(new TypedDataDomain(chain, contract), ValueList.From(validators), quorum));
        }
        catch (CborException malformed)
        {
            throw WireEnvelope.Malformed("ProofBundle", malformed);
        }
    }
}

/// <summary>Whose signatures count. Who checks a bundle compares these with those that it knows from elsewhere.</summary>
public sealed record ProofTerms(TypedDataDomain Domain, ValueList<Address> Validators, int Quorum)
{
    public static ProofTerms Of(NetworkTerms terms) => new(terms.Domain, terms.Validators, terms.Quorum);
}
