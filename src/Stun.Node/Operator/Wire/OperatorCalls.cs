using System.Buffers.Binary;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;

namespace Stun.Node.Operator.Wire;

/// <summary>
/// What a node tells the operator's contract. The offset of the answer must be 0xe0: contracts in use read the id of
/// the request from its fixed place in the data of the call.
/// </summary>
public static class OperatorCalls
{
    /// <summary><c>fulfillOracleRequest2AndRefund(bytes32,uint256,address,bytes4,uint256,bytes,uint256)</c></summary>
    public static byte[] FulfillAndRefund(OracleRequest request, ReadOnlySpan<byte> result, UInt256 refund)
    {
        var answer = Answer(request, result);
        var call = Begin(request, [0xde, 0x40, 0xf8, 0x83], 7);
        call.Bytes(answer);
        call.Number(refund);
        return call.ToArray();
    }

    /// <summary>
    /// <c>fulfillOracleRequest2(bytes32,uint256,address,bytes4,uint256,bytes)</c>, where nothing goes back.
    /// </summary>
    public static byte[] Fulfill(OracleRequest request, ReadOnlySpan<byte> result)
    {
        var answer = Answer(request, result);
        var call = Begin(request, [0x6a, 0xe0, 0xbc, 0x76], 6);
        call.Bytes(answer);
        return call.ToArray();
    }

    /// <summary><c>processRefund(bytes32,address)</c>, which contracts of the first kind need after the answer.
    /// </summary>
    public static byte[] ProcessRefund(OracleRequest request, Address to)
    {
        var call = new AbiWriter(2 * AbiWriter.WordSize, [0xae, 0x5f, 0x0d, 0x02]);
        call.Bytes32(request.RequestId);
        call.Account(to);
        return call.ToArray();
    }

    /// <summary><c>rejectOracleRequest(bytes32,uint256,address,bytes4,uint256,address)</c></summary>
    /// <param name="to">Who gets the payment back.</param>
    public static byte[] Reject(OracleRequest request, Address to)
    {
        var call = Begin(request, [0xa5, 0x92, 0x6c, 0x0d], 6);
        call.Account(to);
        return call.ToArray();
    }

    /// <summary><c>extendOracleRequest(bytes32,uint256,address,bytes4,uint256,uint256)</c></summary>
    public static byte[] Extend(OracleRequest request, UInt256 newExpiration)
    {
        var call = Begin(request, Selector("extendOracleRequest(bytes32,uint256,address,bytes4,uint256,uint256)"), 6);
        call.Number(newExpiration);
        return call.ToArray();
    }

    /// <summary><c>expireOracleRequest(bytes32,uint256,address,bytes4,uint256)</c></summary>
    public static byte[] Expire(OracleRequest request) =>
        Begin(request, Selector("expireOracleRequest(bytes32,uint256,address,bytes4,uint256)"), 5).ToArray();

    /// <summary><c>retryCallback(bytes32,uint256,address,bytes4,uint256,bytes)</c></summary>
    /// <param name="kept">As the event CallbackRefused said, like the end of its window.</param>
    /// <param name="answer">See <see cref="Answer"/>.</param>
    public static byte[] RetryCallback(
        OracleRequest request, UInt256 kept, UInt256 retryUntil, ReadOnlySpan<byte> answer)
    {
        var refused = request with { Payment = kept, Expiration = retryUntil };
        var call = Begin(refused, Selector("retryCallback(bytes32,uint256,address,bytes4,uint256,bytes)"), 6);
        call.Bytes(answer);
        return call.ToArray();
    }

    /// <summary><c>expireRetry(bytes32,uint256,address,bytes4,uint256,bytes32)</c></summary>
    /// <param name="result">keccak-256 of the answer.</param>
    public static byte[] ExpireRetry(OracleRequest request, UInt256 kept, UInt256 retryUntil, Digest result)
    {
        var refused = request with { Payment = kept, Expiration = retryUntil };
        var call = Begin(refused, Selector("expireRetry(bytes32,uint256,address,bytes4,uint256,bytes32)"), 6);
        call.Bytes32(result);
        return call.ToArray();
    }

    /// <summary>What the consumer is called with behind its own selector: <c>(bytes32, bytes)</c>.</summary>
    public static byte[] Answer(OracleRequest request, ReadOnlySpan<byte> result)
    {
        var answer = new AbiWriter(2 * AbiWriter.WordSize);
        answer.Bytes32(request.RequestId);
        answer.Bytes(result);
        return answer.ToArray();
    }

    private static byte[] Selector(string signature)
    {
        var hash = new byte[Digest.Size];
        Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).Write(hash);
        return hash[..AbiSignature.SelectorSize];
    }

    /// <summary>What every verb begins with, because the contract keeps only a hash of it.</summary>
    private static AbiWriter Begin(OracleRequest request, ReadOnlySpan<byte> selector, int words)
    {
        var call = new AbiWriter(words * AbiWriter.WordSize, selector);
        call.Bytes32(request.RequestId);
        call.Number(request.Payment);
        call.Account(request.CallbackAddress);
        Span<byte> function = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(function, request.CallbackFunction);
        call.FixedBytes(function, sizeof(uint));
        call.Number(request.Expiration);
        return call;
    }
}
