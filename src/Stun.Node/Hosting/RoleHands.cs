using Stun.Chain.Evm;

namespace Stun.Node.Hosting;

/// <summary>What all roles ask for: keys, signatures, the escrow. Roles with hands of their own add to it.</summary>
public class RoleHands(HandTools tools) : IHands
{
    private readonly Pump pump = tools.Pump;
    private readonly WorkBench bench = tools.Bench;
    private readonly SignatureBook signatures = tools.Signatures;
    private readonly NetworkTerms terms = tools.Terms;

    protected Pump Pump => pump;

    protected EvmKey Key => tools.Key;

    public virtual bool IsForeign(Ask asked) => asked switch
    {
        Ask.CallEscrow or Ask.FollowEscrow => pump.Find(terms.Book) is null,
        _ => false,
    };

    public virtual void Carry(RoleHost role, ulong id, Ask asked)
    {
        switch (asked)
        {
            case Ask.CheckOrder check:
                Check(role, id, check.Order.Order.Requester,
                    TypedData.Digest(terms.Domain, check.Order.Order), check.Order.Signature);
                break;
            case Ask.CheckCancel check:
                Check(role, id, check.Requester, TypedData.Digest(terms.Domain, check.Task), check.Signature);
                break;
            case Ask.CheckSignature check: Check(role, id, check.Signer, check.Digest, check.Signature); break;
            case Ask.CheckReceipts check: CheckReceipts(role, id, check); break;
            case Ask.Sign sign:
                bench.Add(role, id, () => new Answer.Signed(signatures.Sign(tools.Key, sign.Digest)));
                break;
            case Ask.CallEscrow call:
                pump.Send(role, terms.Book, new Message.CallEscrow(id, call.Call));
                break;
            case Ask.FollowEscrow follow:
                pump.Send(role, terms.Book, new Message.FollowEscrow(follow.From));
                break;
            default: throw new InvariantException($"{role.Machine.GetType().Name} has hands for what it asks");
        }
    }

    public void Note(RoleHost role, Effect.Note note) => tools.Noted(role, note);

    private static Answer No { get; } = new Answer.Checked([false]);

    private static Answer Yes { get; } = new Answer.Checked([true]);

    private void Check(RoleHost role, ulong id, Address signer, Digest digest, Signature signature)
    {
        if (signatures.IsKnown(signer, digest, signature)) Pump.AnswerHere(role, id, Yes);
        else bench.Add(role, id, () => signatures.Check(signer, digest, signature) ? Yes : No);
    }

    private void CheckReceipts(RoleHost role, ulong id, Ask.CheckReceipts check)
    {
        bool[] Look(Func<Address, Digest, Signature, bool> look)
        {
            var ok = new bool[check.Receipts.Count];
            for (var index = 0; index < ok.Length; index++)
            {
                var signed = check.Receipts[index];
                var digest = TypedData.Digest(terms.Domain, signed.Receipt);
                ok[index] = look(signed.Receipt.Provider, digest, signed.Signature);
            }
            return ok;
        }

        var known = Look(signatures.IsKnown);
        if (Array.TrueForAll(known, ok => ok)) Pump.AnswerHere(role, id, new Answer.Checked([.. known]));
        else bench.Add(role, id, () => new Answer.Checked([.. Look(signatures.Check)]));
    }
}

/// <param name="Key">The role's own: what it signs is signed with this.</param>
public sealed record HandTools(
    Pump Pump, WorkBench Bench, SignatureBook Signatures, EvmKey Key, NetworkTerms Terms,
    Action<RoleHost, Effect.Note> Noted);
