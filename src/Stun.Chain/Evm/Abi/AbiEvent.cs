namespace Stun.Chain.Evm.Abi;

/// <summary>An event by its signature and which of its fields are topics.</summary>
/// <param name="Signature">Name and types, in the order of the source.</param>
/// <param name="Indexed">For each type: whether it is a topic. What has no fixed size of a word is there as a hash.
/// </param>
public sealed record AbiEvent(AbiSignature Signature, ValueList<bool> Indexed)
{
    /// <summary>A log has four, and the first is the event's.</summary>
    public const int IndexedMax = 3;

    /// <summary>
    /// The fields in the order of the source; null where it is another event. Another number of topics is another
    /// event too: of the transfers of coins and of single things, which share their hash, one has one more.
    /// </summary>
    /// <exception cref="ChainException">It is this event, with data that cannot be its own.</exception>
    public ValueList<AbiValue>? TryDecode(AbiLog log)
    {
        var topicCount = 1 + Indexed.Count(isIndexed => isIndexed);
        if (log.Topics.Count != topicCount || log.Topics[0] != Signature.Topic) return null;
        List<AbiType> plain = [];
        for (var at = 0; at < Indexed.Count; at++)
            if (!Indexed[at]) plain.Add(Signature.Types[at]);
        var data = AbiCodec.Decode(ValueList.From(plain), log.Data.Span);
        var values = new AbiValue[Indexed.Count];
        var (nextTopic, nextPlain) = (1, 0);
        for (var at = 0; at < values.Length; at++)
            values[at] = Indexed[at] ? OfTopic(Signature.Types[at], log.Topics[nextTopic++]) : data[nextPlain++];
        return ValueList.Create<AbiValue>(values);
    }

    private static AbiValue OfTopic(AbiType type, Digest topic)
    {
        Span<byte> word = stackalloc byte[Digest.Size];
        topic.Write(word);
        var isHashed = type is AbiType.Array or AbiType.Tuple or AbiType.Bytes or AbiType.Text;
        return isHashed ? new AbiValue.Bytes(ValueList.Create<byte>(word)) : AbiCodec.Decode([type], word)[0];
    }
}
