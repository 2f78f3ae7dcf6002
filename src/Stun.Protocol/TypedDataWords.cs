using System.Buffers.Binary;

namespace Stun.Protocol;

/// <summary>Fields of an EIP-712 struct, each in a word of 32 bytes, one after the other.</summary>
internal ref struct TypedDataWords(Span<byte> space)
{
    public const int Size = 32;

    private readonly Span<byte> space = space;
    private int length;

    public void Add(Digest value) => value.Write(Next());

    /// <summary>Numbers and addresses stand at the right end of their word.</summary>
    public void Add(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next()[24..], value);

    public void Add(Amount value) => BinaryPrimitives.WriteUInt128BigEndian(Next()[16..], value.Units);

    public void Add(Address value) => value.Write(Next()[12..]);

    /// <summary>A bytes16: at the left end.</summary>
    public void Add(TaskId value)
    {
        var word = Next();
        BinaryPrimitives.WriteUInt64BigEndian(word, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(word[8..], value.Low);
    }

    public readonly Digest Hash()
    {
        if (length != space.Length) throw new InvalidOperationException("Not all fields of the struct were given.");
        return Keccak256.Hash(space);
    }

    private Span<byte> Next()
    {
        var word = space.Slice(length, Size);
        word.Clear();
        length += Size;
        return word;
    }
}
