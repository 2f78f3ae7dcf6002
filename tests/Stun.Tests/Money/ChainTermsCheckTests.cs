using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Node;
using Stun.Node.Money;

namespace Stun.Tests.Money;

/// <summary>A node whose terms are not those of its contracts is found out, in all places at once.</summary>
public sealed class ChainTermsCheckTests
{
    private static readonly Address One = new(0, 1, 0), Two = new(0, 2, 0), Escrow = new(0, 3, 0),
        Staking = new(0, 4, 0), Court = new(0, 5, 0), Token = new(0, 6, 0);

    private static readonly AddressBook Book = new(31337, [
        new(ContractNames.Escrow, Escrow, null, 7, default), new(ContractNames.Staking, Staking, null, 6, default),
        new(ContractNames.Court, Court, null, 8, default), new(ContractNames.Token, Token, null, 5, default),
    ]);

    private static readonly NetworkTerms Terms = new()
    {
        Validators = [One, Two],
        Schedulers = [One],
        Quorum = 2,
        Domain = new TypedDataDomain(31337, Escrow),
        Treasury = One,
    };

    private static readonly ContractTerms OnChain = new(Token, [One, Two], 2,
        new Escrow.Shares(0, 150_000, 50_000, Terms.SlashToRequesterPpm, (uint)Terms.SlashMultiple, One),
        new NetworkPlan(One, One, [One], 1).Terms)
    {
        Staking = Staking,
        Court = Court,
        StakesObey = Escrow,
        StakeCurrency = Token,
        UnbondingDelay = 21 * 86_400,
    };

    [Fact]
    public void Terms_that_agree_pass_and_a_longer_delay_on_the_chain_does_too()
    {
        Assert.Empty(ChainTermsCheck.Compare(Terms, OnChain, Book, Token));
        Assert.Empty(ChainTermsCheck.Compare(Terms, OnChain with { UnbondingDelay = 30 * 86_400 }, Book, null));
    }

    [Fact]
    public void Each_difference_is_named_alone()
    {
        foreach (var (key, chain) in new (string, ContractTerms)[]
        {
            ("network.validators", OnChain with { Validators = [One] }),
            ("network.quorum", OnChain with { Quorum = 1 }),
            ("network.treasury", OnChain with { Shares = OnChain.Shares with { Treasury = Two } }),
            ("network.treasury-share", OnChain with { Shares = OnChain.Shares with { TreasuryPpm = 1 } }),
            ("network.creator-share", OnChain with { Shares = OnChain.Shares with { CreatorPpm = 1 } }),
            ("network.slash-to-requester", OnChain with { Shares = OnChain.Shares with { SlashToRequesterPpm = 1 } }),
            ("network.slash-multiple", OnChain with { Shares = OnChain.Shares with { SlashMultiple = 1 } }),
            ("chain.contracts: Staking", OnChain with { Staking = Two }),
            ("chain.contracts: Court", OnChain with { Court = Two }),
            ("chain.contracts: the escrow of Staking", OnChain with { StakesObey = Two }),
            ("chain.contracts: the currency of Staking", OnChain with { StakeCurrency = Two }),
            ("network.unbonding-delay", OnChain with { UnbondingDelay = 86_400 }),
        })
            Assert.Equal([key], ChainTermsCheck.Compare(Terms, chain, Book, Token).Select(each => each.Key));
        Assert.Equal(["chain.currency"],
            ChainTermsCheck.Compare(Terms, OnChain, Book, Two).Select(each => each.Key));
    }

    [Fact]
    public void A_start_is_refused_with_all_of_them()
    {
        var refused = Assert.Throws<NodeException>(() => ChainTermsCheck.RequireSame(
            Terms with { Quorum = 1, TreasuryPpm = 7 }, OnChain, Book, null));
        Assert.Equal("chain.terms-differ", refused.Code);
        Assert.Contains("network.quorum: 1 here, 2 on the chain", refused.Message, StringComparison.Ordinal);
        Assert.Contains("network.treasury-share: 7 here, 150000 on the chain", refused.Message,
            StringComparison.Ordinal);
    }
}
