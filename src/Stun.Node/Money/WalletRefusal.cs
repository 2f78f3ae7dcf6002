using Stun.Chain;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Contracts;

namespace Stun.Node.Money;

/// <summary>What contracts and endpoints refuse with, for an owner: a code that stays, and what to do.</summary>
public static class WalletRefusal
{
    private static readonly ValueList<AbiSignature> All =
        [.. Escrow.Error.Signatures, .. Staking.Error.Signatures, .. StunToken.Error.Signatures];

    public static NodeException Of(ChainException failure) => failure switch
    {
        { Code: "chain.reverted", RevertData: { Length: > 0 } data } => OfRevert(data.Span, failure),
        { Code: "chain.insufficient-funds" } => NoGas(failure),
        _ => new NodeException(failure.Code, Bare(failure), failure.Cure, failure),
    };

    public static NodeException NoGas(Exception? inner = null) => new("wallet.no-gas",
        "The key's account has too little of the chain's own coin to pay for a transaction.",
        "Send it some of that coin; 'stun wallet balance' shows the address and what it has.", inner);

    private static NodeException OfRevert(ReadOnlySpan<byte> data, ChainException failure)
    {
        var known = Escrow.Error.TryDecode(data) is { } escrow ? Of(escrow)
            : Staking.Error.TryDecode(data) is { } staking ? Of(staking)
            : StunToken.Error.TryDecode(data) is { } token ? Of(token)
            : null;
        var read = Revert.Read(data, All);
        var (code, what, cure) = known ?? ("wallet.refused", read.Message,
            "Look up what the contract means by that; nothing was changed.");
        var name = read.Name is null || known is null ? "" : $" The contract said {read.Name}.";
        return new NodeException(code, what + name, cure, failure);
    }

    private static (string Code, string What, string Cure)? Of(Escrow.Error error) => error switch
    {
        Escrow.Error.PausedUntil paused => ("wallet.paused",
            $"The escrow takes nothing in until {Moment(paused.Until)}: its guardian has paused it.",
            "Wait until then, or ask the guardian; taking money out is never paused."),
        Escrow.Error.OverCap => ("wallet.over-cap", "The contract would hold more than it may.",
            "Put in less, or wait until governance raises the cap."),
        Escrow.Error.InsufficientBalance => ("wallet.insufficient-balance",
            "The account has less than that at the escrow.", "Look at 'stun wallet balance', and ask for less."),
        Escrow.Error.NothingToWithdraw => ("wallet.nothing-to-claim",
            "Nothing is released to this account, and no exit's delay is over.",
            "Ask for it with 'stun wallet withdraw'; 'stun wallet balance' shows when it is free."),
        Escrow.Error.Sponsored sponsored => ("wallet.sponsored",
            $"{sponsored.Account} has a sponsor, cannot get one, or has money of its own.",
            "What leaves a sponsored account goes to its sponsor, who uses --account; a new account can get one."),
        Escrow.Error.NotTheSponsor => ("wallet.not-the-sponsor", "Somebody else is the sponsor of that account.",
            "Use the sponsor's key."),
        Escrow.Error.BadSignature => ("wallet.bad-consent", "The account has not consented to this sponsor.",
            "Have the account's owner make it: 'stun wallet consent SPONSOR --key ACCOUNT-KEY'."),
        Escrow.Error.ZeroAmount => ("wallet.zero", "Nothing is no amount.", "Give more than zero."),
        Escrow.Error.AmountTooLarge => ("wallet.too-large", "An account cannot have that much.", "Give less."),
        Escrow.Error.NotReceivedInFull => ("wallet.currency",
            "The currency keeps a part of each transfer, and the contract takes no such currency.",
            "Ask whoever has deployed the network."),
        Escrow.Error.SafeERC20FailedOperation => ("wallet.transfer", "The currency refused the transfer.",
            "Look at 'stun wallet balance', and at whether the currency has blocked the account."),
        _ => null,
    };

    private static (string Code, string What, string Cure)? Of(Staking.Error error) => error switch
    {
        Staking.Error.InsufficientStake some => ("wallet.insufficient-stake",
            $"Only {some.Stake} are at stake.", "Ask for less."),
        Staking.Error.NothingUnbonding => ("wallet.nothing-unbonding", "No stake is leaving.",
            "Begin with 'stun wallet unstake AMOUNT'."),
        Staking.Error.StillUnbonding still => ("wallet.still-unbonding",
            $"The stake is free at {Moment(still.Until)}, not before.", "Come again then."),
        _ => null,
    };

    private static (string Code, string What, string Cure)? Of(StunToken.Error error) => error switch
    {
        StunToken.Error.ERC20InsufficientBalance some => Short(new Amount((UInt128)some.Balance)),
        _ => null,
    };

    public static NodeException InsufficientFunds(Amount has)
    {
        var (code, what, cure) = Short(has);
        return new NodeException(code, what, cure);
    }

    private static (string Code, string What, string Cure) Short(Amount has) => ("wallet.insufficient-funds",
        $"The wallet has {has} of the currency.", "Send it more, or give less.");

    public static string Moment(Chain.Evm.UInt256 second) =>
        second.High == 0 && second.Low <= (UInt128)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? $"{DateTimeOffset.FromUnixTimeSeconds((long)second.Low):u}"
            : $"second {second}";

    private static string Bare(ChainException failure) =>
        failure.Message.EndsWith(failure.Cure, StringComparison.Ordinal)
            ? failure.Message[..^failure.Cure.Length].TrimEnd()
            : failure.Message;
}
