using Stun.Chain.Evm.Abi;

namespace Stun.Chain.Evm.Rpc;

/// <summary>
/// What the errors of nodes mean. JSON-RPC gives them numbers that every node uses in its own way, so that mostly the
/// text decides; the texts are those of geth, erigon, nethermind, reth, anvil and the nitro node.
/// </summary>
internal static class RpcFault
{
    public const string AlreadyKnown = "chain.already-known";
    public const string BlockUnknown = "chain.block-unknown";
    public const string InsufficientFunds = "chain.insufficient-funds";
    public const string NonceTooLow = "chain.nonce-too-low";
    public const string RangeRefused = "chain.range-refused";
    public const string RateLimited = "chain.rate-limited";
    public const string ReplacementUnderpriced = "chain.replacement-underpriced";
    public const string Reverted = "chain.reverted";
    public const string Underpriced = "chain.underpriced";

    private const long RevertCode = 3;
    private const long LimitCode = -32005;

    private sealed record Rule(string Code, string Cure, params string[] Texts);

    private static readonly Rule[] Rules =
    [
        new(NonceTooLow, "Another program may use the same key: send again, and give each program its own key.",
            "nonce too low", "nonce is too low", "oldnonce"),
        new(AlreadyKnown, "Nothing needs to be done: wait for its receipt.",
            "already known", "known transaction", "already imported", "alreadyknown", "transaction already exists"),
        new(ReplacementUnderpriced, "Raise both fees by at least a tenth.",
            "replacement transaction underpriced", "replacementnotallowed", "replacement fee too low"),
        new(Underpriced, "Raise the fee.",
            "underpriced", "less than block base fee", "fee cap less than", "feetoolow", "gas price too low",
            "max fee per gas too low"),
        new(InsufficientFunds, "Send the account the chain's own coin for gas and value.",
            "insufficient funds", "insufficientfunds", "insufficient balance"),
        new(RangeRefused, "Ask for fewer blocks.",
            "query returned more than", "block range", "range too large", "range is too", "response size",
            "too many results", "too many logs", "query exceeds", "exceeds max results", "logs matched"),
        new(BlockUnknown, "Wait until the endpoint has the block, or use another endpoint.",
            "header not found", "unknown block", "block not found", "blocknotfound", "header for hash not found",
            "blockoutofrange"),
        new(RateLimited, "Ask less often, or use another endpoint.",
            "rate limit", "too many requests", "limit exceeded", "capacity exceeded"),
    ];

    public static ChainException From(string method, long code, string message, byte[]? data)
    {
        if (code == RevertCode || message.Contains("revert", StringComparison.OrdinalIgnoreCase))
            return Refusal(method, message, data);
        // One number for a range of blocks that is too long, and for a caller who asks too often.
        if (code == LimitCode && method == "eth_getLogs") return Make(Rules[5], method, code, message);
        foreach (var rule in Rules)
            foreach (var text in rule.Texts)
                if (message.Contains(text, StringComparison.OrdinalIgnoreCase))
                    return Make(rule, method, code, message);
        if (code == LimitCode) return Make(Rules[^1], method, code, message);
        return new ChainException("chain.rpc-error", $"The node refused {method} ({code}): {message}.",
            "Look into the log of the node, or use another endpoint.");
    }

    public static bool Is(Exception failure, string code) => failure is ChainException chain && chain.Code == code;

    private static ChainException Refusal(string method, string message, byte[]? data)
    {
        // Whoever knows the contract's own errors reads them from the bytes.
        var reason = data is { Length: > 0 } ? Revert.Read(data, []).Message : $"The contract refused: {message}.";
        return new ChainException(Reverted, $"{reason} ({method})",
            "Look at what was asked of it: the reason is the contract's.")
        {
            RevertData = data,
        };
    }

    private static ChainException Make(Rule rule, string method, long code, string message) =>
        new(rule.Code, $"The node refused {method} ({code}): {message}.", rule.Cure);
}
