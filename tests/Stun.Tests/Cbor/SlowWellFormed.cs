namespace Stun.Tests.Cbor;

/// <summary>
/// The pseudocode of RFC 8949, appendix C, with two rules that readers of ours add: text is UTF-8, and nesting ends
/// at 64.
/// </summary>
public static class SlowWellFormed
{
    private const int Bad = -2;
    private const int Break = -1;

    /// <summary>Of an item of indefinite length, so that it is no chunk of a string.</summary>
    private const int Indefinite = 99;

    public static bool Accepts(byte[] data)
    {
        var position = 0;
        return Item(data, ref position, 0, breakable: false) >= 0 && position == data.Length;
    }

    private static int Item(byte[] data, ref int position, int depth, bool breakable)
    {
        if (position >= data.Length) return Bad;
        var (major, info) = (data[position] >> 5, data[position] & 31);
        position++;
        var value = (ulong)info;
        if (info == 31) return IndefiniteItem(data, ref position, major, depth, breakable);
        if (info > 27) return Bad;
        if (info > 23)
        {
            value = 0;
            for (var left = 1 << (info - 24); left > 0; left--)
            {
                if (position >= data.Length) return Bad;
                value = (value << 8) | data[position++];
            }
        }
        if (major is 2 or 3)
        {
            if (value > (ulong)(data.Length - position)) return Bad;
            var start = position;
            position += (int)value;
            return major == 3 && !SlowCbor.IsUtf8(data[start..position]) ? Bad : major;
        }
        if (major == 7) return info == 24 && value < 32 ? Bad : major;
        if (major < 2) return major;
        if (major == 6) value = 1;
        if (value > (ulong)data.Length || (value > 0 && depth == SlowCbor.DepthMax)) return Bad;
        for (var left = major == 5 ? 2 * value : value; left > 0; left--)
            if (Item(data, ref position, depth + 1, breakable: false) < 0) return Bad;
        return major;
    }

    private static int IndefiniteItem(byte[] data, ref int position, int major, int depth, bool breakable)
    {
        if (major == 7) return breakable ? Break : Bad;
        if (major is 0 or 1 or 6) return Bad;
        if (major > 3 && depth == SlowCbor.DepthMax) return Bad;
        while (true)
        {
            var item = Item(data, ref position, depth + 1, breakable: true);
            if (item == Break) return Indefinite;
            if (item == Bad || (major < 4 && item != major)) return Bad;
            if (major == 5 && Item(data, ref position, depth + 1, breakable: false) < 0) return Bad;
        }
    }
}
