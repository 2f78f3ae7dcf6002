namespace Stun.Tests.Scenes;

/// <summary>What every host answers alike: signatures are checked and made with the keys of the scene.</summary>
internal static class SceneHost
{
    public static Answer? Answer(Ask ask) => ask switch
    {
        Ask.CheckOrder check => Checked(Scene.IsSigned(check.Order)),
        Ask.CheckCancel check => Checked(Scene.Keys.Check(
            check.Requester, TypedData.Digest(Scene.Terms.Domain, check.Task), check.Signature)),
        Ask.CheckReceipts check => new Answer.Checked([.. check.Receipts.Select(Scene.IsSigned)]),
        Ask.CheckSignature check => Checked(Scene.Keys.Check(check.Signer, check.Digest, check.Signature)),
        Ask.Compare compare => new Answer.Checked([.. compare.Results.Select(result => result == compare.Against)]),
        Ask.CheckProof check => Checked(check.Receipt.Proof == Scene.DigestOf(80)),
        Ask.CheckQuote check => Checked(check.Receipt.Proof == Scene.DigestOf(80)),
        Ask.CheckOffer check => Checked(
            check.Offer.Attestations.Any(each => each.IsTee && each.Evidence == Scene.DigestOf(81))),
        Ask.CheckPolicy => new Answer.PolicyChecked(true, ""),
        _ => null,
    };

    /// <summary>The host of one node, which signs with that node's key.</summary>
    public static Func<Ask, Answer?> Of(Address self) =>
        ask => ask is Ask.Sign sign ? new Answer.Signed(Scene.Keys.Sign(self, sign.Digest)) : Answer(ask);

    public static Answer Checked(bool ok) => new Answer.Checked([ok]);
}
