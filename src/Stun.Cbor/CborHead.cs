using System.Buffers.Binary;

namespace Stun.Cbor;

/// <summary>The first bytes of an item: its major type and the number that goes with it.</summary>
/// <param name="Info">The low five bits of the first byte: the number itself, or how many bytes hold it.</param>
internal readonly record struct CborHead(int Major, int Info, ulong Argument, int Size)
{
    public bool IsIndefinite => Info == CborInfo.Indefinite;

    public static CborHead Read(ReadOnlySpan<byte> data, int position)
    {
        var trouble = TryRead(data, position, out var head);
        return trouble is null ? head : throw new CborException(trouble, position);
    }

    /// <summary>Null, or what is wrong.</summary>
    public static string? TryRead(ReadOnlySpan<byte> data, int position, out CborHead head)
    {
        head = default;
        if ((uint)position >= (uint)data.Length) return "The data ends where an item must begin";
        var major = data[position] >> 5;
        var info = data[position] & 0x1f;
        if (info < CborInfo.OneByte || info == CborInfo.Indefinite)
        {
            head = new CborHead(major, info, info == CborInfo.Indefinite ? 0 : (ulong)info, 1);
            return null;
        }
        if (info > CborInfo.EightBytes) return "Reserved additional information";

        var width = 1 << (info - CborInfo.OneByte);
        var rest = data[(position + 1)..];
        if (rest.Length < width) return "The data ends within the head of an item";
        var argument = info switch
        {
            CborInfo.OneByte => rest[0],
            CborInfo.TwoBytes => BinaryPrimitives.ReadUInt16BigEndian(rest),
            CborInfo.FourBytes => BinaryPrimitives.ReadUInt32BigEndian(rest),
            _ => BinaryPrimitives.ReadUInt64BigEndian(rest),
        };
        head = new CborHead(major, info, argument, 1 + width);
        return null;
    }

    /// <summary>Whether fewer bytes could have held the number.</summary>
    public bool IsShortest => Info switch
    {
        CborInfo.OneByte => Argument >= CborInfo.OneByte,
        CborInfo.TwoBytes => Argument > byte.MaxValue,
        CborInfo.FourBytes => Argument > ushort.MaxValue,
        CborInfo.EightBytes => Argument > uint.MaxValue,
        _ => true,
    };
}
