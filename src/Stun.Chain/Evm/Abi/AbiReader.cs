using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Stun.Chain.Evm.Abi;

/// <summary>
/// Reads what <see cref="AbiWriter"/> writes, and nothing else: each tail must stand where the writer puts it. So no
/// byte is read twice, no offset points backwards or at another's bytes, work and memory are at most in proportion to
/// what was received, and there is one encoding of each value. Compilers write this form.
/// </summary>
public ref struct AbiReader
{
    /// <summary>More than any answer, log or call of ours has, and what nodes let through at most is less.</summary>
    public const int SizeMax = 4 << 20;

    private const int WordSize = AbiWriter.WordSize;
    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly ReadOnlySpan<byte> data;
    private int end;
    private AbiFrame frame;

    /// <param name="data">Without a selector.</param>
    /// <param name="headSize">The sum of the sizes that the top fields have in the head.</param>
    public AbiReader(ReadOnlySpan<byte> data, int headSize)
    {
        if (data.Length > SizeMax)
            throw Refusal("abi.too-large", $"{data.Length} bytes, where {SizeMax} are read at most", 0);
        this.data = data;
        Take(headSize);
    }

    /// <summary>Nothing may follow what was read.</summary>
    public readonly void Finish()
    {
        if (end != data.Length) throw Refusal("abi.trailing", $"{data.Length - end} bytes are left", end);
    }

    public UInt256 Number(int bits)
    {
        var value = UInt256.Read(Word());
        return value.BitLength <= bits ? value
            : throw Refusal("abi.range", $"{value} is no uint{bits}", frame.Next - WordSize);
    }

    public BigInteger Signed(int bits)
    {
        var value = new BigInteger(Word(), isUnsigned: false, isBigEndian: true);
        // The sign is one of the bits: int8 holds what needs at most 7 beside it.
        return value.GetBitLength() < bits ? value
            : throw Refusal("abi.range", $"{value} is no int{bits}", frame.Next - WordSize);
    }

    public bool Flag() => !Number(1).IsZero;

    public Address Account()
    {
        var word = Word();
        return word[..(WordSize - Address.Size)].ContainsAnyExcept((byte)0)
            ? throw Refusal("abi.range", "An address has more than 20 bytes", frame.Next - WordSize)
            : Address.Read(word[(WordSize - Address.Size)..]);
    }

    public Digest Bytes32() => Digest.Read(Word());

    public TaskId Bytes16()
    {
        var bytes = FixedBytes(16);
        return new TaskId(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]));
    }

    public ReadOnlySpan<byte> FixedBytes(int size)
    {
        var word = Word();
        if (word[size..].ContainsAnyExcept((byte)0))
            throw Refusal("abi.padding", $"Bytes follow a bytes{size} in its word", frame.Next - WordSize);
        return word[..size];
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Distance();
        var at = end;
        var length = Length(1);
        var padded = (length + WordSize - 1) / WordSize * WordSize;
        var bytes = data.Slice(Take(padded), padded);
        if (bytes[length..].ContainsAnyExcept((byte)0))
            throw Refusal("abi.padding", $"{length} bytes are filled up with something else than zeros", at);
        return bytes[..length];
    }

    /// <summary>Bytes that are no UTF-8 are refused: as text they would not come back as what they were.</summary>
    public string Text()
    {
        var at = end;
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Refusal("abi.text", "A string is not UTF-8", at);
        }
    }

    /// <summary>Enters a tuple, or an array of fixed length, that stands in the tail.</summary>
    public AbiFrame Open(int headSize)
    {
        Distance();
        return Enter(Take(headSize));
    }

    /// <summary>Enters an array that has its length before it. All its elements' heads are there.</summary>
    public AbiFrame OpenArray(int elementSize, out int count)
    {
        Distance();
        count = Length(elementSize);
        return Enter(Take(count * elementSize));
    }

    public void Close(AbiFrame outer) => frame = outer;

    private AbiFrame Enter(int start)
    {
        var outer = frame;
        frame = new AbiFrame(start, start);
        return outer;
    }

    private void Distance()
    {
        var distance = UInt256.Read(Word());
        if (distance != (UInt256)(ulong)(end - frame.Start))
            throw Refusal("abi.offset",
                $"An offset is {distance}, where {end - frame.Start} is the place", frame.Next - WordSize);
    }

    /// <summary>The length at the end of what was read, of which there are bytes enough.</summary>
    private int Length(int elementSize)
    {
        var at = Take(WordSize);
        var length = UInt256.Read(data.Slice(at, WordSize));
        return length <= (ulong)((data.Length - end) / elementSize) ? (int)(ulong)length
            : throw Refusal("abi.short", $"The length {length} is beyond the end", at);
    }

    private ReadOnlySpan<byte> Word()
    {
        var word = data.Slice(frame.Next, WordSize);
        frame = frame with { Next = frame.Next + WordSize };
        return word;
    }

    private int Take(int size)
    {
        if (size > data.Length - end)
            throw Refusal("abi.short", $"{data.Length} bytes, where at least {end + size} belong", end);
        var at = end;
        end += size;
        return at;
    }

    private static ChainException Refusal(string code, string what, int at) => new(code,
        $"This is not what the ABI says: {what} (at byte {at}).",
        "Check that the address is that of the contract, and that its version is the one these bindings are of.");
}
