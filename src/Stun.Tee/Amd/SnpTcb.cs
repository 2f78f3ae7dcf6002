namespace Stun.Tee.Amd;

/// <summary>The security versions of a platform. Turin has one more, and another order of bytes.</summary>
internal readonly record struct SnpTcb(int Fmc, int Bootloader, int Tee, int Snp, int Microcode)
{
    public static SnpTcb Read(ReadOnlySpan<byte> bytes, AmdProduct product)
    {
        var reserved = product == AmdProduct.Turin ? bytes[4..7] : bytes[2..6];
        if (reserved.ContainsAnyExcept((byte)0))
            throw new EvidenceException("format.reserved", "Reserved bytes of a platform's versions are set.");
        return product == AmdProduct.Turin
            ? new SnpTcb(bytes[0], bytes[1], bytes[2], bytes[3], bytes[7])
            : new SnpTcb(0, bytes[0], bytes[1], bytes[6], bytes[7]);
    }

    public bool IsAtMost(SnpTcb other) => Fmc <= other.Fmc && Bootloader <= other.Bootloader && Tee <= other.Tee
        && Snp <= other.Snp && Microcode <= other.Microcode;

    public override string ToString() =>
        $"fmc {Fmc}, bootloader {Bootloader}, tee {Tee}, snp {Snp}, microcode {Microcode}";
}
