using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Operator.Wire;

/// <summary>What a contract asks for, as the operator's contract logs it.</summary>
/// <param name="SpecId">Which job: 32 hexadecimal digits, as ASCII.</param>
/// <param name="CallbackFunction">The selector that is called with the answer.</param>
/// <param name="Expiration">In seconds of the chain's clock; from then on the payment can be taken back.</param>
/// <param name="Data">Pairs in CBOR; see <see cref="RequestPairs"/>.</param>
public sealed record OracleRequest(
    Digest SpecId, Address Requester, Digest RequestId, UInt256 Payment, Address CallbackAddress,
    uint CallbackFunction, UInt256 Expiration, UInt256 DataVersion, ValueList<byte> Data)
{
    private const int Fields = 8;

    /// <summary><c>OracleRequest(bytes32,address,bytes32,uint256,address,bytes4,uint256,uint256,bytes)</c></summary>
    public static Digest Topic { get; } = Digest.Read(
        Convert.FromHexString("d8d7ecc4800d25fa53ce0372f13a416d98907a7ef3d8d3bdd79cf4fe75529c65"));

    /// <summary>The job's name as contracts spell it; as hexadecimal digits where it is no text.</summary>
    public string SpecName
    {
        get
        {
            Span<byte> text = stackalloc byte[Digest.Size];
            SpecId.Write(text);
            foreach (var sign in text)
                if (!char.IsAsciiLetterOrDigit((char)sign)) return $"0x{SpecId}";
            return System.Text.Encoding.ASCII.GetString(text);
        }
    }

    /// <summary>Null where the log is none, or has data that no such event has.</summary>
    public static OracleRequest? TryRead(EvmLog log)
    {
        if (log.Topics.Count != 2 || log.Topics[0] != Topic) return null;
        try
        {
            return Read(log.Topics[1], log.Data.Span);
        }
        catch (ChainException)
        {
            return null;
        }
    }

    private static OracleRequest Read(Digest specId, ReadOnlySpan<byte> data)
    {
        var reader = new AbiReader(data, Fields * AbiWriter.WordSize);
        var requester = reader.Account();
        var request = reader.Bytes32();
        var payment = reader.Number(256);
        var callback = reader.Account();
        var function = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reader.FixedBytes(sizeof(uint)));
        var expiration = reader.Number(256);
        var version = reader.Number(256);
        ValueList<byte> pairs = ValueList.Create(reader.Bytes());
        reader.Finish();
        return new OracleRequest(
            specId, requester, request, payment, callback, function, expiration, version, pairs);
    }
}
