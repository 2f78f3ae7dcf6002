namespace Stun.Chain.Evm.Abi;

/// <summary>What a contract logged: up to four topics, of which the first names the event, and its data.</summary>
public readonly record struct AbiLog(Address Contract, ValueList<Digest> Topics, ReadOnlyMemory<byte> Data)
{
    /// <summary>The topics behind the first, as words: the values of an event's indexed fields.</summary>
    public byte[] IndexedWords()
    {
        var words = new byte[Math.Max(0, Topics.Count - 1) * Digest.Size];
        for (var at = 1; at < Topics.Count; at++) Topics[at].Write(words.AsSpan((at - 1) * Digest.Size));
        return words;
    }
}
