using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Encoding;

namespace Stun.Node.Money.Governance;

/// <summary>What a proposal would do: to which contract, and in words where they are known.</summary>
/// <param name="Contract">Its name in the network's address book; null for a stranger.</param>
/// <param name="Function">Null where nobody here knows what the bytes mean.</param>
public sealed record ProposedCall(
    Address Target, string? Contract, string Value, string? Function, IReadOnlyList<string> Arguments, string Data)
{
    private const int DataShown = 4_096, ArgumentMax = 500;

    /// <summary>All that the timelock may do to the contracts of a network, and how votes move money.</summary>
    private static readonly Dictionary<uint, AbiSignature> Known = ((string[])
    [
        "setGuardian(address)", "setShares((uint64,uint24,uint24,uint24,uint32,address))",
        "setTerms((uint32,uint32,uint32,uint32,uint96,uint32,uint96,uint96,uint32,uint32,uint32,uint96))",
        "setValidators(address[],uint8)", "unpause()", "setMultiple(uint256)", "setUnbondingDelay(uint32)",
        "setVerifier(bytes32,address)", "setProposalThreshold(uint256)", "setVotingDelay(uint48)",
        "setVotingPeriod(uint32)", "updateQuorumNumerator(uint256)", "updateTimelock(address)",
        "relay(address,uint256,bytes)", "updateDelay(uint256)", "grantRole(bytes32,address)",
        "revokeRole(bytes32,address)", "transferOwnership(address)", "transfer(address,uint256)",
        "approve(address,uint256)",
    ]).Select(AbiSignature.Parse).ToDictionary(signature => signature.Selector);

    public static ProposedCall Of(AddressBook book, Address target, UInt256 value, ReadOnlySpan<byte> data)
    {
        var contract = book.Contracts.FirstOrDefault(each => each.Address == target)?.Name;
        var shown = data.Length <= DataShown ? Hex.Data(data) : Hex.Data(data[..DataShown]) + "…";
        var plain = new ProposedCall(target, contract, value.ToString(), null, [], shown);
        if (AbiSignature.SelectorOf(data) is not { } selector || !Known.TryGetValue(selector, out var signature))
            return plain;
        try
        {
            return plain with
            {
                Function = signature.Name,
                Arguments = [.. signature.DecodeCall(data).Span.ToArray().Select(argument => Short($"{argument}"))],
            };
        }
        catch (ChainException)
        {
            // The selector is one of ours, and what follows is not: it would revert, and is shown as it is.
            return plain;
        }
    }

    private static string Short(string text) => text.Length <= ArgumentMax ? text : text[..ArgumentMax] + "…";
}
