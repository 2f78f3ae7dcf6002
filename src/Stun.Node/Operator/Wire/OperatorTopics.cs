using System.Text;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Operator.Wire;

/// <summary>What an operator's contract says of a request after it was made.</summary>
public static class OperatorTopics
{
    public static Digest Response { get; } = Of("OracleResponse(bytes32)");

    /// <summary>Cancelled by who asked, or rejected by a node.</summary>
    public static Digest Cancelled { get; } = Of("CancelOracleRequest(bytes32)");

    public static Digest Expired { get; } = Of("OracleRequestExpired(bytes32,address,uint256)");

    public static Digest Extended { get; } = Of("OracleRequestExtended(bytes32,address,uint256)");

    public static Digest CallbackRefused { get; } = Of("CallbackRefused(bytes32,uint256,uint256,bytes32,bytes)");

    public static LogFilter FilterOf(Address contract) => new(
        [contract], [[OracleRequest.Topic, Response, Cancelled, Expired, Extended, CallbackRefused]]);

    private static Digest Of(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));
}
