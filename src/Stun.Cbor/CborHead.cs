using System.Buffers.Binary;

namespace Stun.Cbor;

/// <summary>The first bytes of an item: its major type and the number that goes with it.</summary>
/// <param name="Info">The low five bits of the first byte: the number itself, or how many bytes hold it.</param>
internal readonly record struct CborHead(int Major, int Info, ulong Argument, int Size)
{
    public bool IsIndefinite => Info == CborInfo.Indefinite;

    public static CborHead Read(ReadOnlySpan<byte> data, int position)
    {
        if ((uint)position >= (uint)data.Length)
            throw new CborException("The data ends where an item must begin", position);
        var major = data[position] >> 5;
        var info = data[position] & 0x1f;
        if (info < CborInfo.OneByte) return new CborHead(major, info, (ulong)info, 1);
        if (info == CborInfo.Indefinite) return new CborHead(major, info, 0, 1);
        if (info > CborInfo.EightBytes) throw new CborException("Reserved additional information", position);

        var width = 1 << (info - CborInfo.OneByte);
        var rest = data[(position + 1)..];
        if (rest.Length < width) throw new CborException("The data ends within the head of an item", position);
        var argument = info switch
        {
            CborInfo.OneByte => rest[0],
            CborInfo.TwoBytes => BinaryPrimitives.ReadUInt16BigEndian(rest),
            CborInfo.FourBytes => BinaryPrimitives.ReadUInt32BigEndian(rest),
            _ => BinaryPrimitives.ReadUInt64BigEndian(rest),
        };
        return new CborHead(major, info, argument, 1 + width);
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
