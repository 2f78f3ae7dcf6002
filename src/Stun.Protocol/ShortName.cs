namespace Stun.Protocol;

/// <summary>Where a machine stands, e.g. "eu-de". Up to eight characters packed into one number.</summary>
public readonly record struct Region(ulong Code) : IComparable<Region>
{
    public static Region Anywhere => default;
    public static Region Parse(string name) => new(ShortName.Pack(name));
    public int CompareTo(Region other) => Code.CompareTo(other.Code);
    public override string ToString() => ShortName.Unpack(Code);
}

/// <summary>A GPU model, e.g. "H100SXM". Replicas of a task run on one model, so that results are comparable.</summary>
public readonly record struct GpuModel(ulong Code) : IComparable<GpuModel>
{
    public static GpuModel Any => default;
    public static GpuModel Parse(string name) => new(ShortName.Pack(name));
    public int CompareTo(GpuModel other) => Code.CompareTo(other.Code);
    public override string ToString() => ShortName.Unpack(Code);
}

/// <summary>Eight printable ASCII characters in a number: ids stay numbers and are still read by people.</summary>
internal static class ShortName
{
    private const int LengthMax = 8;

    public static ulong Pack(string name)
    {
        if (name.Length is 0 or > LengthMax)
            throw new FormatException($"'{name}' must have 1 to {LengthMax} characters.");
        var code = 0UL;
        foreach (var character in name)
        {
            if (character is <= ' ' or > '~')
                throw new FormatException($"'{name}' holds a character that is not printable ASCII.");
            code = (code << 8) | character;
        }
        return code;
    }

    public static string Unpack(ulong code)
    {
        Span<char> characters = stackalloc char[LengthMax];
        var start = LengthMax;
        for (; code != 0; code >>= 8) characters[--start] = (char)(code & 0xff);
        return new string(characters[start..]);
    }
}
