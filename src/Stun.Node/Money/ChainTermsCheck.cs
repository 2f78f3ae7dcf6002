using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money;

/// <summary>What the contracts of a network agree on.</summary>
/// <param name="Validators">In rising order.</param>
/// <param name="Posted">How many batches were posted.</param>
/// <param name="Settled">How many of them are over.</param>
public sealed record ContractTerms(
    Address Currency, ValueList<Address> Validators, byte Quorum, Escrow.Shares Shares, Escrow.Terms Terms)
{
    public Address Staking { get; init; }

    public Address Court { get; init; }

    /// <summary>The escrow that the stakes obey.</summary>
    public Address StakesObey { get; init; }

    public Address StakeCurrency { get; init; }

    public uint UnbondingDelay { get; init; }

    public ulong Posted { get; init; }

    public ulong Settled { get; init; }

    public static async Task<ContractTerms> ReadAsync(EvmRpc rpc, AddressBook book, CancellationToken cancel)
    {
        var (escrow, staking) = (book[ContractNames.Escrow].Address, book[ContractNames.Staking].Address);
        Task<byte[]> OfEscrow(byte[] call) => rpc.CallAsync(new CallRequest(escrow, call), default, cancel);
        Task<byte[]> OfStaking(byte[] call) => rpc.CallAsync(new CallRequest(staking, call), default, cancel);

        return new ContractTerms(
            Escrow.Answers.Token(await OfEscrow(Escrow.Calls.Token()).ConfigureAwait(false)),
            Escrow.Answers.Validators(await OfEscrow(Escrow.Calls.Validators()).ConfigureAwait(false)),
            (byte)(ulong)Escrow.Answers.Quorum(await OfEscrow(Escrow.Calls.Quorum()).ConfigureAwait(false)),
            Escrow.Answers.CurrentShares(await OfEscrow(Escrow.Calls.CurrentShares()).ConfigureAwait(false)),
            Escrow.Answers.Terms(await OfEscrow(Escrow.Calls.Terms()).ConfigureAwait(false)))
        {
            Staking = Escrow.Answers.Staking(await OfEscrow(Escrow.Calls.Staking()).ConfigureAwait(false)),
            Court = Escrow.Answers.Court(await OfEscrow(Escrow.Calls.Court()).ConfigureAwait(false)),
            StakesObey = Stun.Chain.Evm.Contracts.Staking.Answers.Escrow(
                await OfStaking(Stun.Chain.Evm.Contracts.Staking.Calls.Escrow()).ConfigureAwait(false)),
            StakeCurrency = Stun.Chain.Evm.Contracts.Staking.Answers.Token(
                await OfStaking(Stun.Chain.Evm.Contracts.Staking.Calls.Token()).ConfigureAwait(false)),
            UnbondingDelay = Stun.Chain.Evm.Contracts.Staking.Answers.UnbondingDelay(
                await OfStaking(Stun.Chain.Evm.Contracts.Staking.Calls.UnbondingDelay()).ConfigureAwait(false)),
            Posted = Escrow.Answers.NextToPost(await OfEscrow(Escrow.Calls.NextToPost()).ConfigureAwait(false)),
            Settled = Escrow.Answers.NextToSettle(await OfEscrow(Escrow.Calls.NextToSettle()).ConfigureAwait(false)),
        };
    }
}

/// <summary>One thing in which a configuration and the contracts do not agree.</summary>
public sealed record TermsDifference(string Key, string Configured, string OnChain);

/// <summary>
/// Whether a node would decide as the contracts do: a book that divides otherwise would make batches that anybody may
/// have voided.
/// </summary>
public static class ChainTermsCheck
{
    /// <param name="currency">That the configuration expects; null where it says nothing.</param>
    public static IReadOnlyList<TermsDifference> Compare(
        NetworkTerms terms, ContractTerms chain, AddressBook book, Address? currency)
    {
        List<TermsDifference> found = [];
        void Check(string key, object configured, object onChain)
        {
            if (!Equals(configured, onChain)) found.Add(new TermsDifference(key, $"{configured}", $"{onChain}"));
        }

        Check("network.validators", string.Join(", ", terms.Validators.Order()),
            string.Join(", ", chain.Validators.Order()));
        Check("network.quorum", terms.Quorum, (int)chain.Quorum);
        Check("network.treasury", terms.Treasury, chain.Shares.Treasury);
        Check("network.treasury-share", terms.TreasuryPpm, chain.Shares.TreasuryPpm);
        Check("network.creator-share", terms.CreatorPpm, chain.Shares.CreatorPpm);
        Check("network.slash-to-requester", terms.SlashToRequesterPpm, chain.Shares.SlashToRequesterPpm);
        Check("network.slash-multiple", terms.SlashMultiple, (ulong)chain.Shares.SlashMultiple);
        if (currency is { } expected) Check("chain.currency", expected, chain.Currency);
        if (book.Contracts.FirstOrDefault(each => each.Name == ContractNames.Token) is { } token)
            Check("chain.contracts: StunToken", token.Address, chain.Currency);
        Check("chain.contracts: Staking", book[ContractNames.Staking].Address, chain.Staking);
        Check("chain.contracts: Court", book[ContractNames.Court].Address, chain.Court);
        Check("chain.contracts: the escrow of Staking", book[ContractNames.Escrow].Address, chain.StakesObey);
        Check("chain.contracts: the currency of Staking", chain.Currency, chain.StakeCurrency);
        // Longer on the chain is safe: what the book calls free is still there.
        if (terms.UnbondingDelay > Duration.Seconds(chain.UnbondingDelay))
            Check("network.unbonding-delay", $"{terms.UnbondingDelay}", $"{Duration.Seconds(chain.UnbondingDelay)}");
        return found;
    }

    /// <exception cref="NodeException"><c>chain.terms-differ</c>, with everything that differs.</exception>
    public static void RequireSame(
        NetworkTerms terms, ContractTerms chain, AddressBook book, Address? currency)
    {
        var found = Compare(terms, chain, book, currency);
        if (found.Count == 0) return;
        var lines = string.Join(' ', found.Select(each =>
            $"{each.Key}: {each.Configured} here, {each.OnChain} on the chain;"));
        throw new NodeException("chain.terms-differ",
            $"The configuration and the contracts do not agree in {found.Count} places. {lines}",
            "Correct the configuration, or give the address book of the right network.");
    }
}
