using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Money;

/// <summary>A transaction that a wallet has made.</summary>
/// <param name="What">The word of the verb, or of what had to come before it.</param>
public sealed record WalletStep(string What, Digest Transaction, ulong Block, ulong GasUsed);

/// <summary>
/// What an owner of money does with it, directly on the chain: nobody of the network is asked, and nobody can refuse
/// but the contracts.
/// </summary>
/// <exception cref="NodeException">From all verbs: <c>wallet.*</c> and <c>chain.*</c>.</exception>
public sealed class Wallet(EvmRpc rpc, MoneyContracts contracts, EvmKey key, TransactionSender sender)
{
    public Address Owner => key.Address;

    public Task<WalletState> ReadAsync(CancellationToken cancel) => ReadAsync(Owner, cancel);

    /// <summary>With a permit where the currency knows them, which saves a transaction.</summary>
    public Task<IReadOnlyList<WalletStep>> DepositAsync(Amount amount, CancellationToken cancel) =>
        CarryAsync(async steps =>
        {
            await RequireAsync(amount, cancel).ConfigureAwait(false);
            if (await AllowanceAsync(contracts.Escrow, cancel).ConfigureAwait(false) < amount)
            {
                if (await new PermitDesk(rpc, contracts, key).TryDepositAsync(amount, cancel)
                    .ConfigureAwait(false) is { } call)
                {
                    await SendAsync(steps, "deposit", contracts.Escrow, call, cancel).ConfigureAwait(false);
                    return;
                }
                await ApproveAsync(steps, contracts.Escrow, amount, cancel).ConfigureAwait(false);
            }
            await SendAsync(steps, "deposit", contracts.Escrow, Escrow.Calls.Deposit(amount), cancel)
                .ConfigureAwait(false);
        });

    /// <summary>Replaces what was asked before; zero takes it back.</summary>
    /// <param name="account">That the owner sponsors; null for its own.</param>
    public Task<IReadOnlyList<WalletStep>> AskExitAsync(Amount amount, Address? account, CancellationToken cancel) =>
        OneAsync("ask-exit", contracts.Escrow, account is { } other
            ? Escrow.Calls.AskExitOf(other, amount) : Escrow.Calls.AskExit(amount), cancel);

    public Task<IReadOnlyList<WalletStep>> ClaimAsync(Address? account, CancellationToken cancel) =>
        OneAsync("claim", contracts.Escrow, account is { } other
            ? Escrow.Calls.WithdrawOf(other) : Escrow.Calls.Withdraw(), cancel);

    public Task<IReadOnlyList<WalletStep>> StakeAsync(Amount amount, CancellationToken cancel) =>
        CarryAsync(async steps =>
        {
            await RequireAsync(amount, cancel).ConfigureAwait(false);
            await ApproveAsync(steps, contracts.Staking, amount, cancel).ConfigureAwait(false);
            await SendAsync(steps, "stake", contracts.Staking, Staking.Calls.Stake(amount), cancel)
                .ConfigureAwait(false);
        });

    public Task<IReadOnlyList<WalletStep>> UnstakeAsync(Amount amount, CancellationToken cancel) =>
        OneAsync("unstake", contracts.Staking, Staking.Calls.BeginUnstake(amount), cancel);

    public Task<IReadOnlyList<WalletStep>> FinishUnstakeAsync(CancellationToken cancel) =>
        OneAsync("finish-unstake", contracts.Staking, Staking.Calls.FinishUnstake(), cancel);

    /// <param name="consent">Of the account, which gives it once; empty later.</param>
    public Task<IReadOnlyList<WalletStep>> GrantAsync(
        Address account, Amount amount, ReadOnlyMemory<byte> consent, CancellationToken cancel) =>
        CarryAsync(async steps =>
        {
            await RequireAsync(amount, cancel).ConfigureAwait(false);
            await ApproveAsync(steps, contracts.Escrow, amount, cancel).ConfigureAwait(false);
            await SendAsync(steps, "grant", contracts.Escrow,
                Escrow.Calls.DepositAllowance(account, amount, ValueList.Create(consent.Span)), cancel)
                .ConfigureAwait(false);
        });

    /// <summary>Null where nobody is: the first grant needs the account's consent.</summary>
    public async Task<Address?> SponsorOfAsync(Address account, CancellationToken cancel) =>
        (await ReadAsync(account, cancel).ConfigureAwait(false)).Sponsor;

    private async Task<WalletState> ReadAsync(Address whose, CancellationToken cancel)
    {
        try
        {
            return await WalletState.ReadAsync(rpc, contracts, whose, cancel).ConfigureAwait(false);
        }
        catch (ChainException failure)
        {
            throw WalletRefusal.Of(failure);
        }
    }

    private Task<IReadOnlyList<WalletStep>> OneAsync(
        string what, Address contract, byte[] call, CancellationToken cancel) =>
        CarryAsync(async steps =>
        {
            await RequireGasAsync(cancel).ConfigureAwait(false);
            await SendAsync(steps, what, contract, call, cancel).ConfigureAwait(false);
        });

    private static async Task<IReadOnlyList<WalletStep>> CarryAsync(Func<List<WalletStep>, Task> work)
    {
        List<WalletStep> steps = [];
        try
        {
            await work(steps).ConfigureAwait(false);
            return steps;
        }
        catch (ChainException failure)
        {
            throw WalletRefusal.Of(failure);
        }
    }

    /// <summary>Whoever has too little is told so before anything is paid for.</summary>
    private async Task RequireAsync(Amount amount, CancellationToken cancel)
    {
        var state = await RequireGasAsync(cancel).ConfigureAwait(false);
        if (state.Coins < amount) throw WalletRefusal.InsufficientFunds(state.Coins);
    }

    private async Task<WalletState> RequireGasAsync(CancellationToken cancel)
    {
        var state = await WalletState.ReadAsync(rpc, contracts, Owner, cancel).ConfigureAwait(false);
        return state.Gas.IsZero ? throw WalletRefusal.NoGas() : state;
    }

    private async Task<Amount> AllowanceAsync(Address spender, CancellationToken cancel) =>
        WalletState.AmountOf(StunToken.Answers.Allowance(await rpc.CallAsync(
            new CallRequest(contracts.Token, StunToken.Calls.Allowance(Owner, spender)), default, cancel)
            .ConfigureAwait(false)));

    private async Task ApproveAsync(
        List<WalletStep> steps, Address spender, Amount amount, CancellationToken cancel)
    {
        if (await AllowanceAsync(spender, cancel).ConfigureAwait(false) >= amount) return;
        await SendAsync(steps, "approve", contracts.Token, StunToken.Calls.Approve(spender, amount), cancel)
            .ConfigureAwait(false);
    }

    private async Task SendAsync(
        List<WalletStep> steps, string what, Address to, byte[] call, CancellationToken cancel)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(to, call), cancel).ConfigureAwait(false);
        if (!receipt.Succeeded)
            throw new NodeException("wallet.reverted",
                $"The transaction 0x{receipt.TransactionHash} was tried without fault and failed in its block.",
                "Something has changed in between: look at 'stun wallet balance', and try again.");
        steps.Add(new WalletStep(what, receipt.TransactionHash, receipt.BlockNumber, receipt.GasUsed));
    }
}
