using System.Buffers.Binary;
using Stun.Tee.Reading;

namespace Stun.Tee.Azure;

/// <summary>What a TPM says of its registers (TPMS_ATTEST of a quote, TPM 2.0 part 2); big-endian.</summary>
internal sealed record TpmStatement
{
    private const uint Magic = 0xff54_4347;
    private const ushort QuoteType = 0x8018;
    private const ushort Sha256 = 0x000b;
    private const int BanksMax = 4;

    /// <summary>The nonce of whoever asked.</summary>
    public required ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Which registers, in rising order.</summary>
    public required IReadOnlyList<int> Registers { get; init; }

    public required ReadOnlyMemory<byte> Digest { get; init; }

    public static TpmStatement Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes, "A TPM's statement");
        if (Number(reader.Take(4)) != Magic || Number(reader.Take(2)) != QuoteType)
            throw new EvidenceException("format.tpm", "A TPM's statement is no quote.");
        Sized(ref reader);
        var extra = Sized(ref reader);
        // Clock, counts of resets and restarts, whether the clock is safe; version of the firmware.
        reader.Skip(17);
        reader.Skip(8);
        var banks = Number(reader.Take(4));
        if (banks > BanksMax) throw new EvidenceException("format.tpm", $"A TPM's quote of {banks} banks.");
        List<int> registers = [];
        for (var left = banks; left > 0; left--)
        {
            if (Number(reader.Take(2)) != Sha256)
                throw new EvidenceException("format.tpm", "A TPM's quote is of other registers than those of SHA-256.");
            var select = reader.Take((int)reader.Byte());
            for (var bit = 0; bit < select.Length * 8; bit++)
                if ((select.Span[bit / 8] & (1 << (bit % 8))) != 0) registers.Add(bit);
        }
        var digest = Sized(ref reader);
        reader.End();
        return new TpmStatement { ExtraData = extra, Registers = registers, Digest = digest };
    }

    private static ReadOnlyMemory<byte> Sized(ref ByteReader reader) => reader.Take(Number(reader.Take(2)));

    private static uint Number(ReadOnlyMemory<byte> bytes) => bytes.Length == 2
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) : BinaryPrimitives.ReadUInt32BigEndian(bytes.Span);
}
