namespace Stun.Cbor;

internal static class CborMajor
{
    public const int Unsigned = 0;
    public const int Negative = 1;
    public const int Bytes = 2;
    public const int Text = 3;
    public const int Array = 4;
    public const int Map = 5;
    public const int Tag = 6;
    public const int Other = 7;
}

/// <summary>The values of the low five bits of an initial byte that do not count themselves.</summary>
internal static class CborInfo
{
    public const int OneByte = 24;
    public const int TwoBytes = 25;
    public const int FourBytes = 26;
    public const int EightBytes = 27;
    public const int Indefinite = 31;

    public const int False = 20;
    public const int True = 21;
    public const int Null = 22;
    public const int Undefined = 23;

    public const byte BreakByte = 0xff;
}
