using System.Runtime.InteropServices;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>Primes, numbers and points as headers of files have them, each checked.</summary>
internal static class FieldReading
{
    /// <summary>The length of a number and the prime itself: another curve is refused by name.</summary>
    public static void RequirePrime<TPrime>(this SectionedFile.Cursor cursor, string path) where TPrime : struct, IPrime
    {
        var length = cursor.TakeUInt32();
        if (length == 32 && MemoryMarshal.Read<Limbs>(cursor.Take(32)) == Montgomery<TPrime>.Prime) return;
        throw new ZkException(ZkCodes.Prime, $"{path} is not of the curve BN254 (bn128): its prime is another.");
    }

    /// <summary>A number below 2^28, which no domain of this field exceeds.</summary>
    public static int TakeCount(this SectionedFile.Cursor cursor, string path, string what)
    {
        var value = cursor.TakeUInt32();
        // Twice, for a circuit may have more wires than constraints.
        if (value <= 1 << 29) return (int)value;
        throw new ZkException(ZkCodes.FileLimit, $"{path} claims {value} {what}; the limit is {1 << 29}.");
    }

    public static AffinePoint<Fq> TakeG1(this SectionedFile.Cursor cursor, string place)
    {
        var x = TakeCoordinate(cursor, place);
        return Points.RequireG1(new AffinePoint<Fq>(x, TakeCoordinate(cursor, place)), place);
    }

    public static AffinePoint<Fq2> TakeG2(this SectionedFile.Cursor cursor, string place)
    {
        var x0 = TakeCoordinate(cursor, place);
        var x = new Fq2(x0, TakeCoordinate(cursor, place));
        var y0 = TakeCoordinate(cursor, place);
        return Points.RequireG2(new AffinePoint<Fq2>(x, new Fq2(y0, TakeCoordinate(cursor, place))), place);
    }

    /// <summary>A scalar that lies in the file in Montgomery's form.</summary>
    public static Fr TakeMontgomeryScalar(this SectionedFile.Cursor cursor, string place)
    {
        var value = MemoryMarshal.Read<Limbs>(cursor.Take(32));
        if (value.IsBelow(Montgomery<ScalarPrime>.Prime)) return new Fr(value);
        throw new ZkException(ZkCodes.Number, $"{place} is not below the prime of scalars.");
    }

    private static Fq TakeCoordinate(SectionedFile.Cursor cursor, string place)
    {
        var value = MemoryMarshal.Read<Limbs>(cursor.Take(32));
        if (value.IsBelow(Montgomery<BasePrime>.Prime)) return new Fq(value);
        throw new ZkException(ZkCodes.Number, $"A coordinate of {place} is not below the prime of the curve.");
    }
}
