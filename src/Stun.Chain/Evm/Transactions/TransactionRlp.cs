using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Transactions;

/// <summary>The fields of a transaction, read one after the other, and what they are written as.</summary>
internal sealed class TransactionRlp(RlpItem item)
{
    private readonly ValueList<RlpItem> fields = Items(item, "a transaction");
    private int next;

    public static byte[] List(RlpItem[] fields) => Rlp.Encode(new RlpItem.List(ValueList.Create<RlpItem>(fields)));

    public static byte[] Typed(byte type, RlpItem[] fields) => [type, .. List(fields)];

    public static RlpItem Receiver(Address? to) => to is { } address ? RlpItem.Of(address) : RlpItem.Of([]);

    public static RlpItem Number(Digest word)
    {
        Span<byte> bytes = stackalloc byte[Protocol.Digest.Size];
        word.Write(bytes);
        return RlpItem.Of(Evm.UInt256.Read(bytes));
    }

    public static RlpItem[] Parts(Signature signature) =>
        [RlpItem.Of(signature.RecoveryId), Number(signature.R), Number(signature.S)];

    public static RlpItem List(ValueList<AccessEntry> access)
    {
        List<RlpItem> entries = [];
        foreach (var entry in access)
        {
            List<RlpItem> slots = [];
            foreach (var slot in entry.Slots) slots.Add(RlpItem.Of(slot));
            entries.Add(new RlpItem.List([RlpItem.Of(entry.Contract), new RlpItem.List(ValueList.From(slots))]));
        }
        return new RlpItem.List(ValueList.From(entries));
    }

    public void RequireCount(int count, string what)
    {
        if (fields.Count != count) throw Refusal($"{what} has {count} fields, and here are {fields.Count}");
    }

    public UInt256 UInt256(string name)
    {
        var bytes = Bytes(name);
        if (bytes.Count > Evm.UInt256.Size) throw Refusal($"its {name} has more than 256 bits");
        if (bytes.Count > 0 && bytes[0] == 0) throw Refusal($"its {name} begins with a zero byte");
        return Evm.UInt256.Read(bytes.Span);
    }

    public ulong UInt64(string name)
    {
        var value = UInt256(name);
        return value.BitLength <= 64 ? (ulong)value : throw Refusal($"its {name} has more than 64 bits");
    }

    public Digest Digest(string name)
    {
        Span<byte> word = stackalloc byte[Protocol.Digest.Size];
        UInt256(name).Write(word);
        return Protocol.Digest.Read(word);
    }

    public Address? Receiver()
    {
        var bytes = Bytes("receiver");
        if (bytes.Count == 0) return null;
        return bytes.Count == Address.Size ? Address.Read(bytes.Span)
            : throw Refusal($"its receiver has {bytes.Count} bytes");
    }

    public ValueList<byte> Bytes(string name) => BytesOf(fields[next++], name);

    public ValueList<AccessEntry> Access()
    {
        List<AccessEntry> entries = [];
        foreach (var entry in Items(fields[next++], "an access list"))
        {
            var parts = Items(entry, "an entry of an access list");
            if (parts.Count != 2) throw Refusal("an entry of its access list has not two parts");
            List<Digest> slots = [];
            foreach (var slot in Items(parts[1], "the slots of an access list"))
                slots.Add(Protocol.Digest.Read(Sized(slot, Protocol.Digest.Size, "slot")));
            entries.Add(new AccessEntry(
                Address.Read(Sized(parts[0], Address.Size, "contract")), ValueList.From(slots)));
        }
        return ValueList.From(entries);
    }

    public Signature Signature()
    {
        var parity = UInt64("parity");
        if (parity > 1) throw Refusal($"the parity of its signature is {parity}, and must be 0 or 1");
        return new Signature(Digest("r"), Digest("s"), (byte)parity);
    }

    public static ChainException Refusal(string what) => new("transaction.form",
        $"These bytes are no transaction that can be read: {what}.", "Take the bytes from where they were signed.");

    private static ReadOnlySpan<byte> Sized(RlpItem item, int size, string name)
    {
        var bytes = BytesOf(item, name);
        return bytes.Count == size ? bytes.Span
            : throw Refusal($"a {name} of its access list has {bytes.Count} bytes, not {size}");
    }

    private static ValueList<byte> BytesOf(RlpItem item, string name) =>
        item is RlpItem.Bytes { Value: var value } ? value : throw Refusal($"its {name} is a list");

    private static ValueList<RlpItem> Items(RlpItem item, string what) =>
        item is RlpItem.List { Items: var items } ? items : throw Refusal($"{what} must be a list, and here are bytes");
}
