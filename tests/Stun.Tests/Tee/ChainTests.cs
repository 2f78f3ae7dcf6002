using Stun.Tee;
using Stun.Tee.Certificates;
using Stun.Tee.Checks;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>Chains of certificates of our own: each rule of RFC 5280 that hardware's chains need.</summary>
public sealed class ChainTests
{
    /// <summary>root ─► between ─► issuing ─► key, and a list of each authority.</summary>
    private sealed class Chain
    {
        private readonly Authority root, between, issuing, key;

        public Chain(Shape? root = null, Shape? between = null, Shape? issuing = null)
        {
            this.root = Authority.Root("Chain root", root ?? new Shape());
            this.between = this.root.Issue("Chain between", between ?? new Shape());
            this.issuing = this.between.Issue("Chain issuing", issuing ?? new Shape());
            key = this.issuing.Issue("Chain key", new Shape { IsAuthority = false });
        }

        public TeeVerdict Check(DateTimeOffset? at = null)
        {
            var checks = new CheckList(EvidenceKind.Snp, at ?? Shape.Now);
            RevocationList List(Authority by) =>
                RevocationList.Parse(by.List(Shape.Now.AddDays(-1), Shape.Now.AddDays(1)));
            new CertificatePath(checks, new SignatureMemory()) { What = "it" }.Check(
                [key.Certificate, issuing.Certificate, between.Certificate], [root.Certificate],
                [List(root), List(between), List(issuing)]);
            return checks.Close([]);
        }
    }

    private static void Refused(TeeVerdict verdict, string code, string why)
    {
        var refusal = Assert.Single(verdict.Refusals);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(why, refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_stands_no_higher_than_it_may()
    {
        Assert.Empty(new Chain().Check().Refusals);
        Assert.Empty(new Chain(new Shape { PathLength = 2 }, new Shape { PathLength = 1 }, new Shape { PathLength = 0 })
            .Check().Refusals);
        const string Why = "may not stand so high";
        Refused(new Chain(root: new Shape { PathLength = 1 }).Check(), CheckBook.ChainPath, Why);
        Refused(new Chain(between: new Shape { PathLength = 0 }).Check(), CheckBook.ChainPath, Why);
    }

    [Fact]
    public void A_list_counts_only_by_an_authority_that_may_sign_lists()
    {
        const string Why = "may not sign lists";
        Refused(new Chain(between: new Shape { SignsLists = false }).Check(), CheckBook.ChainRevocation, Why);
        Refused(new Chain(issuing: new Shape { SignsLists = false }).Check(), CheckBook.ChainRevocation, Why);
    }

    [Fact]
    public void A_chain_is_good_from_the_latest_of_its_beginnings_to_the_first_of_its_ends()
    {
        var chain = new Chain(between: new Shape { From = Shape.Now, To = Shape.Now.AddHours(1) });
        Assert.Empty(chain.Check().Refusals);
        Assert.Empty(chain.Check(Shape.Now.AddHours(1)).Refusals);
        Assert.Equal([CheckBook.ChainTime], chain.Check(Shape.Now.AddSeconds(-1)).Refusals.Select(each => each.Code));
        Assert.Equal([CheckBook.ChainTime], chain.Check(Shape.Now.AddHours(1).AddSeconds(1)).Refusals
            .Select(each => each.Code));
    }
}
