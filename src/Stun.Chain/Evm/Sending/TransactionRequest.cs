namespace Stun.Chain.Evm.Sending;

/// <summary>What is to be done on the chain; nonce, fees and signature are the sender's part.</summary>
/// <param name="To">Null makes a contract.</param>
public sealed record TransactionRequest(Address? To, ReadOnlyMemory<byte> Data)
{
    public Amount Value { get; init; }

    /// <summary>
    /// Null has it estimated, which holds for the state of the moment: what many change at once can need more than
    /// the margin has, and then a limit belongs here.
    /// </summary>
    public ulong? GasLimit { get; init; }

    /// <summary>
    /// Under one key something is sent once, also when it is asked for again after a crash. Null draws a new one.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>By which a key that is used again for something else is found out.</summary>
    internal Digest Content
    {
        get
        {
            var bytes = new byte[1 + Address.Size + 16 + Data.Length];
            bytes[0] = To is null ? (byte)0 : (byte)1;
            (To ?? default).Write(bytes.AsSpan(1, Address.Size));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(1 + Address.Size), Value.Units);
            Data.Span.CopyTo(bytes.AsSpan(1 + Address.Size + 16));
            return Keccak256.Hash(bytes);
        }
    }
}
