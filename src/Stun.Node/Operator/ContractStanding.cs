using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Configuration;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Node.Operator;

/// <summary>What the chain says of an operator's contract.</summary>
/// <param name="HasCode">Whether there is a contract at all.</param>
/// <param name="IsOurs">Whether its code is the one that this build would deploy.</param>
/// <param name="Senders">Who may answer; empty where it does not say.</param>
public sealed record ContractStanding(
    bool HasCode, bool IsOurs, Address Token, Address Owner, ValueList<Address> Senders)
{
    /// <summary>The instruction that puts a word on the stack: so the code carries what a constructor was told.
    /// </summary>
    private const byte PushWord = 0x7f;

    private static readonly Digest OurCode =
        ContractCode.DeployedHash(typeof(OperatorContract).Assembly, "Operator");

    /// <exception cref="ChainException">The chain does not answer.</exception>
    public static async Task<ContractStanding> ReadAsync(EvmRpc rpc, Address contract, CancellationToken cancel)
    {
        var code = await rpc.GetCodeAsync(contract, default, cancel).ConfigureAwait(false);
        if (code.Length == 0) return new ContractStanding(false, false, Address.Zero, Address.Zero, []);
        var token = await AskAsync(rpc, contract, OperatorContract.Calls.GetChainlinkToken(),
            answer => OperatorContract.Answers.GetChainlinkToken(answer), cancel).ConfigureAwait(false);
        var owner = await AskAsync(rpc, contract, OperatorContract.Calls.Owner(),
            answer => OperatorContract.Answers.Owner(answer), cancel).ConfigureAwait(false);
        var senders = await AskAsync(rpc, contract, OperatorContract.Calls.GetAuthorizedSenders(),
            answer => OperatorContract.Answers.GetAuthorizedSenders(answer), cancel).ConfigureAwait(false);
        return new ContractStanding(true, IsOurCode(code, token), token, owner, senders);
    }

    /// <summary>
    /// A node does not begin for a contract that would not let it answer, or whose code is not known: whoever asks
    /// there has paid, and would wait in vain.
    /// </summary>
    /// <exception cref="NodeException"><c>operator.no-contract</c>, <c>.other-code</c>, <c>.other-token</c>,
    /// <c>.not-admitted</c></exception>
    public static async Task RequireAsync(
        EvmRpc rpc, OperatorChainSettings chain, Address node, CancellationToken cancel)
    {
        var standing = await ReadAsync(rpc, chain.Contract, cancel).ConfigureAwait(false);
        if (!standing.HasCode)
            throw new NodeException("operator.no-contract",
                $"There is no contract at {chain.Contract} on {chain.Network.Name} {chain.Network.ChainId}.",
                "Look at the address and at the network; 'stun operator deploy' makes a contract.");
        if (!standing.IsOurs && !chain.IsLegacy)
            throw new NodeException("operator.other-code",
                $"What stands at {chain.Contract} on {chain.Network.Name} {chain.Network.ChainId} is no operator's "
                + "contract of this version.",
                "Look at the address, or say 'legacy: true' at its chain where it is one of the first kind.");
        if (chain.Token is { } token && standing.Token != token)
            throw new NodeException("operator.other-token",
                $"{chain.Contract} takes {standing.Token}, and the federation's file says {token}.",
                "Ask whoever gave you the file for the right one.");
        // One of the first kind may not tell whom it lets answer.
        if (standing.Senders.Contains(node) || (chain.IsLegacy && standing.Senders.Count == 0)) return;
        throw new NodeException("operator.not-admitted",
            $"This node's key {node} is not among the authorised senders of {chain.Contract} on {chain.Network.Name} "
            + $"{chain.Network.ChainId}.",
            "Have the contract's owner admit it: stun operator admit "
            + $"{chain.FederationFile ?? "FEDERATION.json"} --node NAME={node} --rpc URL --key OWNER");
    }

    /// <summary>The compiler's code has zeroes where the constructor puts the token.</summary>
    private static bool IsOurCode(byte[] code, Address token)
    {
        if (token.IsZero) return false;
        var word = new byte[1 + AbiWriter.WordSize];
        word[0] = PushWord;
        token.Write(word.AsSpan(word.Length - Address.Size));
        byte[] plain = [.. code];
        for (var from = 0; plain.AsSpan(from).IndexOf(word) is >= 0 and var at; from += at + word.Length)
            plain.AsSpan(from + at + 1, AbiWriter.WordSize).Clear();
        return Keccak256.Hash(plain) == OurCode;
    }

    /// <summary>Nothing where the contract knows no such call, or answers something else.</summary>
    private static async Task<T> AskAsync<T>(
        EvmRpc rpc, Address contract, byte[] call, Func<byte[], T> read, CancellationToken cancel)
        where T : struct
    {
        try
        {
            return read(await rpc.CallAsync(new CallRequest(contract, call), default, cancel).ConfigureAwait(false));
        }
        catch (ChainException refused) when (refused.Code.StartsWith("abi.", StringComparison.Ordinal)
            || refused.Code == "chain.reverted")
        {
            return default;
        }
    }
}
