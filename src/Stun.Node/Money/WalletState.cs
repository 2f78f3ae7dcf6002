using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>All that somebody has on a chain, at one block. Moments are seconds of the chain's clock.</summary>
/// <param name="Coins">Of the currency, in the wallet.</param>
/// <param name="Gas">The chain's own coin, which pays for transactions.</param>
/// <param name="Exiting">The part of the balance that its owner wants back.</param>
/// <param name="Claimable">Released: only the owner can take it.</param>
/// <param name="Sponsor">Who gets what leaves the account; null where that is its owner.</param>
public sealed record WalletState(Address Owner, Amount Coins, Amount Gas, Amount Balance, Amount Exiting)
{
    public Amount Claimable { get; init; }

    public ulong ExitAt { get; init; }

    public Amount Stake { get; init; }

    public Amount Unbonding { get; init; }

    public ulong UnbondedAt { get; init; }

    public Address? Sponsor { get; init; }

    /// <summary>Nothing can be put in before it.</summary>
    public ulong PausedUntil { get; init; }

    public ulong Block { get; init; }

    /// <summary>The block's moment.</summary>
    public ulong Second { get; init; }

    /// <summary>What a claim would pay now.</summary>
    public Amount Payable => Claimable
        + (Sponsor is null && Second >= ExitAt ? Amount.Min(Exiting, Balance) : Amount.Zero);

    public static async Task<WalletState> ReadAsync(
        EvmRpc rpc, MoneyContracts contracts, Address owner, CancellationToken cancel)
    {
        var head = await rpc.GetBlockAsync(BlockTag.Latest, cancel).ConfigureAwait(false)
            ?? throw new NodeException("chain.empty", "The endpoint knows no block.", "Use another endpoint.");
        var at = BlockTag.At(head.Number);
        Task<byte[]> AskAsync(Address contract, byte[] call) =>
            rpc.CallAsync(new CallRequest(contract, call), at, cancel);

        var gas = rpc.GetBalanceAsync(owner, at, cancel);
        var coins = AskAsync(contracts.Token, StunToken.Calls.BalanceOf(owner));
        var account = AskAsync(contracts.Escrow, Escrow.Calls.Accounts(owner));
        var claimable = AskAsync(contracts.Escrow, Escrow.Calls.Claimable(owner));
        var sponsor = AskAsync(contracts.Escrow, Escrow.Calls.SponsorOf(owner));
        var paused = AskAsync(contracts.Escrow, Escrow.Calls.PausedUntil());
        var stake = AskAsync(contracts.Staking, Staking.Calls.Accounts(owner));
        var (balance, exiting, exitAt) = Escrow.Answers.Accounts(await account.ConfigureAwait(false));
        var (staked, unbonding, unbondedAt) = Staking.Answers.Accounts(await stake.ConfigureAwait(false));
        var heir = Escrow.Answers.SponsorOf(await sponsor.ConfigureAwait(false));
        return new WalletState(owner, AmountOf(StunToken.Answers.BalanceOf(await coins.ConfigureAwait(false))),
            await gas.ConfigureAwait(false), new Amount(balance), new Amount(exiting))
        {
            ExitAt = exitAt,
            Claimable = AmountOf(Escrow.Answers.Claimable(await claimable.ConfigureAwait(false))),
            Stake = new Amount(staked),
            Unbonding = new Amount(unbonding),
            UnbondedAt = unbondedAt,
            Sponsor = heir.IsZero ? null : heir,
            PausedUntil = (ulong)Escrow.Answers.PausedUntil(await paused.ConfigureAwait(false)),
            Block = head.Number,
            Second = head.Timestamp,
        };
    }

    /// <summary>A token of somebody else may have more coins than fit: then as many as fit are told.</summary>
    internal static Amount AmountOf(Chain.Evm.UInt256 value) =>
        new(value.High == 0 ? value.Low : UInt128.MaxValue);
}
